"""Meetups: when and where people come together, once or again and again, who comes, and the same in every calendar programme.

A plan is a time on the wall of a place; instants are derived from it. Each date of a series is a row, with seats of its own.
"""
