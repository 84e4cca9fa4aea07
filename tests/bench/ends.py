"""The two ends of a long thread: one plan for its posts, and the last page as fast as the first (B2)."""

import statistics
from collections.abc import Sequence

from forum.core.db import db
from tests.bench.data import PEOPLE
from tests.bench.load import Ask, post_numbers, run
from tests.bench.stage import PAGE, Bench, measured, serving
from tests.content.steps import Sent

RUNS = 5
REQUESTS = 300
LEAST = 0.75
"""The last page has at least this share of the first page's throughput."""


def compare_ends(bench: Bench) -> None:
    """Print the plans' and the throughput's comparison: the median of runs that take turns."""
    last = (bench.long_posts - 1) // PAGE + 1
    address = f"/s/bench/threads/{bench.long}/"
    print(f"\nA thread of {bench.long_posts:,} posts: page 1 beside page {last}")
    first_sent, last_sent = (measured(bench, f"{address}?page={page}")[0] for page in (1, last))
    plans = [plan_of_posts(bench, sent) for sent in (first_sent, last_sent)]
    print(f"queries: {len(first_sent)} and {len(last_sent)}; the posts are found by")
    for step in plans[0]:
        print(f"    {step}")
    print(f"and on the last page by {'the same plan' if plans[0] == plans[1] else f'ANOTHER PLAN: {plans[1]}'}")
    with serving("product", bench) as (port, _pid):
        for at_once in (1, 4):
            ratios = []
            for _run in range(RUNS):
                speeds = [run(port, asks(bench, address, page=page), at_once=at_once).per_second for page in (1, last)]
                ratios.append(speeds[1] / speeds[0])
                print(f"{at_once} at once: {speeds[0]:7.1f}/s and {speeds[1]:7.1f}/s, {ratios[-1]:.2f}")
            median = statistics.median(ratios)
            word = "holds" if median >= LEAST else "IS MISSED"
            print(f"{at_once} at once: the last page at {median:.2f} of the first at the median; {LEAST} {word}")


def asks(bench: Bench, address: str, *, page: int) -> Sequence[Ask]:
    """Ask for one page as everybody in turn. Whoever has read the end writes no mark at either end."""
    first = PAGE * (page - 1) + 1
    wanted = list(range(first, min(first + PAGE, bench.long_posts + 1)))
    return [
        Ask(
            path=f"{address}?page={page}",
            cookie=bench.cookies[number % PEOPLE],
            holds=lambda body: post_numbers(body) == wanted,
        )
        for number in range(REQUESTS)
    ]


def plan_of_posts(bench: Bench, sent: Sequence[Sent]) -> list[str]:
    """Return the plan of the query that reads a page's posts (what is unread elsewhere is asked for at a thread's end as well)."""
    [posts] = [one for one in sent if "post.html" in one.statement]
    with bench.app.app_context(), db.engine.connect() as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {posts.statement}", posts.values)
        return [step.detail for step in steps]
