"""What is done with calls for help. Each runs inside `transaction()` and holds the row that its rules stand on."""
