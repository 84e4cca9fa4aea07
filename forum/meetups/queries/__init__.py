"""Reads of meetups, shaped for their pages, and for calendar programmes."""
