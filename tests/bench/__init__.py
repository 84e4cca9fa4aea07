"""The benchmark: pages beside the limit page, in one run on one machine. `make bench` prints it; no test is timed.

The limit page is what Flask can do at best: a signed-in user, 20 stored posts by SQLAlchemy Core with explicit columns, a template
of the same size. Ratios to it mean something on any machine; requests per second don't.
"""
