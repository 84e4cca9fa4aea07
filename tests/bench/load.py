"""Bounded load over loopback, and what it found. Every answer's content is looked at, never only its status."""

import http.client
import re
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

POST_ID = re.compile(rb'id="p(\d+)"')


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request: its path, its cookie, and what must be true of the answer."""

    path: str
    cookie: str
    holds: Callable[[bytes], bool]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run gave: requests per second, and milliseconds at the median and at the 99th of 100."""

    per_second: float
    p50: float
    p99: float


def post_numbers(body: bytes) -> list[int]:
    """Return the numbers of the posts on a page."""
    return [int(number) for number in POST_ID.findall(body)]


def run(port: int, asks: Sequence[Ask], *, at_once: int) -> Figures:
    """Send all `asks`, `at_once` at a time over connections that are kept. Raises AssertionError for a wrong answer."""
    waiting = iter(asks)
    lock = threading.Lock()
    times: list[float] = []
    wrong: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while not wrong:
            with lock:
                ask = next(waiting, None)
            if ask is None:
                break
            began = time.perf_counter()
            connection.request("GET", ask.path, headers={"Cookie": ask.cookie})
            answer = connection.getresponse()
            body = answer.read()
            times.append(time.perf_counter() - began)
            if answer.status != http.client.OK or not ask.holds(body):
                wrong.append(f"{ask.path}: {answer.status}, {len(body)} bytes, posts {post_numbers(body)}")
        connection.close()

    began = time.perf_counter()
    threads = [threading.Thread(target=work) for _number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - began
    assert not wrong, wrong[0]
    assert len(times) == len(asks), f"{len(times)} of {len(asks)} were answered"
    return Figures(
        per_second=len(times) / took,
        p50=statistics.median(times) * 1000,
        p99=statistics.quantiles(times, n=100)[98] * 1000,
    )
