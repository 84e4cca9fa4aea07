"""Links that act once (A7)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from forum.core.db import db, transaction
from forum.mydata import keeping
from forum.people import links, passwords
from forum.people.actions import secrets, standing
from forum.people.models import LinkPurpose, Person, SecretLink
from tests.cast import Cast
from tests.people.conftest import AtOnce

EVERY = list(LinkPurpose)
pytestmark = pytest.mark.usefixtures("context")


def ask(purpose: LinkPurpose, person: Person | None = None) -> str:
    with transaction():
        link = links.ask(purpose, address="priya.nair@fenbridge.example", person=person)
    return links.token_of(link)


def use(token: str, purpose: LinkPurpose) -> bool:
    link = links.open_link(token, purpose)
    if link is None:
        return False
    with transaction():
        return links.use(link)


def everything_stored() -> str:
    rows = [db.session.execute(text(f'SELECT * FROM "{table}"')).all() for table in db.metadata.tables]  # noqa: S608  # our own names
    return repr(rows)


@pytest.mark.both_databases
@pytest.mark.parametrize("purpose", EVERY)
def test_a_link_works_once(purpose: LinkPurpose, priya: Person) -> None:
    """A7."""
    token = ask(purpose, priya)
    assert use(token, purpose)
    assert not use(token, purpose)


@pytest.mark.both_databases
def test_opening_a_link_any_number_of_times_uses_nothing_up(priya: Person) -> None:
    """A7: programmes that check mail open links."""
    token = ask(LinkPurpose.SIGN_IN, priya)
    for _time in range(3):
        assert links.open_link(token, LinkPurpose.SIGN_IN)
    assert use(token, LinkPurpose.SIGN_IN)


@pytest.mark.both_databases
@pytest.mark.parametrize("purpose", EVERY)
def test_of_several_uses_at_once_one_wins(purpose: LinkPurpose, priya: Person, at_once: AtOnce) -> None:
    """A7. Without `used_at IS NULL` in the UPDATE all of them win."""
    token = ask(purpose, priya)
    assert sorted(at_once(*[lambda: use(token, purpose)] * 5)) == [False] * 4 + [True]


@pytest.mark.parametrize("purpose", EVERY)
def test_a_link_runs_out(purpose: LinkPurpose, app: Flask) -> None:
    """A7."""
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    lives = links.LIVES[purpose]
    with time_machine.travel(at, tick=False) as clock:
        token = ask(purpose)
        clock.shift(lives - timedelta(seconds=1))
        link = links.open_link(token, purpose)
        assert link is not None
        clock.shift(timedelta(seconds=1))
        assert links.open_link(token, purpose) is None
        with transaction():
            assert not links.use(link), "not even when it was opened in time"


def test_how_long_links_work_is_what_their_pages_say() -> None:
    lives = dict(links.LIVES)
    assert lives == {
        LinkPurpose.SIGN_IN: timedelta(minutes=15),
        LinkPurpose.RESET: timedelta(hours=1),
        LinkPurpose.CHANGE_ADDRESS: timedelta(days=1),
        LinkPurpose.UNDO_ADDRESS: timedelta(days=7),
        LinkPurpose.JOIN: timedelta(days=1),
    }


def test_a_link_serves_its_own_purpose_only(priya: Person) -> None:
    """A7."""
    for purpose in EVERY:
        token = ask(purpose, priya)
        for other in EVERY:
            assert (links.open_link(token, other) is not None) == (other is purpose)


@pytest.mark.both_databases
@pytest.mark.parametrize("purpose", EVERY)
def test_no_token_is_stored_anywhere(purpose: LinkPurpose, priya: Person, app: Flask) -> None:
    """A7, A14: neither in the link's row nor in the fact that has it mailed; and the database without the key can't make it."""
    token = ask(purpose, priya)
    assert len(token) * 4 >= 128
    assert token not in everything_stored()
    app.config["SECRET_KEY"] = "another key, as somebody with only a copy of the database would have to guess"
    assert links.token_of(db.session.scalars(db.select(SecretLink)).one()) != token


def change_password(person: Person, _admin: Person) -> None:
    secrets.set_password(person, secret_hash=passwords.hash_password("another long one"))


def move_away(person: Person, _admin: Person) -> None:
    link = links.ask(LinkPurpose.CHANGE_ADDRESS, address="elsewhere@fenbridge.example", person=person)
    assert links.use(link)
    secrets.change_address(link)


def get_suspended(person: Person, admin: Person) -> None:
    standing.suspend(admin, person=person)


@pytest.mark.both_databases
@pytest.mark.parametrize("happens", [change_password, move_away, get_suspended])
@pytest.mark.parametrize("purpose", [LinkPurpose.SIGN_IN, LinkPurpose.RESET, LinkPurpose.CHANGE_ADDRESS])
def test_a_change_of_password_or_address_and_suspension_void_what_was_sent_before(
    happens: Callable[[Person, Person], None], purpose: LinkPurpose, priya: Person, cast: Cast
) -> None:
    """A7."""
    token = ask(purpose, priya)
    opened = links.open_link(token, purpose)
    assert opened is not None
    with transaction():
        happens(priya, cast.admin)
    assert links.open_link(token, purpose) is None
    with transaction():
        assert not links.use(opened), "not even when it was opened before"


@pytest.mark.both_databases
def test_a_password_and_a_link_race_and_neither_slips_between(priya: Person, at_once: AtOnce) -> None:
    """A7: the person's row is held first, so a link is used before the change or is void after it; it never outlives it."""
    token = ask(LinkPurpose.RESET, priya)
    made = passwords.hash_password("another long one")

    def change() -> Any:  # noqa: ANN401  # what a thread gives
        with transaction():
            secrets.set_password(db.session.get_one(Person, priya.id), secret_hash=made)

    at_once(change, lambda: use(token, LinkPurpose.RESET))
    assert links.open_link(token, LinkPurpose.RESET) is None


def test_the_link_that_undoes_a_change_of_address_outlives_other_changes(priya: Person, cast: Cast) -> None:
    """Somebody who stole an account would change the password next."""
    token = ask(LinkPurpose.UNDO_ADDRESS, priya)
    with transaction():
        change_password(priya, cast.admin)
    assert links.open_link(token, LinkPurpose.UNDO_ADDRESS)


def test_a_suspension_ends_the_link_that_undoes_too_and_it_stays_so(priya: Person, cast: Cast) -> None:
    """A7: whoever holds it may be why the account was suspended."""
    token = ask(LinkPurpose.UNDO_ADDRESS, priya)
    with transaction():
        standing.suspend(cast.admin, person=priya)
    with transaction():
        standing.restore(cast.admin, person=priya)
    assert links.open_link(token, LinkPurpose.UNDO_ADDRESS) is None


def test_taking_an_address_back_ends_the_link_that_a_thief_was_mailed(priya: Person) -> None:
    """A7: who changed the address twice got such a link at the first of their own addresses."""
    owners, thiefs = (ask(LinkPurpose.UNDO_ADDRESS, priya) for _change in range(2))
    link = links.open_link(owners, LinkPurpose.UNDO_ADDRESS)
    assert link is not None
    with transaction():
        assert links.use(link)
        secrets.undo_address(link)
    assert links.open_link(thiefs, LinkPurpose.UNDO_ADDRESS) is None


def test_links_of_suspended_people_do_nothing(cast: Cast) -> None:
    """A8."""
    token = ask(LinkPurpose.SIGN_IN, cast.suspended)
    assert links.open_link(token, LinkPurpose.SIGN_IN) is None


def test_rows_of_links_go_a_month_after_they_ran_out(app: Flask) -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(at, tick=False) as clock:
        ask(LinkPurpose.SIGN_IN)
        clock.shift(timedelta(days=31))
        ask(LinkPurpose.JOIN)
        keeping.run()
    assert [row.purpose for row in db.session.scalars(db.select(SecretLink))] == [LinkPurpose.JOIN]
