"""Help now: somebody is in hot water. Whoever is on duty is paged, takes it, and closes it with what helped.

What happened is the first post of the case's conversation; see docs/decisions/0039-help.md.
"""
