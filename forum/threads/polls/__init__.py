"""Polls: a question with two to ten options at a thread's first post. Votes are secret: pages count them, and say no more."""
