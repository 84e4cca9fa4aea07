"""`python -m tests.bench.search`: searching a million posts of 600 characters, signed in, 4 at once; and what the index costs a write.

Words are drawn as they are spoken: the most frequent stands in most posts, thousands stand in a few. Each space holds a part of it,
and whoever searches belongs to some of the spaces, so rights are part of every match. `--postgres URL` uses an empty database there.
`--folder` keeps SQLite's database there, and measures the one that lies there already. Beside each time on the clock stands that of the
processor: where other programs run, the clock says how much they do.
"""

import argparse
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import flask_migrate
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import Connection, Select, func, insert, select, text

from forum import create_app
from forum.config import Settings
from forum.content.models import Post
from forum.core.db import WRITES, db, transaction
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import Person, WebSession
from forum.search.finding import alike
from forum.search.language import read_text
from forum.search.models import SearchEntry
from forum.search.stems import stem_of
from forum.spaces.models import Item, Membership, Visibility
from forum.threads.actions import reply
from forum.threads.models import Thread
from tests import factories
from tests.bench.data import token
from tests.bench.load import Ask, run
from tests.bench.stage import Bench, serving
from tests.content.steps import said, standing

SPACES, READ, THREAD = 50, 40, 10
"""How many spaces there are, how many of them somebody reads, and how many posts a thread has."""
VOCABULARY = 20_000
AT_ONCE, REQUESTS, WRITES_MEASURED = 4, 60, 200
COMMON, RARE = "common", "quokkas"
PIECE = 5_000
NOTED = "search_post_written"
TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('post', 'item')",
    "postgresql": "",
}


def word(number: int) -> str:
    """Return the word of a rank; such as are pronounced."""
    letters = "bdfgklmnprstvz"
    parts = []
    while True:
        number, at = divmod(number, len(letters) * 5)
        parts.append(letters[at // 5] + "aeiou"[at % 5])
        if not number:
            return "".join(parts) + "x"


def texts(count: int) -> Iterator[tuple[str, str]]:
    """Yield the texts of posts with their stems. COMMON stands in 60 % of them, RARE in five in a hundred thousand."""
    chance = random.Random(7)  # noqa: S311  # words, not secrets
    words = [word(number) for number in range(VOCABULARY)]
    stems = [stem_of(one) for one in words]
    weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
    for _number in range(count):
        chosen = chance.choices(range(VOCABULARY), cum_weights=weights, k=88)
        extra = [COMMON] * (chance.random() < 0.6) + [RARE] * (chance.random() < 0.00005)
        yield (
            " ".join([*extra, *(words[one] for one in chosen)])[:600],
            " ".join([*(stem_of(one) for one in extra), *(stems[one] for one in chosen)]),
        )


def fill(count: int) -> None:
    """Write `count` posts and their entries, as the app would have, in large pieces."""
    spaces = [factories.make_space(name=f"Space {number}") for number in range(SPACES)]
    people = [factories.make_person(name=f"Bench Person {number}") for number in range(AT_ONCE)]
    for person, space in itertools.product(people, spaces[:READ]):
        factories.make_membership(space, person)
    with transaction():
        for space in spaces:
            db.session.merge(space).visibility = Visibility.PRIVATE
        db.session.add_all(
            WebSession(
                person_id=person.id,
                token_hash=hashed(token(number)),
                created_at=now(),
                last_seen_at=now(),
                expires_at=now() + timedelta(hours=12),
            )
            for number, person in enumerate(people)
        )
    sections = {space.id: factories.make_section(space, name="All").id for space in spaces}
    db.session.remove()
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        _write(connection, count, author=people[0].id, sections=sections)


def _write(connection: Connection, count: int, *, author: int, sections: dict[int, int]) -> None:  # noqa: C901  # in large pieces
    started, source = now() - timedelta(days=900), texts(count)
    is_sqlite = connection.dialect.name == "sqlite"
    kept = connection.exec_driver_sql(TRIGGERS["sqlite"]).all() if is_sqlite else []
    for name, _sql in kept:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    if not is_sqlite:
        connection.execute(text("ALTER TABLE post DISABLE TRIGGER USER"))
    space_ids = list(sections)
    for first in range(0, count, PIECE):
        items, threads, posts, entries = [], [], [], []
        for number in range(first, min(first + PIECE, count)):
            item_id, place = number // THREAD + 1, number % THREAD + 1
            space_id, at = space_ids[item_id % SPACES], started + timedelta(minutes=number)
            body, stems = next(source)
            if place == 1:
                title = " ".join(body.split()[-6:])
                same = {"created_at": at, "last_at": at, "last_number": THREAD, "author_id": author}
                items.append({"id": item_id, "kind": "thread", "space_id": space_id, "title": title, **same})
                threads.append({"id": item_id, "section_id": sections[space_id], "is_question": True})
            posts.append(
                {"item_id": item_id, "number": place, "author_id": author, "source": "", "html": body, "renderer": 1}
                | {"created_at": at}
            )
            entries.append(
                {"item_id": item_id, "number": place, "author_id": author, "at": at, "tags": "", "body": stems}
                | {"scope": f"0i{item_id} 0s{space_id}", "title": " ".join(stems.split()[-6:]) if place == 1 else ""}
            )
        for model, rows in ((Item, items), (Thread, threads), (Post, posts), (SearchEntry, entries)):
            connection.execute(insert(model), rows)
        if first % (PIECE * 20) == 0:
            print(f"  {first:>9,} posts", flush=True)
    for _name, sql in kept:
        connection.exec_driver_sql(sql)
    if not is_sqlite:
        for name in ("item", "post", "search_entry"):
            connection.execute(text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))"))  # noqa: S608  # names of ours
        connection.execute(text("ALTER TABLE post ENABLE TRIGGER USER"))


def bench_of(url: str, folder: Path, count: int) -> Bench:
    """Make and fill the database, unless that was done before."""
    environ = {
        "BATON_DATABASE_URL": url,
        "BATON_SECRET_KEY": "a-key-for-the-benchmark-of-which-everybody-may-know",
        "BATON_VAR": str(folder),
    }
    app = create_app(Settings.from_environ(environ))
    with app.app_context():
        flask_migrate.upgrade()
        if not db.session.scalar(select(func.count()).select_from(Person)):
            fill(count)
        db.session.remove()
        if not url.startswith("sqlite"):
            with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    cookies = [f"baton={signer.dumps({'_user_id': token(number), '_fresh': True})}" for number in range(AT_ONCE)]
    return Bench(app=app, environ=environ, refs=[], ids=[], cookies=cookies, posts=count, long="", long_posts=0)


def asks(bench: Bench, query: str) -> Sequence[Ask]:
    """Ask for what is found by a query, as several people."""
    return [
        Ask(
            path=f"/search?q={query}",
            cookie=bench.cookies[number % AT_ONCE],
            holds=lambda body: b"found</p>" in body,
        )
        for number in range(REQUESTS)
    ]


def inside(app: Flask, query: str, *, spaces: int = READ) -> str:
    """Return how long a search itself takes at the median, without its page, to somebody who reads so many of the spaces."""
    from forum.search.finding import search  # noqa: PLC0415  # beside its only use
    from forum.search.language import read  # noqa: PLC0415

    with app.test_request_context("/"):
        person = db.session.scalars(select(Person).limit(1)).one()
        with transaction():
            for place, one in enumerate(db.session.scalars(_memberships_of(person))):
                one.ended_at = None if place < spaces else one.joined_at
        return median_of(lambda: search(person, read(query), at=now()), 20)


def _memberships_of(person: Person) -> Select[Membership]:
    return select(Membership).where(Membership.person_id == person.id).order_by(Membership.space_id)


def suggesting(app: Flask) -> str:
    """Return how long suggestions take at the median."""
    chance = random.Random(8)  # noqa: S311  # words, not secrets
    with app.test_request_context("/"):
        person = db.session.scalars(select(Person).limit(1)).one()
        questions = [" ".join(word(chance.randrange(5, 3000)) for _n in range(8)) + " common" for _n in range(30)]
        asked = iter(questions)
        return median_of(lambda: alike(person, read_text(next(asked)), at=now()), 30)


def writing(app: Flask) -> tuple[str, str]:
    """Return how long a reply takes to write at the median, with the index and without its triggers."""
    with app.test_request_context("/"):
        person = db.session.scalars(select(Person).limit(1)).one()
        thread = db.session.scalars(select(Thread).limit(1)).one()
        here = standing(person, "space-1")
        bodies = iter([body for body, _stems in texts(2 * WRITES_MEASURED)])

        def write() -> None:
            with transaction():
                reply(here, thread, text=said(next(bodies)))

        indexed = median_of(write, WRITES_MEASURED)
        is_sqlite = db.engine.dialect.name == "sqlite"
        with transaction():
            kept = (
                db.session.scalar(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": NOTED})
                if is_sqlite
                else ""
            )
            db.session.execute(
                text(f"DROP TRIGGER {NOTED}" if is_sqlite else f"ALTER TABLE post DISABLE TRIGGER {NOTED}")
            )
        plain = median_of(write, WRITES_MEASURED)
        with transaction():
            db.session.execute(text(kept or f"ALTER TABLE post ENABLE TRIGGER {NOTED}"))
        return indexed, plain


def median_of(work: Callable[[], object], times: int) -> str:
    """Return the medians of the time on the clock and of the processor's."""
    taken, busy = [], []
    for _number in range(times):
        began, worked = time.perf_counter(), time.process_time()
        work()
        taken.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
        db.session.rollback()
    return f"{statistics.median(taken) * 1000:6.1f} ms ({statistics.median(busy) * 1000:.1f} ms of processor)"


def _worked(pid: int) -> float:
    """Return the processor's time that a process has had, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="", help="the address of an empty PostgreSQL database")
    parser.add_argument("--folder", default="", help="where SQLite's database is kept, or lies already")
    given = parser.parse_args(arguments)
    with nullcontext(given.folder) if given.folder else tempfile.TemporaryDirectory(prefix="bench-search-") as folder:
        url = given.postgres or f"sqlite:///{folder}/bench.sqlite3"
        began = time.monotonic()
        bench = bench_of(url, Path(folder), given.posts)
        kind = "PostgreSQL" if given.postgres else "SQLite"
        print(f"{given.posts:,} posts, {SPACES} spaces of which one reads {READ}, {kind}, {os.cpu_count()} cores")
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(f"ready after {time.monotonic() - began:.0f} s; load of the machine now and before: {load}")
        with bench.app.app_context():
            assert (db.session.scalar(select(func.count()).select_from(SearchEntry)) or 0) >= given.posts
        for name, query in (("rare word", RARE), ("common word", COMMON), ("two words", f"{word(60)} {word(90)}")):
            print(f"{name:<14} itself {inside(bench.app, query)}", flush=True)
        print(f"{'suggestions':<14} itself {suggesting(bench.app)}", flush=True)
        with serving("product", bench) as (port, pid):
            for name, query in (("rare word", RARE), ("common word", COMMON)):
                run(port, asks(bench, query)[:8], at_once=AT_ONCE)
                for at_once in (1, AT_ONCE):
                    before = _worked(pid)
                    figures = run(port, asks(bench, query), at_once=at_once)
                    busy = 1000 * (_worked(pid) - before) / REQUESTS
                    said = f"{figures.p50:.0f} ms at the median ({busy:.1f} ms of processor)"
                    print(f"{name:<14} page, {at_once} at once, over HTTP: {said}", flush=True)
        indexed, plain = writing(bench.app)
        for name, query in (("rare word", RARE), ("common word", COMMON)):
            print(f"{name:<14} itself {inside(bench.app, query, spaces=1)}, who reads one space", flush=True)
        print(f"a reply: {indexed} with the index, {plain} without it")


if __name__ == "__main__":
    main(sys.argv[1:])
