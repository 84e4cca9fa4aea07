"""Reads of calls for help, shaped for pages."""
