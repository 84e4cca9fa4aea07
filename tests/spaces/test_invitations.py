"""Invitations: who writes them, and what they may hold (A7)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.secrets import hashed
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import Invitation, LogEntry, Role
from forum.spaces.tokens import invitation_token
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize(
    "who, roles",
    [
        ("organiser", {Role.READER, Role.CHAMPION}),
        ("steward", {Role.READER, Role.CHAMPION, Role.ORGANISER, Role.STEWARD}),
        ("champion", set()),
    ],
)
def test_an_invitation_gives_at_most_what_its_writer_may_give(cast: Cast, who: str, roles: set[Role]) -> None:
    """A4: an organiser makes no organisers, by a detour neither."""
    here = here_for(getattr(cast, who), "champions")
    given = set()
    for role in (Role.READER, Role.CHAMPION, Role.ORGANISER, Role.STEWARD):
        try:
            with transaction():
                actions.make_link(here, role=role, uses=1, lasts=timedelta(days=1))
                actions.invite_addresses(here, addresses=[f"{role}@example.org"], role=role)
        except Denied:
            continue
        given.add(role)
    assert given == roles


@inside
@pytest.mark.both_databases
def test_of_a_token_only_the_hash_is_kept(cast: Cast) -> None:
    """A7, A14: a copy of the database opens nothing, and neither does the nonce without the key."""
    with transaction():
        made = actions.make_link(here_for(cast.steward, "champions"), role=Role.READER, uses=1, lasts=timedelta(days=1))
    token = invitation_token(made.nonce)
    assert made.token_hash == hashed(token)
    assert token not in {str(value) for value in vars(made).values()}
    assert len(token) >= 32


@inside
@pytest.mark.both_databases
def test_an_address_is_invited_once_and_members_are_not_invited(cast: Cast) -> None:
    here = here_for(cast.steward, "champions")
    with transaction():
        actions.invite_addresses(here, addresses=["new@example.org"])
    for address, sentence in (
        ("New@Example.org", "invited already"),
        ("carla.champion@example.org", "a member already"),
    ):
        with transaction(), pytest.raises(Invalid, match=sentence):
            actions.invite_addresses(here, addresses=[address])


@inside
@pytest.mark.both_databases
def test_an_address_whose_invitation_ran_out_or_was_revoked_is_invited_again(cast: Cast) -> None:
    here = here_for(cast.steward, "champions")
    with time_machine.travel(now() - timedelta(days=15), tick=False), transaction():
        actions.invite_addresses(here, addresses=["new@example.org"])
    with transaction():
        actions.invite_addresses(here, addresses=["new@example.org"])
    with transaction():
        second = db.session.scalars(select(Invitation).where(Invitation.revoked_at.is_(None))).one()
        actions.revoke_invitation(here, second.id)
        actions.invite_addresses(here, addresses=["new@example.org"])
    assert not list(
        db.session.scalars(select(LogEntry).where(LogEntry.details["address"].as_string() == "new@example.org"))
    )


@inside
@pytest.mark.both_databases
def test_an_invitation_of_another_space_or_a_higher_role_is_not_revoked(cast: Cast) -> None:
    """A2, A4: neither by its id under this space's address, nor by an organiser who couldn't have written it."""
    elsewhere = factories.make_invitation(cast.night_desk, by=cast.insider)
    higher = factories.make_invitation(cast.champions, by=cast.steward, role=Role.STEWARD)
    with transaction(), pytest.raises(Missing):
        actions.revoke_invitation(here_for(cast.steward, "champions"), elsewhere.id)
    with transaction(), pytest.raises(Denied):
        actions.revoke_invitation(here_for(cast.organiser, "champions"), higher.id)


def test_a_link_is_shown_once(cast: Cast, as_person: AsPerson) -> None:
    """A14: and only to who made it."""
    client = as_person(cast.steward)
    form = {
        "uses": "3",
        "until": (today("Europe/London") + timedelta(days=7)).isoformat(),
        "role": "reader",
        "once": "1" * 32,
    }
    client.send("/s/champions/invitations/link", **form)
    shown = re.search(r"http://[^\"]+/i/([0-9a-f]{48})", client.get("/s/champions/invitations").text)
    assert shown
    assert "/i/" not in client.get("/s/champions/invitations").text
    client.send("/s/champions/invitations/link", **form)
    with client.application.app_context():
        made = db.session.scalars(select(Invitation)).one()
        assert (made.uses_left, made.role, made.token_hash) == (3, Role.READER, hashed(shown[1]))
    assert "for 3 more people" in client.get("/s/champions/invitations").text


@pytest.mark.parametrize(
    "path, form, sentence",
    [
        ("", {"addresses": "", "role": "reader"}, "Write the address of each person you invite."),
        ("", {"addresses": "nobody", "role": "reader"}, "“nobody” isn’t a whole address"),
        (
            "",
            {"addresses": "new@example.org, nobody; b@d", "role": "reader"},
            "like name@organisation.example: “nobody” and “b@d”.",
        ),
        ("", {"addresses": "a@b.example\r\nBcc: c@d.example", "role": "reader"}, "“Bcc” isn’t a whole address"),
        ("", {"addresses": "new@example.org", "role": "visitor"}, "Choose one of the list."),
        ("", {"addresses": "carla.champion@example.org", "role": "reader"}, "a member already"),
        (
            "",
            {"addresses": " ".join(f"p{n}@example.org" for n in range(51)), "role": "reader"},
            "These are 51. Give 50 at once",
        ),
        ("", {"addresses": "x" * 20_001, "role": "reader"}, "20000 characters or fewer"),
        ("/link", {"uses": "2", "until": "2999-01-01", "role": "reader", "label": "x" * 81}, "80 characters or fewer"),
        ("/link", {"uses": "0", "until": "2999-01-01", "role": "reader"}, "Choose a number from 1 to 500."),
        ("/link", {"uses": "many", "until": "2999-01-01", "role": "reader"}, "Choose a number from 1 to 500."),
        ("/link", {"uses": "2", "until": "2999-01-01", "role": "reader"}, "90 days at the most"),
        ("/link", {"uses": "2", "until": "2001-01-01", "role": "reader"}, "That day has passed"),
        ("/link", {"uses": "2", "until": "soon", "role": "reader"}, "Say until which day, like"),
        ("/link", {"uses": "2", "until": "", "role": "reader"}, "Say until which day it works."),
    ],
)
def test_what_makes_no_sense_is_not_sent(
    cast: Cast, as_person: AsPerson, path: str, form: dict[str, str], sentence: str
) -> None:
    client = as_person(cast.steward)
    answer = client.send(f"/s/champions/invitations{path}", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    if form.get("addresses"):
        assert form["addresses"].replace("\r\n", "\n") in answer.text, "everything typed is kept"
    with client.application.app_context():
        assert not list(db.session.scalars(select(Invitation)))
