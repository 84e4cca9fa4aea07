"""How often something may be tried (A6)."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db
from forum.core.outbox import RateWindow
from forum.core.time import now
from forum.people import limits
from forum.people.models import LinkPurpose
from forum.web.limits import KEPT, limit
from tests.cast import Browserless
from tests.people.conftest import PASSWORD
from tests.people.mailbox import newest_token

ADDRESS = "priya.nair@fenbridge.example"
pytestmark = pytest.mark.usefixtures("priya")


def test_an_account_takes_ten_passwords_in_a_quarter_of_an_hour(visitor: Browserless) -> None:
    """A6."""
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        for _try in range(limits.PASSWORDS_PER_ACCOUNT):
            assert visitor.send("/sign-in/password", email=ADDRESS, password="wrong").status_code == 422
        held = visitor.send("/sign-in/password", email=ADDRESS.upper(), password=PASSWORD, next="/spaces")
        assert held.status_code == 429
        assert 0 < int(held.headers["Retry-After"]) <= 15 * 60 + 1
        assert ADDRESS in held.text.lower()
        assert 'value="/spaces"' in held.text
        assert PASSWORD not in held.text
        clock.shift(timedelta(minutes=15, seconds=1))
        let_in = visitor.send("/sign-in/password", email=ADDRESS, password=PASSWORD)
        assert let_in.status_code == 303


def test_the_limit_of_an_account_leaves_the_way_in_by_link(app: Flask, visitor: Browserless) -> None:
    """A6: nobody shuts somebody else out by trying passwords."""
    for _try in range(limits.PASSWORDS_PER_ACCOUNT + 1):
        visitor.send("/sign-in/password", email=ADDRESS, password="wrong")
    visitor.send("/sign-in", email=ADDRESS)
    assert visitor.send(f"/sign-in/link/{newest_token(app, LinkPurpose.SIGN_IN)}").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/reset"])
def test_an_address_is_mailed_five_links_in_a_quarter_of_an_hour(path: str, visitor: Browserless) -> None:
    """A6: the same for an address that has no account."""
    for address in (ADDRESS, "nobody@fenbridge.example"):
        for _try in range(limits.MAILS_PER_ADDRESS):
            assert visitor.send(path, email=address).status_code == 303
        held = visitor.send(path, email=address)
        assert held.status_code == 429
        assert address in held.text
        assert int(held.headers["Retry-After"]) > 0


def test_a_network_has_a_limit_of_its_own_that_an_office_does_not_reach(
    visitor: Browserless, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A6: many accounts tried from one place; IPv6 counts by its first 64 bits."""
    monkeypatch.setattr(limits, "PASSWORDS_PER_NETWORK", 5)

    def attempt(number: int, *, place: str) -> int:
        visitor.environ_base["REMOTE_ADDR"] = place
        return visitor.send("/sign-in/password", email=f"{number}@fenbridge.example", password="wrong").status_code

    assert [attempt(number, place=f"2001:db8:1:1::{number:x}") for number in range(6)] == [422] * 5 + [429]
    assert attempt(7, place="2001:db8:1:2::7") == 422
    assert attempt(8, place="192.0.2.8") == 422


def test_limits_are_shared_by_all_processes_and_hold_no_address(app: Flask, visitor: Browserless) -> None:
    """A6: they stand in the database, hashed."""
    visitor.send("/sign-in/password", email=ADDRESS, password="wrong")
    with app.app_context():
        rows = repr(db.session.execute(db.text("SELECT * FROM rate_window")).all())
    assert rows.count("(") == 2 + rows.count("datetime.datetime(")
    assert "priya" not in rows
    assert "127.0.0.1" not in rows


@pytest.mark.both_databases
def test_counts_of_the_day_before_are_forgotten(app: Flask) -> None:
    """A14: who tried what is kept no longer than it is needed. Without the cleaning two rows are left."""
    with app.app_context(), time_machine.travel(now(), tick=False) as clock:
        limit("something", "a visitor", times=5, within=limits.QUARTER)
        clock.shift(KEPT + timedelta(seconds=1))
        limit("something", "another visitor", times=5, within=limits.QUARTER)
        assert db.session.scalar(select(func.count()).select_from(RateWindow)) == 1
