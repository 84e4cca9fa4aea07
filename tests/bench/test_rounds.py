"""What the benchmark asks for. Nothing is timed here."""

from typing import Any, cast

from tests.bench.__main__ import WARMING, pairs_needed, rounds, thread_asks
from tests.bench.data import PEOPLE
from tests.bench.stage import Bench


def test_each_round_reads_what_nobody_has_read_before() -> None:
    """So that each request writes a mark. Planted defect: with the same pairs in each round the second one wrote none."""
    requests = 100
    threads = -(-pairs_needed(requests) // PEOPLE)
    bench = Bench(
        app=cast("Any", None),
        environ={},
        refs=[f"thread-{number}" for number in range(threads)],
        ids=[],
        cookies=[f"person-{number}" for number in range(PEOPLE)],
        posts=60,
        long="",
        long_posts=0,
    )
    asked = [
        (ask.path, ask.cookie)
        for _at_once, over in rounds(requests)
        for ask in thread_asks(bench, WARMING + requests, page=1, passing_over=over)
    ]
    assert len(set(asked)) == len(asked) == 2 * (WARMING + requests)
    assert not any("thread-0/" in path for path, _cookie in asked)
