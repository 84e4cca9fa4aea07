"""Reads of stories, shaped for pages."""
