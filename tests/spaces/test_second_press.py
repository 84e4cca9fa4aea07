"""A second press after a success leads on as the first did: the wish is fulfilled, and nothing is done or told twice."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.outbox import FactRow
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import JoinRequest, LogEntry, Space, Visibility
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]


def written(app: Flask) -> tuple[list[str], list[str]]:
    """Return the verbs of the log and the kinds of facts."""
    with app.app_context():
        log = list(db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id)))
        return log, list(db.session.scalars(select(FactRow.kind).order_by(FactRow.id)))


@pytest.mark.parametrize(
    "who, path, leads, verb",
    [
        ("outsider", "/s/champions/join", "/s/champions/", "joined space"),
        ("champion", "/s/champions/leave", "/spaces", "left space"),
        ("organiser", "/s/champions/members/carla.champion/remove", "/s/champions/members", "removed member"),
        ("steward", "/s/champions/archive", "/s/champions/about", "archived space"),
    ],
)
def test_what_is_done_is_not_an_error_the_second_time(
    app: Flask, cast: Cast, as_person: AsPerson, who: str, path: str, leads: str, verb: str
) -> None:
    """These were 403, 403, 404 and 409."""
    client = as_person(getattr(cast, who))
    for _press in range(2):
        answer = client.send(path)
        assert (answer.status_code, answer.headers.get("Location")) == (303, leads)
    log, facts = written(app)
    assert log == [verb]
    assert len(facts) == (verb == "removed member")


@pytest.mark.parametrize("answer, verb", [("accept", "accepted request"), ("decline", "declined request")])
def test_a_request_is_answered_once_however_often_one_presses(
    app: Flask, cast: Cast, as_person: AsPerson, answer: str, verb: str
) -> None:
    """The same answer again leads on; the other one is told that it comes too late."""
    with app.app_context():
        request_id = factories.make_join_request(cast.champions, cast.outsider).id
    client, address = as_person(cast.organiser), f"/s/champions/requests/{request_id}/"
    for _press in range(2):
        assert client.send(address + answer, role="champion").status_code == 303
    other = "decline" if answer == "accept" else "accept"
    assert client.send(address + other, role="champion").status_code == 409
    assert written(app) == ([verb], ["join request decided"])


def test_letting_in_again_who_was_removed_since_is_no_second_press(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: an old page open somewhere brings nobody back, and doesn't say that it did."""
    with app.app_context():
        request_id = factories.make_join_request(cast.champions, cast.outsider).id
    client, address = as_person(cast.organiser), f"/s/champions/requests/{request_id}/accept"
    client.send(address, role="champion")
    client.send("/s/champions/members/otto.outsider/remove")
    assert client.send(address, role="champion").status_code == 409


def test_who_never_was_a_member_is_not_removed(cast: Cast, as_person: AsPerson) -> None:
    """A1: nobody learns of an account by its handle."""
    client = as_person(cast.organiser)
    for handle in ("otto.outsider", "nobody.here"):
        assert client.send(f"/s/champions/members/{handle}/remove").status_code == 404


def test_withdrawing_twice_is_once_and_tells_no_untruth(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """It said that the request had been answered. A request that was answered says so."""
    client = as_person(cast.outsider)
    with app.app_context():
        factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
    client.send("/s/guild/ask", note="")
    for _press in range(2):
        assert client.send("/s/guild/ask/withdraw").headers["Location"] == "/s/guild/about"
    client.send("/s/guild/ask", note="")
    with app.app_context(), transaction():
        guild = db.session.scalars(select(Space).where(Space.slug == "guild")).one()
        actions.add_member(guild, cast.steward, actor=cast.steward)
        request = db.session.scalars(select(JoinRequest).where(JoinRequest.state == "waiting")).one()
        request.state = request.state.DECLINED
    assert "answered already" in client.send("/s/guild/ask/withdraw").text


def test_who_was_let_in_meanwhile_is_led_inside(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """The page with "Withdraw" is still open; its presses were 404."""
    client = as_person(cast.outsider)
    with app.app_context():
        guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)
        factories.make_membership(guild, cast.outsider)
    for press in ("ask/withdraw", "ask"):
        assert client.send(f"/s/guild/{press}", note="").headers["Location"] == "/s/guild/about"
    assert "You have been let in" in client.get("/s/guild/about").text


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_actions_do_nothing_the_second_time(cast: Cast) -> None:
    """D5, A4: no second line in the log, no second mail."""
    steward = here_for(cast.steward, "champions")
    leaver = here_for(cast.champion, "champions")
    with transaction():
        for _time in range(2):
            actions.leave(leaver)
            actions.archive(steward)
        for _time in range(2):
            actions.unarchive(steward)
    verbs = db.session.scalars(select(LogEntry.verb).order_by(LogEntry.id))
    assert list(verbs) == ["left space", "archived space", "took space out of archive"]
