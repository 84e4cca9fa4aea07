"""Replies by mail: what comes in is read, settled once, and answered when nothing could come of it."""
