"""What is done in the roster. Each runs inside `transaction()`, and holds people first, then spaces, then duties, each by key."""
