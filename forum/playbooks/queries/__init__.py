"""Reads of playbooks, shaped for pages."""
