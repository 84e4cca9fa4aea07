"""A form that is sent twice: a second press is the first one's, another text sent with the same key is not (A7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import today
from forum.people.models import Person
from forum.spaces.actions import invitation_at
from forum.spaces.models import Invitation, Space
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
pytestmark = pytest.mark.both_databases
PAGE = "/s/champions/invitations"
KEY = "0123456789abcdef0123456789abcdef"


def how_many(app: Flask, kind: type[Invitation] | type[Space]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind)) or 0


def a_link(zone: str) -> dict[str, object]:
    return {"uses": "3", "until": (today(zone) + timedelta(days=3)).isoformat(), "role": "champion"}


def test_the_key_of_an_invitation_by_mail_shows_its_link_to_nobody(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A6, A7: who holds that link has proved the address; its writer could make an account in somebody else's name."""
    client = as_person(cast.steward)
    assert client.send(PAGE, addresses="boss@example.org", role="champion", once=KEY).status_code == 303
    assert client.send(f"{PAGE}/link", once=KEY, **a_link(cast.steward.zone)).status_code == 303
    assert how_many(app, Invitation) == 2
    shown = client.get(PAGE).text.partition("/i/")[2][:48]
    with app.test_request_context("/"):
        assert invitation_at(shown).invitation.address is None


def test_going_back_and_inviting_somebody_else_invites_them(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    for address in ("one@example.org", "one@example.org", "two@example.org"):
        client.send(PAGE, addresses=address, role="champion", once=KEY)
    assert how_many(app, Invitation) == 2


def test_the_same_key_in_another_space_is_another_invitation(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    client.send("/spaces/new", name="Second", purpose="", visibility="private", cloth="moss", once=KEY)
    for slug in ("champions", "second"):
        assert client.send(f"/s/{slug}/invitations/link", once=KEY, **a_link(cast.steward.zone)).status_code == 303
    assert how_many(app, Invitation) == 2


def test_going_back_and_making_another_space_makes_it(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    before = how_many(app, Space)
    given = {"purpose": "", "visibility": "private", "cloth": "moss", "once": KEY}
    for name in ("First", "First", "Other"):
        assert client.send("/spaces/new", name=name, **given).status_code == 303
    assert how_many(app, Space) == before + 2
