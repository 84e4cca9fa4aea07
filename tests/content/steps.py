"""Small steps that tests of posts and threads share."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import escape
from threading import Barrier
from typing import Any, NamedTuple

import sqlalchemy
from flask import Flask
from sqlalchemy import event

from forum.core.db import db
from forum.core.markup import Rendered
from forum.people.models import Person
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item
from forum.threads.models import Thread


class Sent(NamedTuple):
    """A statement as it went to the database."""

    statement: str
    values: Any


NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


def said(text: str, *, naming: tuple[str, ...] = ()) -> Rendered:
    """Return a text as the renderer would give it, without waiting for the renderer."""
    html = f"<p>{escape(text)}</p>"
    return Rendered(source=text, html=html, renderer=1, mentioned=frozenset(naming), quoted=frozenset())


def standing(person: Person, slug: str = "champions") -> Here:
    """Return a person as they stand in a space, now."""
    return here_for(db.session.get_one(Person, person.id), slug)


def item_of(thread: Thread) -> Item:
    """Return a thread's item as it is now."""
    return db.session.get_one(Item, thread.id, populate_existing=True)


def address(app: Flask, thread: Thread, *, slug: str = "champions") -> str:
    """Return where a thread is found."""
    with app.app_context():
        return f"/s/{slug}/threads/{item_of(thread).ref}/"


def at_once(app: Flask, works: Sequence[Callable[[], Any]], *, workers: int = 10) -> list[Any]:
    """Do all `works`, each in a connection of its own and as many at once as there are workers; return results or errors."""
    barrier = Barrier(workers)

    def run(numbered: tuple[int, Callable[[], Any]]) -> Any:  # noqa: ANN401  # whatever the work gives
        number, work = numbered
        if number < workers:
            barrier.wait(timeout=20)
        with app.test_request_context("/"):
            try:
                return work()
            except Exception as error:  # noqa: BLE001  # the test looks at it
                return error

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(run, enumerate(works)))


@contextmanager
def queries(app: Flask) -> Iterator[list[Sent]]:
    """Collect the statements that are sent to the database."""
    sent: list[Sent] = []

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_others: object) -> None:  # noqa: ANN401
        if not statement.startswith(NOT_COUNTED):
            sent.append(Sent(statement, values))

    with app.app_context():
        engine: sqlalchemy.Engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def hidden_value(html: str, name: str) -> str:
    """Return the value of a form's hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', html)
    assert found is not None, f"no field {name}"
    return found.group(1)
