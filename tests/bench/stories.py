"""`python -m tests.bench.stories`: what is like a story that somebody is telling, among 100,000 stories and posts; and their list.

The texts are those of `tests.bench.search`; each tenth is a story's own, the others were written to it. Whoever tells belongs to forty
of fifty spaces. Beside each time on the clock stands that of the processor: where other programs run, the clock says how much they do.
"""

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, func, insert, literal, null, select, update

from forum.core.db import WRITES, db
from forum.core.time import now
from forum.people.models import Person
from forum.search.finding import alike
from forum.search.language import read_text
from forum.search.models import SearchDue
from forum.spaces.models import Item, ItemShare
from forum.stories.models import KIND, Story, StoryKind
from forum.stories.queries.lists import Show, Wish, stories
from forum.threads.models import Thread
from tests.bench.search import READ, SPACES, bench_of, median_of, word
from tests.content.steps import standing

TIMES = 60
SHARED = 50
"""Each so manieth story is shared with the whole installation."""


def make_stories() -> None:
    """Let what lies there be stories, unless it is already."""
    if db.session.scalar(select(func.count()).select_from(Story)):
        return
    author = db.session.scalars(select(Person.id).order_by(Person.id)).first()
    db.session.remove()
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        connection.execute(delete(Thread))
        connection.execute(update(Item).values(kind=KIND))
        told = select(Item.id, literal(StoryKind.WENT_WRONG.value), literal(""), null())
        connection.execute(insert(Story).from_select(["id", "kind", "skipped", "source_id"], told))
        some = select(Item.id, null(), literal(author), Item.created_at).where(Item.id % SHARED == 0)
        columns = ["item_id", "space_id", "shared_by_id", "shared_at"]
        connection.execute(insert(ItemShare).from_select(columns, some))
        connection.execute(delete(SearchDue))


def suggesting(app: Flask, *, words: int) -> str:
    """Return how long suggestions take at the median, of a text of so many words."""
    chance = random.Random(9)  # noqa: S311  # words, not secrets
    with app.test_request_context("/"):
        person = db.session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        asked = iter([" ".join(word(chance.randrange(5, 3000)) for _n in range(words)) for _n in range(TIMES)])
        return median_of(lambda: alike(person, read_text(next(asked)), at=now()), TIMES)


def listing(app: Flask, show: Show) -> str:
    """Return how long a page of a space's stories takes at the median, without its page."""
    with app.test_request_context("/"):
        person = db.session.scalars(select(Person).order_by(Person.id)).first()
        assert person is not None
        return median_of(lambda: stories(standing(person, "space-1"), Wish(show=show)), TIMES)


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.stories", description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--folder", default="", help="where the database is kept, or lies already")
    given = parser.parse_args(arguments)
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory(prefix="bench-stories-") as folder:
        bench = bench_of(f"sqlite:///{folder}/bench.sqlite3", Path(folder), given.posts)
        with bench.app.app_context():
            make_stories()
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"{given.posts:,} stories and posts, {SPACES} spaces of which one reads {READ}, SQLite")
        print(f"load of the machine now and before: {load}")
        for words in (8, 40):
            print(f"suggestions, {words:>2} words typed: {suggesting(bench.app, words=words)}", flush=True)
        for show in (Show.EVERYTHING, Show.WORKED):
            print(f"a page of the list, {show.value:<10}: {listing(bench.app, show)}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
