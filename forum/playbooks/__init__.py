"""Playbooks: a fix that became a checklist.

Others run it, tick as they go, and note what differed; it cites the stories that it came from, and changes are proposed with the story
that caused them. It stands above stories, which don't know of it.
"""
