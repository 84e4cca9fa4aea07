"""Reads of the day and after, shaped for their pages."""
