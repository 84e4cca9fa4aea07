"""Telling many: what a post costs who writes it, and how fast the worker tells those who watch."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import func, insert, select

from forum import create_app
from forum.config import Settings
from forum.content.ledger import ledger_of
from forum.content.models import Post, Watch, WatchLevel
from forum.core.db import db, transaction
from forum.core.notices import Reason
from forum.core.time import now
from forum.home.notifications import told_to
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.notify.models import Notification
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Role, Space
from forum.threads import actions
from forum.threads.models import Thread
from tests import factories
from tests.content.steps import said, standing

CROWDS = (5, 5000)
LEAST = 3000
POSTS = 5
UNREAD = {5: 5, 5000: 500}
"""How many unread conversations the page of notifications is measured with, by the crowd."""


def measure_telling() -> None:
    """Print both, and whether the worker is as fast as it should be."""
    print(f"\nA post in a thread that {' and '.join(f'{crowd:,}' for crowd in CROWDS)} people watch, SQLite, one core")
    for crowd in CROWDS:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            app = fresh_app(Path(folder))
            with app.test_request_context("/"):
                _measure(app, crowd)


def fresh_app(folder: Path) -> Flask:
    """Return the app on a new database in a folder."""
    app = same_app(folder)
    with app.app_context():
        import flask_migrate  # noqa: PLC0415  # it configures logging when it is imported

        flask_migrate.upgrade()
    return app


def same_app(folder: Path) -> Flask:
    """Return the app on the database in a folder."""
    environ = {
        "BATON_DATABASE_URL": f"sqlite:///{folder / 'telling.sqlite3'}",
        "BATON_SECRET_KEY": "a-key-for-the-benchmark-of-which-everybody-may-know",
        "BATON_VAR": str(folder),
    }
    return create_app(Settings.from_environ(environ))


def _measure(app: Flask, crowd: int) -> None:
    space, writer, thread = _watched_by(crowd)
    writing: list[float] = []
    telling: list[float] = []
    for number in range(POSTS):
        began = time.perf_counter()
        with transaction():
            actions.reply(standing(writer, space.slug), thread, text=said(f"Reply {number}."))
        writing.append(time.perf_counter() - began)
        began = time.perf_counter()
        for fact_id in claim_facts(limit=10):
            expand(fact_id, book=book_of(app))
        telling.append(time.perf_counter() - began)
    made = db.session.scalar(select(func.count()).select_from(Notification)) or 0
    assert made == crowd * POSTS, f"{made} notifications for {crowd} people and {POSTS} posts"
    speed = made / sum(telling)
    word = "" if crowd < LEAST else f", {LEAST:,} {'holds' if speed >= LEAST else 'IS MISSED'}"
    _measure_pages(space, writer, crowd)
    print(f"{crowd:5d} watchers: writing {min(writing) * 1000:6.1f} ms, telling {speed:8.0f} a second{word}")


def _measure_pages(space: Space, writer: Person, crowd: int) -> None:
    """Print what the list of notifications costs with a few unread conversations, or with many, and who was told of one post."""
    reader = db.session.scalars(select(Person).where(Person.handle == "watcher0")).one()
    unread = UNREAD[crowd]
    for _conversation in range(unread):
        thread = factories.make_thread(space, author=writer)
        with transaction():
            first = db.session.scalars(select(Post.id).where(Post.item_id == thread.id)).one()
            told = {"person_id": reader.id, "post_id": first, "reason": Reason.WATCHING, "at": now()}
            db.session.execute(insert(Notification), [told])
    post = db.session.scalars(select(Post).where(Post.number == 2)).one()
    item = db.session.get_one(Item, post.item_id)
    pages: dict[str, Callable[[], object]] = {
        "notifications": lambda: told_to(reader),
        "the ledger": lambda: ledger_of(item, post, for_all=False, mails_demo=False),
    }
    words = ", ".join(f"{name} {_least(look) * 1000:.1f} ms" for name, look in pages.items())
    print(f"{unread:5d} unread conversations, {crowd} told of a post: {words}")


def _least(look: Callable[[], object]) -> float:
    took = []
    for _time in range(POSTS):
        began = time.perf_counter()
        look()
        took.append(time.perf_counter() - began)
    return min(took)


def _watched_by(crowd: int) -> tuple[Space, Person, Thread]:
    space = factories.make_space(name="Bench")
    writer = factories.make_person(name="Wanda Writer")
    factories.make_membership(space, writer, role=Role.CHAMPION)
    thread = factories.make_thread(space, author=writer)
    at = thread.item.created_at
    with transaction():
        db.session.execute(
            insert(Person),
            [
                {
                    "handle": f"watcher{number}",
                    "name": f"Watcher {number}",
                    "email": f"watcher{number}@example.org",
                    "created_at": at,
                }
                for number in range(crowd)
            ],
        )
        ids = list(db.session.scalars(select(Person.id).where(Person.handle.like("watcher%"))))
        space_id, item_id = space.id, thread.id
        db.session.execute(
            insert(Membership),
            [{"space_id": space_id, "person_id": key, "role": Role.CHAMPION, "joined_at": at} for key in ids],
        )
        db.session.execute(
            insert(Watch),
            [
                {"person_id": key, "item_id": item_id, "level": WatchLevel.EVERYTHING, "is_chosen": True, "since": at}
                for key in ids
            ],
        )
    return space, writer, thread


if __name__ == "__main__":
    measure_telling()
