"""Asking behind a colleague: a member asks through an organiser of the space, and nobody else learns who it was.

What is asked is a row of its own, a relay, until the organiser passes it on: no list, count, search or mail of threads can hold it.
Then it is the organiser's question, "asked for a colleague"; the relay, which only the two can open, is the one place that says whose.
"""
