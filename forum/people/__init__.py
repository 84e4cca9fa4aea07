"""Accounts: who somebody is, how they get in, on which devices they are, and in which department they work."""
