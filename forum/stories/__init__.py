"""Stories: what went wrong and how it was fixed, told easily, found at the moment of need, and kept true.

What was told is the first post of the story's conversation; see docs/decisions/0035-stories.md.
"""
