"""How often something may be tried (A6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from forum.core.db import db
from forum.core.time import now
from forum.people import limits, passwords
from forum.people.models import LinkPurpose
from tests import factories
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


@pytest.fixture
def few(app: Flask) -> int:
    """Let a network try little."""
    baton = app.extensions["baton"]
    few = replace(baton.settings, tries_per_network=5)
    app.extensions["baton"] = replace(baton, settings=few)
    return int(few.tries_per_network)


@pytest.mark.usefixtures("few")
def test_a_network_has_a_limit_of_its_own(visitor: Browserless) -> None:
    """A6: many accounts tried from one place; IPv6 counts by its first 64 bits."""

    def attempt(number: int, *, place: str) -> int:
        visitor.environ_base["REMOTE_ADDR"] = place
        return visitor.send("/sign-in/password", email=f"{number}@fenbridge.example", password="wrong").status_code

    assert [attempt(number, place=f"2001:db8:1:1::{number:x}") for number in range(6)] == [422] * 5 + [429]
    assert attempt(7, place="2001:db8:1:2::7") == 422
    assert attempt(8, place="192.0.2.8") == 422


def test_an_office_of_300_behind_one_address_gets_in_at_nine_o_clock(app: Flask, visitor: Browserless) -> None:
    """A6: half of them by link, half by password, every third of them after a wrong one."""
    with app.app_context():
        secret = passwords.hash_password(PASSWORD)
        for number in range(150):
            factories.make_person(name=f"Early {number}", email=f"e{number}@fenbridge.example", secret_hash=secret)
    start = now()
    with time_machine.travel(start, tick=False):
        asked = [visitor.send("/sign-in", email=f"by-link-{number}@fenbridge.example") for number in range(150)]
        entered = []
        for number in range(150):
            person = {"email": f"e{number}@fenbridge.example"}
            if number % 3 == 0:
                assert visitor.send("/sign-in/password", password="wrong", **person).status_code == 422
            entered.append(visitor.send("/sign-in/password", password=PASSWORD, **person))
            visitor.send("/sign-out")
    assert {answer.status_code for answer in (*asked, *entered)} == {303}


def test_only_what_failed_counts_towards_the_limit_of_a_network(app: Flask, few: int, visitor: Browserless) -> None:
    """A6: without giving back, the sixth right password or link is refused."""
    for _person in range(few * 2):
        assert visitor.send("/sign-in/password", email=ADDRESS, password=PASSWORD).status_code == 303
        visitor.send("/sign-out")
    with time_machine.travel(now(), tick=False) as clock:
        for _person in range(few * 2):
            assert visitor.send("/sign-in", email=ADDRESS).status_code == 303
            assert visitor.send(f"/sign-in/link/{newest_token(app, LinkPurpose.SIGN_IN)}").status_code == 303
            visitor.send("/sign-out")
            clock.shift(timedelta(minutes=4))
        wrong = [visitor.send("/sign-in/password", email=f"{n}@x.example", password="wrong") for n in range(few + 1)]
        assert [answer.status_code for answer in wrong] == [422] * few + [429]


def test_the_limit_of_a_network_does_not_tell_who_has_an_account(few: int, visitor: Browserless) -> None:
    """A6: links for known and unknown addresses, and wrong passwords of them, count alike."""
    for path in ("/sign-in", "/sign-in/password"):
        for address in (ADDRESS, *(f"{number}@fenbridge.example" for number in range(few - 1))):
            assert visitor.send(path, email=address, password="wrong").status_code in {303, 422}
        assert visitor.send(path, email=ADDRESS, password="wrong").status_code == 429


def test_limits_are_shared_by_all_processes_and_hold_no_address(app: Flask, visitor: Browserless) -> None:
    """A6: they stand in the database, hashed."""
    visitor.send("/sign-in/password", email=ADDRESS, password="wrong")
    with app.app_context():
        rows = repr(db.session.execute(db.text("SELECT * FROM rate_window")).all())
    assert rows.count("(") == 2 + rows.count("datetime.datetime(")
    assert "priya" not in rows
    assert "127.0.0.1" not in rows
