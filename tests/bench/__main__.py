"""`make bench`: the thread page and the list, signed in as 16 people over many threads, beside the limit page."""

import argparse
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, func, select

from forum import create_app
from forum.config import Settings
from forum.content.models import ReadMark
from forum.core.db import db
from forum.spaces.models import Item
from tests.bench.data import PEOPLE, fill, token
from tests.bench.load import Ask, Figures, post_numbers, run

PAGE = 20
PATIENCE = 30
AT_ONCE = (1, 16)
WARMING = 64
"""Requests before a round that aren't measured."""


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What is measured: the app for counting queries, the addresses, the cookies."""

    app: Flask
    environ: dict[str, str]
    refs: list[str]
    ids: list[int]
    cookies: list[str]
    posts: int

    @property
    def last_page(self) -> int:
        """The number of each thread's last page."""
        return (self.posts - 1) // PAGE + 1


def prepare(folder: Path, *, threads: int, posts: int) -> Bench:
    """Make and fill the database."""
    environ = {
        "BATON_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "BATON_SECRET_KEY": "a-key-for-the-benchmark-of-which-everybody-may-know",
        "BATON_VAR": str(folder),
    }
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        import flask_migrate  # noqa: PLC0415  # it configures logging when it is imported

        flask_migrate.upgrade()
        refs = fill(threads=threads, posts=posts)
        ids = dict(db.session.execute(select(Item.ref, Item.id)).all())
        db.session.remove()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookies = [f"baton={signer.dumps({'_user_id': token(number), '_fresh': True})}" for number in range(PEOPLE)]
    return Bench(app=app, environ=environ, refs=refs, ids=[ids[ref] for ref in refs], cookies=cookies, posts=posts)


@contextmanager
def serving(which: str, bench: Bench, **more: str) -> Iterator[tuple[int, int]]:
    """Serve the product or the limit page; yield its port and process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.bench.serve", which, str(port)]
    process = subprocess.Popen(command, env={**os.environ, **bench.environ, **more})
    try:
        _wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(port)


def measured(bench: Bench, path: str) -> tuple[int, int]:
    """Return how many queries a page takes and how many bytes it has, when it is asked for the second time."""
    client = bench.app.test_client()
    client.set_cookie("baton", bench.cookies[1].removeprefix("baton="))
    client.get(path)
    statements: list[str] = []
    with bench.app.app_context():
        engine = db.engine

    def count(_conn: object, _cursor: object, statement: str, *_others: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    answer = client.get(path)
    event.remove(engine, "before_cursor_execute", count)
    assert answer.status_code == http.client.OK, f"{path}: {answer.status_code}"
    return len(statements), len(answer.data)


def memory(pid: int) -> float:
    """Return a process's resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


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
    parser.add_argument("--threads", type=int, default=210)
    parser.add_argument("--posts", type=int, default=60)
    parser.add_argument("--requests", type=int, default=1600)
    given = parser.parse_args(arguments)
    if given.threads * PEOPLE < pairs_needed(given.requests):
        parser.error(f"{given.requests} requests need {-(-pairs_needed(given.requests) // PEOPLE)} threads")
    if given.posts <= PAGE:
        parser.error(f"a thread needs more than {PAGE} posts to have a last page of its own")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = prepare(Path(folder), threads=given.threads, posts=given.posts)
        print(f"{given.threads} threads of {given.posts} posts, {PEOPLE} people, SQLite, {os.cpu_count()} cores\n")
        pages = {
            "thread, first page": f"/s/bench/threads/{bench.refs[0]}/?page=1",
            "thread, last page": f"/s/bench/threads/{bench.refs[0]}/?page={bench.last_page}",
            "list of threads": "/s/bench/threads/",
        }
        sizes = {}
        for name, path in pages.items():
            queries, sizes[name] = measured(bench, path)
            print(f"{name:<34}{queries:4d} queries {sizes[name] / 1000:8.1f} kB")
        print()
        compare(bench, given.requests, size=sizes["thread, first page"])


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
