"""Accounts: who somebody is, how they get in, on which devices they are, and in which department they work.

Other rooms use `actions.register`, `joining` (a newcomer with an invitation), `links`, `passwords` and `sessions`; what this room
asks of rooms above it stands in `neighbours`.
"""
