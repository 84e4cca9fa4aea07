"""Feeds: addresses that a programme can read without signing in, with the rights their owner has at that moment.

Rooms register what can be followed (`FeedKind`); here are the addresses, and who may have what from them.
"""
