"""Coming in by an invitation, and what it tells to others (A7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import Invitation, Role, Space
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.conftest import plain, quick_hashing
from tests.people.mailbox import mailed, path_in

__all__ = ["quick_hashing"]
AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")
PASSWORD = "lamp-otter-vinyl"


def link(cast: Cast, **values: object) -> str:
    """Make a link into Night desk and return its token."""
    token = f"token of {values}"
    factories.make_invitation(cast.night_desk, by=cast.insider, token=token, **values)  # type: ignore[arg-type]
    return token


def change(token: str, **values: object) -> None:
    with transaction():
        row = db.session.scalars(select(Invitation).where(Invitation.token_hash == hashed(token))).one()
        for name, value in values.items():
            setattr(row, name, value)


def test_opening_the_page_changes_nothing_and_the_button_lets_in(cast: Cast, as_person: AsPerson) -> None:
    """A10: mail scanners open links."""
    client = as_person(cast.outsider)
    with client.application.app_context():
        token = link(cast, uses=2)
    page = client.get(f"/i/{token}")
    assert "Ingrid Insider invites you" in page.text
    assert "Join Night desk" in page.text
    assert client.get("/s/night-desk/").status_code == 404
    answer = client.send(f"/i/{token}", role="steward")
    assert answer.headers["Location"] == "/s/night-desk/"
    assert client.get("/s/night-desk/").status_code == 200
    with client.application.app_context():
        membership = membership_of(cast.night_desk, cast.outsider)
        assert membership is not None
        assert membership.role is Role.CHAMPION
        assert db.session.scalars(select(Invitation.uses_left)).one() == 1


def test_pressing_again_is_no_second_use_and_no_error(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.outsider)
    with client.application.app_context():
        token = link(cast, uses=1)
    for _ in range(2):
        assert client.send(f"/i/{token}").headers["Location"] == "/s/night-desk/"
    assert "You are a member already." in client.get(f"/i/{token}").text


@pytest.mark.parametrize(
    "why", ["unknown", "used", "revoked", "over", "archived", "suspended writer", "removed writer"]
)
def test_what_opens_nothing_says_so_in_the_same_bytes(
    cast: Cast, as_person: AsPerson, visitor: Browserless, why: str
) -> None:
    """A7: nobody learns which, or that there was a space."""
    client = as_person(cast.outsider)
    with client.application.app_context():
        token = link(cast, uses=1)
        unknown = "f" * 48
        if why == "used":
            change(token, uses_left=0)
        elif why == "revoked":
            change(token, revoked_at=now())
        elif why == "over":
            change(token, expires_at=now() - timedelta(seconds=1))
        elif why == "archived":
            with transaction():
                db.session.get_one(Space, cast.night_desk.id).archived_at = now()
        elif why == "suspended writer":
            with transaction():
                db.session.get_one(Person, cast.insider.id).state = PersonState.SUSPENDED
        elif why == "removed writer":
            other = factories.make_person(name="Sybil Second")
            factories.make_membership(cast.night_desk, other, role=Role.STEWARD)
            with transaction():
                actions.end_membership(here_for(other, "night-desk"), cast.insider)
        elif why == "unknown":
            token = "e" * 48
    for browser in (client, visitor):
        answer, nothing = browser.get(f"/i/{token}"), browser.get(f"/i/{unknown}")
        assert answer.status_code == 404
        assert plain(answer) == plain(nothing)
        assert "Night desk" not in answer.text
        posted = browser.send(f"/i/{token}")
        assert posted.status_code == 404
        assert plain(posted) == plain(nothing)


def test_an_invitation_to_another_address_explains_itself_and_lets_nobody_in(cast: Cast, as_person: AsPerson) -> None:
    """A7: it is bound to the address it was sent to."""
    client = as_person(cast.outsider)
    with client.application.app_context():
        token = link(cast, address="new@example.org")
    page = client.get(f"/i/{token}").text
    assert "This invitation is for another address." in page
    assert "Sign out" in page
    assert "Join Night desk" not in page
    answer = client.send(f"/i/{token}")
    assert answer.status_code == 409
    with client.application.app_context():
        assert membership_of(cast.night_desk, cast.outsider) is None
        assert db.session.scalars(select(Invitation.uses_left)).one() == 1


@inside
@pytest.mark.both_databases
def test_an_invitation_to_an_address_lets_in_whoever_has_it_now(cast: Cast) -> None:
    """A7: capitals aside; after a change of address the old one opens nothing."""
    invitation = factories.make_invitation(cast.night_desk, by=cast.insider, address="otto.outsider@example.org")
    with transaction():
        db.session.get_one(Person, cast.outsider.id).email = "Otto.Outsider@example.org"
    with transaction():
        actions.accept(cast.outsider, invitation)
    other = factories.make_invitation(cast.champions, by=cast.steward, address="otto.outsider@example.org")
    with transaction():
        db.session.get_one(Person, cast.outsider.id).email = "elsewhere@example.org"
    with transaction(), pytest.raises(RuleBroken):
        actions.accept(cast.outsider, other)


def test_a_newcomer_makes_an_account_and_joins_in_one_go(
    app: Flask, cast: Cast, as_person: AsPerson, visitor: Browserless
) -> None:
    """A7: the address is the one that was invited, whatever the form says."""
    as_person(cast.insider).send(
        "/s/night-desk/invitations", addresses="Nora.Quill@example.org", role="organiser", once="2" * 32
    )
    [mail] = mailed(app)
    assert mail.to == "nora.quill@example.org"
    path = path_in(mail)
    assert "You have no account here yet." in visitor.get(path).text
    answer = visitor.send(path, name="Nora Quill", department="0", password=PASSWORD, email="evil@example.org")
    assert answer.headers["Location"] == "/s/night-desk/", answer.text
    assert "Welcome to Night desk." in visitor.get("/s/night-desk/").text
    with app.app_context():
        nora = db.session.scalars(select(Person).where(Person.name == "Nora Quill")).one()
        membership = membership_of(cast.night_desk, nora)
        assert membership is not None
        assert (nora.email, membership.role) == ("nora.quill@example.org", Role.ORGANISER)
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    "form, sentence",
    [
        ({"name": "", "password": PASSWORD}, "Write your name"),
        ({"name": "Nora Quill", "password": "short"}, "8 characters or more"),
        ({"name": "Nora Quill", "password": "password123"}, "Many people use that password"),
    ],
)
def test_a_newcomers_form_comes_back_with_the_reason(
    app: Flask, cast: Cast, visitor: Browserless, form: dict[str, str], sentence: str
) -> None:
    """A6: the rules of accounts hold on this way in."""
    with app.app_context():
        token = link(cast, address="nora.quill@example.org")
    answer = visitor.send(f"/i/{token}", department="0", **form)
    assert answer.status_code == 422
    assert sentence in answer.text
    with app.app_context():
        assert db.session.scalars(select(Invitation.uses_left)).one() == 1


def test_who_has_an_account_is_asked_to_sign_in_with_it(app: Flask, cast: Cast, visitor: Browserless) -> None:
    with app.app_context():
        token = link(cast, address="otto.outsider@example.org")
    page = visitor.get(f"/i/{token}").text
    assert "Sign in with it" in page
    assert "/sign-in?next=/i/" in page.replace("%2F", "/")
    answer = visitor.send(f"/i/{token}", name="Otto Other", department="0", password=PASSWORD)
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Person).where(Person.name == "Otto Other")).one_or_none() is None
