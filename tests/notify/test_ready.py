"""Whether Baton says truthfully that it can do its work (H2)."""

import sqlite3
from collections import namedtuple
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import DropTable

from forum.core.db import db, transaction, transaction_of_marks
from forum.core.outbox import Delivery, FactRow, Heartbeat
from forum.core.time import now
from forum.notify import health
from forum.notify.heartbeat import Outage, beat, forget
from forum.people.models import Person
from tests import factories
from tests.cast import hold_token


@pytest.fixture
def beating(app: Flask) -> None:
    """A worker is alive."""
    with app.app_context():
        beat("somebody")


def bad(client: FlaskClient) -> dict[str, str]:
    """Return what is wrong, with the words for it."""
    answer = client.get("/readyz")
    assert answer.json is not None
    found = {name: check["says"] for name, check in answer.json["checks"].items() if check["is"] == "bad"}
    assert answer.status_code == (503 if found else 200)
    assert answer.json["ready"] is (not found)
    return found


@pytest.mark.both_databases
def test_all_is_well(client: FlaskClient, beating: None) -> None:
    assert bad(client) == {}


@pytest.mark.both_databases
def test_a_missing_worker_is_red(client: FlaskClient) -> None:
    """H2: without a worker nothing is mailed, and that is said."""
    assert bad(client) == {"worker": "No worker is running, so nothing is mailed. Start one with: baton worker"}


@pytest.mark.both_databases
def test_a_worker_that_fell_silent_is_red(client: FlaskClient, beating: None) -> None:
    """H2."""
    with time_machine.travel(now() + timedelta(minutes=1), tick=True):
        assert list(bad(client)) == ["worker"]


def test_a_worker_that_signed_off_is_red(app: Flask, client: FlaskClient, beating: None) -> None:
    with app.app_context():
        forget("somebody")
    assert list(bad(client)) == ["worker"]


@pytest.mark.both_databases
def test_a_worker_that_was_never_heard_of_again_is_forgotten_after_a_day(app: Flask, beating: None) -> None:
    """Each start has a name of its own. Without the cleaning two rows are left."""
    with app.app_context(), time_machine.travel(now() + timedelta(days=1, seconds=5), tick=False):
        beat("another")
        assert db.session.scalars(select(Heartbeat.worker)).all() == ["another"]


@pytest.mark.both_databases
def test_mail_that_nobody_sends_is_late_after_ten_minutes_and_wants_a_look(app: Flask, client: FlaskClient) -> None:
    """H2: a worker may live and send nothing. Late a thousand times later, this fails."""
    at = now()
    with app.app_context(), transaction():
        fact = FactRow(kind="password changed", at=at, due_at=at, expanded_at=at)
        address = {"address": "guest@example.org", "message_id": "<1@example.org>"}
        db.session.add(Delivery(fact=fact, due_at=at, **address))
    for minutes, state, says in (
        (9, "good", "Mail is under way, and nothing is late."),
        (11, "care", "1 message is late."),
    ):
        with time_machine.travel(at + timedelta(minutes=minutes), tick=False):
            with app.app_context():
                beat("somebody")
            answer = client.get("/readyz")
            assert answer.status_code == 200
            assert answer.json is not None
            assert answer.json["checks"]["mail"] == {"is": state, "says": says}


def test_a_locked_database_is_red_within_the_deadline(
    client: FlaskClient, beating: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2: a database that can only be read is of no use, and the answer doesn't wait for it."""
    monkeypatch.setattr(health, "DEADLINE", 0.3)
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert bad(client) == {"database": "The database didn’t answer within 0 seconds."}
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_database_that_is_gone_is_red_while_the_process_lives(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object) -> None:
        raise SQLAlchemyError

    monkeypatch.setattr(health, "text", gone)
    assert bad(client) == {"database": "The database can’t be used."}
    assert client.get("/healthz").data == b"ok\n"


@pytest.mark.both_databases
def test_an_old_database_is_red(app: Flask, client: FlaskClient, beating: None) -> None:
    with app.app_context(), transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert bad(client) == {"migrations": "The database isn’t at the newest migration. Run: baton migrate"}


@pytest.mark.both_databases
def test_a_database_without_tables_is_red_and_says_what_to_run(app: Flask, client: FlaskClient) -> None:
    """H2: it was a page in HTML that called the database busy, also to somebody who is signed in."""
    with app.app_context(), transaction_of_marks():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(DropTable(table, if_exists=True))
        db.session.execute(text("DROP TABLE alembic_version"))
    hold_token(client, "a token")
    assert bad(client) == {"migrations": "The database isn’t at the newest migration. Run: baton migrate"}


@pytest.mark.both_databases
@pytest.mark.parametrize("broken", ["_room", "_migrations", "has_worker", "mail_health", "demo_in_production"])
def test_a_question_that_fails_is_red_and_hides_no_other_answer(
    client: FlaskClient, beating: None, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """H2: the answer is JSON whatever happens. On PostgreSQL a failed statement would spoil those after it."""

    def fails() -> None:
        db.session.execute(text("SELECT nothing FROM nowhere"))

    monkeypatch.setattr(health, broken, fails)
    (says,) = bad(client).values()
    assert says == "It can’t be looked at: the log says why."


def test_a_full_disk_is_red_and_a_filling_one_is_not(
    client: FlaskClient, beating: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2."""
    usage = namedtuple("usage", "free")  # noqa: PYI024  # as shutil's
    monkeypatch.setattr(health, "disk_usage", lambda _folder: usage(5 * health.MEGABYTE))
    assert bad(client) == {"disk": "5 MB are free on the database’s disk."}
    monkeypatch.setattr(health, "disk_usage", lambda _folder: usage(100 * health.MEGABYTE))
    assert bad(client) == {}


def test_demo_people_in_production_are_red(
    app: Flask, client: FlaskClient, beating: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A14."""
    with app.app_context():
        person = factories.make_person(name="Dan Demo")
        with transaction():
            db.session.execute(db.update(Person).where(Person.id == person.id).values(is_demo=True))
    assert bad(client) == {}
    object.__setattr__(app.extensions["baton"].settings, "env", "production")
    assert list(bad(client)) == ["demo"]


def test_being_asked_changes_nothing(app: Flask, client: FlaskClient, beating: None) -> None:
    """A10: it takes the right to write and gives it back."""
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")

    def contents() -> list[str]:
        with sqlite3.connect(path) as connection:
            lines = list(connection.iterdump())
        connection.close()
        return lines

    before = contents()
    client.get("/readyz")
    client.get("/healthz")
    assert contents() == before


def test_nothing_about_the_mail_server_is_told_to_strangers(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        beat("somebody", outage=Outage(now(), "The mail server mail.internal:25 can't be used"))
    assert "mail.internal" not in client.get("/readyz").text
    said = bad(client)["mail"]
    assert said.startswith("The mail server can’t be used since ")
    assert said.endswith("UTC. 0 messages wait.")
