"""What is done on the day and after. Each runs inside `transaction()` and holds the meetup's item, on which its rules stand."""
