"""Prints what rendering costs: `python -m tests.prove.measure_markup`."""
# ruff: noqa: T201  (it prints)

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from forum.core.errors import Invalid
from forum.core.markup import render
from tests.core.markup_texts import BOMBS, made

POST = (
    "The bins were full on Monday, so we asked *Fenbridge*: see https://fenbridge.example/bins and `code`.\n\n"
    "- one\n- two **three**\n\n> [post 4]\n> Ours were too.\n\n"
)
TEXTS = {
    "one line": "Same here, thank you.",
    "a post of 650 characters": POST * 4,
    "a post of 5,000 characters": POST * 30,
    "50,000 characters, mixed": (POST * 310)[:50_000],
    "50,000 characters, prose": "word " * 10_000,
    "50,000 characters, one table": "| a | b | c |\n|---|---|---|\n" + "| 1 | 2 | 3 |\n" * 3_500,
}


def milliseconds(action: Callable[[], object], *, times: int) -> list[float]:
    """Return the durations of `action`, the shortest first."""
    durations = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        durations.append((time.perf_counter() - start) * 1000)
    return sorted(durations)


def attempt(source: str) -> str:
    """Render; return how it ended."""
    try:
        return f"{len(render(source).html):,} characters of HTML"
    except Invalid as refusal:
        return refusal.errors["source"][0][:34] + "…"


def main() -> None:
    """Measure and print."""
    print(f"first text, workers started: {milliseconds(partial(attempt, 'x'), times=1)[0]:.0f} ms")
    print(f"{'milliseconds':32}{'here p50':>10}{'pool p50':>10}{'pool p99':>10}")
    for name, source in TEXTS.items():
        times = 5 if len(source) > 10_000 else 300
        here = milliseconds(partial(made, source), times=times)
        there = milliseconds(partial(attempt, source), times=times)
        print(f"{name:32}{here[times // 2]:10.2f}{there[times // 2]:10.2f}{there[int(times * 0.99)]:10.2f}")
    with ThreadPoolExecutor() as people:
        start = time.perf_counter()
        bombs = [people.submit(attempt, BOMBS["opening brackets"]) for _ in range(2)]
        time.sleep(0.1)
        print(f"an innocent text behind two bombs: {milliseconds(partial(attempt, 'x'), times=1)[0]:.0f} ms")
        print(f"the bombs: {[bomb.result() for bomb in bombs]} after {time.perf_counter() - start:.1f} s")
    print(f"and after them: {milliseconds(partial(attempt, 'x'), times=1)[0]:.1f} ms")


if __name__ == "__main__":
    main()
