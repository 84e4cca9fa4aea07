"""Several addresses at once, and an invitation that is sent again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.secrets import hashed
from forum.core.time import now, today
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import Invitation, LogEntry, Role
from forum.spaces.tokens import invitation_token
from forum.spaces.views import invitations as views
from tests import factories
from tests.cast import Browserless, Cast
from tests.people.mailbox import mailed, path_in
from tests.spaces.conftest import AtOnce

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")
PAGE = "/s/champions/invitations"
KEY = "0123456789abcdef0123456789abcdef"


def send(client: Browserless, addresses: str, **others: object) -> str:
    """Invite, and return what the next page says of it."""
    answer = client.send(PAGE, **{"addresses": addresses, "role": "champion", "once": KEY, **others})
    assert answer.status_code == 303, answer.text
    return client.get(PAGE).text.partition('role="status"')[2].partition("</div></div>")[0]


def invited(app: Flask) -> list[str]:
    with app.app_context():
        return sorted(db.session.scalars(select(Invitation.address).where(Invitation.revoked_at.is_(None))))


# --- several ---------------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_each_address_gets_an_invitation_of_its_own(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Pasted as they come from an address book; one log line says how many."""
    pasted = (
        "Nair, Priya <Priya.Nair@example.org>; kofi@example.org\nann@example.org, bob@example.org  carl@example.org"
    )
    assert "5 invitations are on their way." in send(as_person(cast.organiser), pasted)
    assert invited(app) == [f"{name}@example.org" for name in ("ann", "bob", "carl", "kofi", "priya.nair")]
    mails = mailed(app)
    assert sorted(mail.to for mail in mails) == invited(app)
    assert len({path_in(mail) for mail in mails}) == 5
    with app.app_context():
        (entry,) = db.session.scalars(select(LogEntry).where(LogEntry.verb == "invited addresses"))
        assert (entry.details["number"], "example.org" in str(entry.details)) == ("5", False)
    assert "invited 5 people by mail, as a champion each" in as_person(cast.steward).get("/s/champions/log").text


def test_members_and_those_who_are_invited_are_named_and_stop_nobody(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        factories.make_invitation(cast.champions, by=cast.steward, address="ann@example.org")
    said = send(as_person(cast.organiser), "ann@example.org new@example.org Carla.Champion@example.org ANN@example.org")
    assert "The invitation is on its way to new@example.org." in said
    assert "Carla.Champion@example.org is a member already." in said
    assert "ann@example.org is invited already: send it again below." in said
    assert invited(app) == ["ann@example.org", "new@example.org"]


@pytest.mark.both_databases
def test_pressed_twice_each_is_invited_once_and_the_answer_is_the_same(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A7: a double press sends nothing twice; going back and adding somebody invites that one."""
    client = as_person(cast.organiser)
    first = send(client, "ann@example.org, bob@example.org")
    assert send(client, "ann@example.org, bob@example.org") == first
    assert len(mailed(app)) == 2
    assert "3 invitations are on their way." in send(client, "ann@example.org, bob@example.org, carl@example.org")
    assert len(mailed(app)) == 3


@inside
@pytest.mark.both_databases
def test_pressed_twice_at_once_each_is_invited_once(cast: Cast, at_once: AtOnce) -> None:
    """The space's row is held; the constraint is the backstop."""

    def press() -> object:
        with transaction():
            here = here_for(cast.organiser, "champions")
            return actions.invite_addresses(here, addresses=["ann@example.org", "bob@example.org"], once=KEY).invited

    assert at_once(press, press, press) == [["ann@example.org", "bob@example.org"]] * 3
    assert len(db.session.scalars(select(Invitation)).all()) == 2


def test_the_limit_of_a_day_counts_each_address(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes too far is kept in the field, and fewer still go; a press that repeats one counts nothing twice."""
    monkeypatch.setattr(views, "INVITATIONS_A_DAY", 4)
    client = as_person(cast.organiser)
    for _time in range(2):
        send(client, "ann@example.org bob@example.org")
    held = client.send(PAGE, addresses="c@example.org d@example.org e@example.org", role="champion", once="9" * 32)
    assert held.status_code == 429
    assert int(held.headers["Retry-After"]) > 0
    assert "You can invite 4 people a day. Send fewer, or go on tomorrow." in held.text
    assert "c@example.org d@example.org e@example.org" in held.text
    assert len(invited(app)) == 2
    send(client, "c@example.org", once="8" * 32)
    assert len(invited(app)) == 3


@pytest.mark.both_databases
def test_one_of_several_that_ran_out_is_invited_again(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"), time_machine.travel(now() - timedelta(days=15), tick=False), transaction():
        actions.invite_addresses(here_for(cast.steward, "champions"), addresses=["old@example.org"])
    assert "2 invitations" in send(as_person(cast.steward), "old@example.org new@example.org")
    assert invited(app) == ["new@example.org", "old@example.org"]


# --- again -----------------------------------------------------------------------------------------------------------


def an_invitation(cast: Cast, **values: object) -> Invitation:
    given: dict[str, object] = {"address": "new@example.org", "role": Role.CHAMPION, **values}
    return factories.make_invitation(cast.champions, by=cast.steward, **given)  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_sent_again_it_has_a_new_link_and_the_old_one_stops(
    app: Flask, cast: Cast, as_person: AsPerson, visitor: Browserless
) -> None:
    """A7: and it works for as long as a new one; the log says so, to organisers, without the address."""
    with app.app_context():
        made = an_invitation(cast)
        old = f"/i/{invitation_token(made.nonce)}"
    assert visitor.get(old).status_code == 200
    client = as_person(cast.organiser)
    assert client.send(f"{PAGE}/{made.id}/again").status_code == 303
    said = client.get(PAGE).text
    assert "A new invitation is on its way to new@example.org. The old one opens nothing any more." in said
    (mail,) = mailed(app)
    assert mail.subject == "Oscar Organiser invites you to Champions"
    assert visitor.get(old).status_code == 404
    assert visitor.get(path_in(mail)).status_code == 200
    with app.app_context():
        row = db.session.get_one(Invitation, made.id)
        assert row.token_hash == hashed(path_in(mail).rpartition("/")[2])
        assert row.expires_at > now() + timedelta(days=13)
        (entry,) = db.session.scalars(select(LogEntry).where(LogEntry.verb == "sent invitation again"))
        assert "new@example.org" not in str(entry.details)


def test_pressed_twice_it_is_sent_again_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The second press must not stop the link that the first one mailed."""
    with app.app_context():
        made = an_invitation(cast)
    client = as_person(cast.organiser)
    for _time in range(2):
        assert client.send(f"{PAGE}/{made.id}/again").status_code == 303
    assert len(mailed(app)) == 1


def test_it_is_not_sent_again_and_again(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Nobody's mailbox is flooded."""
    with app.app_context():
        made = an_invitation(cast)
    client = as_person(cast.organiser)
    answers = [client.send(f"{PAGE}/{made.id}/again").status_code for _time in range(views.AGAIN_A_DAY + 1)]
    assert answers == [303] * views.AGAIN_A_DAY + [429]


@inside
@pytest.mark.both_databases
def test_what_is_not_ones_own_to_send_again_is_not_sent(cast: Cast) -> None:
    """A2, A4: of another space, a link, a role above what one may give; and neither what is over."""
    organiser = here_for(cast.organiser, "champions")
    elsewhere = factories.make_invitation(cast.night_desk, by=cast.insider, address="new@example.org")
    for wrong, error in (
        (elsewhere, Missing),
        (an_invitation(cast, address=None), Missing),
        (an_invitation(cast, role=Role.STEWARD), Denied),
        (an_invitation(cast, address="used@example.org", uses=0), RuleBroken),
        (an_invitation(cast, address="carla.champion@example.org"), RuleBroken),
    ):
        with transaction(), pytest.raises(error):
            actions.send_again(organiser, wrong.id)


# --- labels ----------------------------------------------------------------------------------------------------------


def test_links_are_told_apart_by_what_they_are_for(cast: Cast, as_person: AsPerson, visitor: Browserless) -> None:
    """Only where organisers look: whoever opens the link doesn't see it."""
    client = as_person(cast.steward)
    form = {"uses": "3", "until": (today("Europe/London") + timedelta(days=7)).isoformat(), "role": "reader"}
    for label in ("For the June induction", "For the reading group", ""):
        client.send(f"{PAGE}/link", label=label, once="1" * 32, **form)
    page = client.get(PAGE).text
    shown = page.partition("/i/")[2][:48]
    for words in ("For the June induction", "For the reading group", "A link for 3 more people"):
        assert words in " ".join(page.split())
    assert "induction" not in visitor.get(f"/i/{shown}").text
