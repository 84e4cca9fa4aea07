"""Copies of spaces: the showcase that another team looks at, the copy itself, its lineage, and template files.

It walks what rooms declare in their `clone.py` and knows none of them. Copying is by allow-list: what a policy doesn't name as
copied never leaves the source.
"""
