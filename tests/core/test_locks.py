"""What a held row holds up: those who want to hold it as well, and nobody else. SQLite lets one write at a time anyway."""

from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import text

from forum.core.db import db, lock, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space
from tests.cast import Cast

pytestmark = pytest.mark.postgres


def test_a_held_row_can_be_referred_to_meanwhile(app: Flask, cast: Cast) -> None:
    """With "FOR UPDATE" whoever writes in a space would wait for whoever holds it, and each for the other.

    Somebody who starts a thread holds its section and refers to the space; a steward who renames that section holds the space
    and wants the section: with "FOR UPDATE" that is a deadlock.
    """
    failed: list[Exception] = []

    def refer() -> None:
        with app.app_context():
            try:
                with transaction():
                    db.session.execute(text("SET LOCAL lock_timeout = '500ms'"))
                    at = now()
                    values = {"space_id": cast.champions.id, "author_id": cast.champion.id}
                    db.session.add(Item(kind="thread", title="Meanwhile", created_at=at, last_at=at, **values))
                    db.session.flush()
            except Exception as error:  # noqa: BLE001  # the test looks at what went wrong
                failed.append(error)

    with app.app_context(), transaction():
        assert lock(Space, cast.champions.id)
        assert lock(Person, cast.champion.id)
        other = Thread(target=refer)
        other.start()
        other.join()
    assert failed == []


def test_a_held_row_is_held(app: Flask, cast: Cast) -> None:
    """Whoever wants to hold it as well waits."""
    failed: list[str] = []

    def hold() -> None:
        with app.app_context():
            try:
                with transaction():
                    db.session.execute(text("SET LOCAL lock_timeout = '200ms'"))
                    lock(Space, cast.champions.id)
            except Exception as error:  # noqa: BLE001  # as above
                failed.append(str(error))

    with app.app_context(), transaction():
        lock(Space, cast.champions.id)
        other = Thread(target=hold)
        other.start()
        other.join()
    assert len(failed) == 1
    assert "lock timeout" in failed[0]
