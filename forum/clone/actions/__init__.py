"""What is done with showcases and copies. Each runs inside `transaction()` and checks its rules there."""
