"""`make bench`: the thread page and the list, signed in as 16 people over many threads, beside the limit page."""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import func, select

from forum.content.models import ReadMark
from forum.core.db import db
from tests.bench.calendars import measure_calendars
from tests.bench.data import PEOPLE
from tests.bench.ends import compare_ends
from tests.bench.load import Ask, Figures, post_numbers, run
from tests.bench.stage import PAGE, Bench, measured, memory, prepare, serving
from tests.bench.telling import measure_telling
from tests.bench.today import measure_today

AT_ONCE = (1, 16)
WARMING = 64
"""Requests before a round that aren't measured."""


def rounds(requests: int) -> list[tuple[int, int]]:
    """Return, for each round, how many are at once and how many pairs of thread and person are passed over.

    Every request of a round is of a pair that nobody has asked for before it, so that each really writes a mark. The first thread
    is left out: it is what pages are measured by.
    """
    return [(at_once, PEOPLE + number * (WARMING + requests)) for number, at_once in enumerate(AT_ONCE)]


def pairs_needed(requests: int) -> int:
    """Return how many pairs of thread and person the rounds use up."""
    return PEOPLE + len(AT_ONCE) * (WARMING + requests)


def thread_asks(bench: Bench, count: int, *, page: int, passing_over: int) -> list[Ask]:
    """Ask for a page of many threads as many people, each pair once."""
    first = PAGE * (page - 1) + 1
    wanted = list(range(first, min(first + PAGE, bench.posts + 1)))
    return [
        Ask(
            path=f"/s/bench/threads/{bench.refs[(number // PEOPLE) % len(bench.refs)]}/?page={page}",
            cookie=bench.cookies[number % PEOPLE],
            holds=lambda body: post_numbers(body) == wanted,
        )
        for number in range(passing_over, passing_over + count)
    ]


def marked(bench: Bench, *, up_to: int) -> int:
    """Count the pairs of thread and person that are marked as read up to a post, or further."""
    with bench.app.app_context():
        query = select(func.count()).select_from(ReadMark).where(ReadMark.last_number >= up_to)
        return db.session.scalar(query) or 0


def read_pages(bench: Bench, port: int, asks: Sequence[Ask], *, page: int, at_once: int) -> Figures:
    """Send `asks`, and assert that every one of them wrote its mark."""
    up_to = min(page * PAGE, bench.posts)
    before = marked(bench, up_to=up_to)
    figures = run(port, asks, at_once=at_once)
    written = marked(bench, up_to=up_to) - before
    assert written == len(asks), f"{written} marks for {len(asks)} pages"
    return figures


def list_asks(bench: Bench, count: int) -> list[Ask]:
    """Ask for the list of threads."""
    return [
        Ask(
            path="/s/bench/threads/",
            cookie=bench.cookies[number % PEOPLE],
            holds=lambda body: len(set(re.findall(rb"How do we do thing \d+\?", body))) >= min(30, len(bench.refs)),
        )
        for number in range(count)
    ]


def limit_asks(bench: Bench, count: int) -> list[Ask]:
    """Ask for the limit page."""
    wanted = list(range(1, PAGE + 1))
    return [
        Ask(
            path=f"/posts/{bench.ids[number % len(bench.ids)]}/0",
            cookie=bench.cookies[number % PEOPLE],
            holds=lambda body: post_numbers(body) == wanted,
        )
        for number in range(count)
    ]


def show(name: str, figures: Figures, *, limit: Figures | None = None) -> None:
    """Print one line."""
    ratio = f"{figures.per_second / limit.per_second:6.2f} of the limit" if limit else ""
    print(f"{name:<34}{figures.per_second:9.1f}/s  p50 {figures.p50:7.1f} ms  p99 {figures.p99:7.1f} ms {ratio}")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--threads", type=int, default=500)
    parser.add_argument("--posts", type=int, default=60)
    parser.add_argument("--long", type=int, default=10_000, help="posts of the one long thread")
    parser.add_argument("--requests", type=int, default=1600)
    parser.add_argument("--calendars", action="store_true", help="measure only calendars that are followed")
    parser.add_argument("--today", action="store_true", help="measure only Today")
    given = parser.parse_args(arguments)
    if given.calendars:
        measure_calendars()
        return
    if given.today:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            measure_today(prepare(Path(folder), threads=10, posts=PAGE + 5, long=PAGE + 5))
        return
    if given.threads * PEOPLE < pairs_needed(given.requests):
        parser.error(f"{given.requests} requests need {-(-pairs_needed(given.requests) // PEOPLE)} threads")
    if given.posts <= PAGE:
        parser.error(f"a thread needs more than {PAGE} posts to have a last page of its own")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = prepare(Path(folder), threads=given.threads, posts=given.posts, long=given.long)
        total = given.threads * given.posts + given.long
        print(f"{given.threads} threads of {given.posts} posts and one of {given.long:,}, {total:,} posts in all,")
        print(f"{PEOPLE} people, SQLite, {os.cpu_count()} cores\n")
        pages = {
            "thread, first page": f"/s/bench/threads/{bench.refs[0]}/?page=1",
            "thread, last page": f"/s/bench/threads/{bench.refs[0]}/?page={bench.last_page}",
            "list of threads": "/s/bench/threads/",
        }
        sizes = {}
        for name, path in pages.items():
            sent, sizes[name] = measured(bench, path)
            print(f"{name:<34}{len(sent):4d} queries {sizes[name] / 1000:8.1f} kB")
        print()
        compare(bench, given.requests, size=sizes["thread, first page"])
        compare_ends(bench)
        measure_today(bench)
    measure_telling()
    measure_calendars()


def compare(bench: Bench, requests: int, *, size: int) -> None:
    """Measure each page beside the limit page, the limit before and after, so that a slow moment shows."""
    posts_bytes = PAGE * 600
    filler = str(max(0, size - posts_bytes - 3000))
    with (
        serving("limit", bench, BENCH_FILLER=filler) as (limit_port, limit_pid),
        serving("product", bench) as (port, pid),
    ):
        for at_once, over in rounds(requests):
            run(limit_port, limit_asks(bench, 200), at_once=at_once)
            run(port, thread_asks(bench, WARMING, page=1, passing_over=over), at_once=at_once)
            limit = run(limit_port, limit_asks(bench, requests), at_once=at_once)
            show(f"limit page, {at_once} at once", limit)
            for page, name in ((1, "thread, first page"), (bench.last_page, "thread, last page")):
                asks = thread_asks(bench, requests, page=page, passing_over=over + WARMING)
                figures = read_pages(bench, port, asks, page=page, at_once=at_once)
                show(f"{name}, {at_once} at once", figures, limit=limit)
            show(
                f"list of threads, {at_once} at once",
                run(port, list_asks(bench, requests), at_once=at_once),
                limit=limit,
            )
            show(
                f"limit page again, {at_once} at once",
                run(limit_port, limit_asks(bench, requests), at_once=at_once),
            )
            print()
        print(f"memory: product {memory(pid):.0f} MB, limit page {memory(limit_pid):.0f} MB")
        print(f"threads read to their end: {marked(bench, up_to=bench.posts)}, each of them marked in its own request")


if __name__ == "__main__":
    main(sys.argv[1:])
