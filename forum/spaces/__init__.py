"""Spaces: who belongs to them with which role, what stands in them, who may see and do what, and the log of what was done."""
