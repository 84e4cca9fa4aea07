"""Whom the facts of spaces are told to, and that it is asked again at sending (A3)."""

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces import actions
from forum.spaces.doors import door_for
from forum.spaces.events import AskedToJoin
from forum.spaces.guard import here_for
from forum.spaces.models import Invitation, JoinRequest, JoinState, Membership, Role, Space, Visibility
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Cast
from tests.people.mailbox import mailed

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def to(mails: list[Mail]) -> set[str]:
    return {mail.to.split("@")[0] for mail in mails}


def ask(cast: Cast, note: str = "I keep two hives.") -> JoinRequest:
    guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
    for person, role in (
        (cast.steward, Role.STEWARD),
        (cast.organiser, Role.ORGANISER),
        (cast.champion, Role.CHAMPION),
    ):
        factories.make_membership(guild, person, role=role)
    with transaction():
        return actions.ask_to_join(cast.outsider, door_for(cast.outsider, "guild"), note=note)


def test_a_request_is_told_to_those_who_can_answer_it(app: Flask, cast: Cast) -> None:
    ask(cast)
    mails = mailed(app)
    assert to(mails) == {"stella.steward", "oscar.organiser"}
    assert "I keep two hives." in mails[0].text
    assert "http://127.0.0.1:8000/s/guild/requests" in mails[0].text


@pytest.mark.parametrize("why", ["answered", "withdrawn", "demoted", "removed", "suspended", "archived"])
def test_a_request_is_not_told_to_who_may_not_answer_it_when_it_is_sent(app: Flask, cast: Cast, why: str) -> None:
    """A3: between the asking and the sending."""
    request = ask(cast)
    baton = app.extensions["baton"]

    teller = next(one for one in baton.tellers if one.fact is AskedToJoin)
    fact = AskedToJoin(actor_id=cast.outsider.id, request_id=request.id)
    organiser = Recipient(person_id=cast.organiser.id)
    assert organiser in teller.recipients(fact)
    assert teller.compose(fact, organiser) is not None
    guild = db.session.scalars(select(Space).where(Space.slug == "guild")).one()
    with transaction():
        membership = membership_of(guild, cast.organiser)
        assert membership is not None
        if why in {"answered", "withdrawn"}:
            state = JoinState.ACCEPTED if why == "answered" else JoinState.WITHDRAWN
            db.session.get_one(JoinRequest, request.id).state = state
        elif why == "demoted":
            membership.role = Role.CHAMPION
        elif why == "removed":
            membership.ended_at = now()
        elif why == "suspended":
            db.session.get_one(Person, cast.organiser.id).state = PersonState.SUSPENDED
        else:
            db.session.get_one(Space, guild.id).archived_at = now()
    assert teller.compose(fact, organiser) is None


def test_who_asked_is_told_the_answer(app: Flask, cast: Cast) -> None:
    one, other = (factories.make_join_request(cast.champions, person) for person in (cast.outsider, cast.insider))
    with transaction():
        actions.accept_request(here_for(cast.organiser, "champions"), one.id)
        actions.decline_request(here_for(cast.organiser, "champions"), other.id, answer="Ask your <boss> first.")
    yes, no = mailed(app)
    assert (yes.to, yes.subject) == ("otto.outsider@example.org", "Welcome to Champions")
    assert no.to == "ingrid.insider@example.org"
    assert "Ask your <boss> first." in no.text
    assert "Ask your &lt;boss&gt; first." in no.html
    assert "/s/champions" not in no.text


def test_who_was_let_in_and_removed_again_is_not_welcomed(app: Flask, cast: Cast) -> None:
    """A3: the mail that waits is not sent."""
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction():
        actions.accept_request(here_for(cast.organiser, "champions"), request.id)
        actions.end_membership(here_for(cast.organiser, "champions"), cast.outsider, reason="A mix-up.")
    [mail] = mailed(app)
    assert mail.subject == "You are no longer a member of Champions"
    assert "A mix-up." in mail.text


def test_who_was_removed_and_is_back_is_not_told_of_the_removal(app: Flask, cast: Cast) -> None:
    with transaction():
        actions.end_membership(here_for(cast.steward, "champions"), cast.champion)
        actions.join(here_for(cast.champion, "champions"))
    assert not mailed(app)


def test_a_changed_role_is_told_once_and_as_it_is_now(app: Flask, cast: Cast) -> None:
    steward = here_for(cast.steward, "champions")
    with transaction():
        actions.change_role(steward, cast.champion, role=Role.ORGANISER)
        actions.change_role(steward, cast.champion, role=Role.READER, reason="I pressed the wrong one.")
    [mail] = mailed(app)
    assert mail.subject == "You are a reader of Champions now"
    assert "I pressed the wrong one." in mail.text


def test_nobody_is_told_of_what_they_did_themselves(app: Flask, cast: Cast) -> None:
    other = factories.make_person(name="Sybil Second")
    factories.make_membership(cast.champions, other, role=Role.STEWARD)
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.steward, role=Role.CHAMPION)
        actions.leave(here_for(cast.champion, "champions"))
        actions.join(here_for(cast.outsider, "champions"))
    assert not mailed(app)


@pytest.mark.parametrize("why", [None, "revoked", "used", "over", "writer suspended", "archived"])
def test_an_invitation_is_mailed_while_it_opens_something(app: Flask, cast: Cast, why: str | None) -> None:
    """A3, A7: what was revoked before it was sent is not sent."""
    with transaction():
        actions.invite_addresses(here_for(cast.steward, "champions"), addresses=["nora.quill@example.org"])
    with transaction():
        row = db.session.scalars(select(Invitation)).one()
        if why == "revoked":
            row.revoked_at = now()
        elif why == "used":
            row.uses_left = 0
        elif why == "over":
            row.expires_at = now()
        elif why == "writer suspended":
            db.session.get_one(Person, cast.steward.id).state = PersonState.SUSPENDED
        elif why == "archived":
            db.session.get_one(Space, cast.champions.id).archived_at = now()
    mails = mailed(app)
    assert to(mails) == (set() if why else {"nora.quill"})
    if mails:
        assert mails[0].subject == "Stella Steward invites you to Champions"
        assert "http://127.0.0.1:8000/i/" in mails[0].text


def test_names_in_subjects_are_one_line(app: Flask, cast: Cast) -> None:
    """A12: and what is in the body is text in both forms."""
    with transaction():
        space = db.session.get_one(Space, cast.champions.id)
        space.name, space.purpose = "Bees & <b>hives", "{{7*7}}"
        actions.invite_addresses(here_for(cast.steward, "champions"), addresses=["nora.quill@example.org"])
    [mail] = mailed(app)
    assert mail.subject == "Stella Steward invites you to Bees & <b>hives"
    assert "Bees & <b>hives" in mail.text
    assert "Bees &amp; &lt;b&gt;hives" in mail.html
    assert "{{7*7}}" in mail.text


def test_an_account_without_an_address_or_out_of_use_is_told_nothing(app: Flask, cast: Cast) -> None:
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.champion, role=Role.ORGANISER)
        actions.end_membership(here_for(cast.steward, "champions"), cast.reader)
        db.session.get_one(Person, cast.champion.id).email = None
        db.session.get_one(Person, cast.reader.id).state = PersonState.CLOSED
    assert not mailed(app)
    assert db.session.scalars(select(Membership).where(Membership.person_id == cast.reader.id)).one().ended_at
