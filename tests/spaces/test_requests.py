"""Requests to join: who may answer, and what becomes of them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.people.models import Person, PersonState
from forum.spaces import actions
from forum.spaces.guard import here_for
from forum.spaces.models import JoinRequest, JoinState, LogAudience, LogEntry, Role
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("role", [Role.READER, Role.CHAMPION])
def test_letting_in_makes_a_member_of_that_role(cast: Cast, role: Role) -> None:
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction():
        actions.accept_request(here_for(cast.organiser, "champions"), request.id, role=role)
    membership = membership_of(cast.champions, cast.outsider)
    assert membership is not None
    assert membership.role is role
    answered = db.session.get_one(JoinRequest, request.id, populate_existing=True)
    assert (answered.state, answered.decided_by_id) == (JoinState.ACCEPTED, cast.organiser.id)


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("role", [Role.ORGANISER, Role.STEWARD])
def test_nobody_is_let_in_with_a_higher_role_not_even_by_a_steward(cast: Cast, role: Role) -> None:
    """A4: a request is answered in a second; a role that decides about others is given on its own page."""
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction(), pytest.raises(Denied):
        actions.accept_request(here_for(cast.steward, "champions"), request.id, role=role)


@inside
@pytest.mark.both_databases
def test_a_request_of_another_space_is_missing(cast: Cast) -> None:
    """A2: the id in the address belongs to another space."""
    request = factories.make_join_request(cast.night_desk, cast.outsider)
    for answer in (actions.accept_request, actions.decline_request):
        with transaction(), pytest.raises(Missing):
            answer(here_for(cast.steward, "champions"), request.id)
    assert db.session.get_one(JoinRequest, request.id, populate_existing=True).state is JoinState.WAITING


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("state", [JoinState.ACCEPTED, JoinState.DECLINED, JoinState.WITHDRAWN])
def test_what_is_answered_is_not_answered_again(cast: Cast, state: JoinState) -> None:
    request = factories.make_join_request(cast.champions, cast.outsider, state=state)
    with transaction(), pytest.raises(RuleBroken):
        actions.accept_request(here_for(cast.steward, "champions"), request.id)
    assert membership_of(cast.champions, cast.outsider) is None


@inside
@pytest.mark.both_databases
def test_an_account_out_of_use_is_not_let_in(cast: Cast) -> None:
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction():
        db.session.get_one(Person, cast.outsider.id).state = PersonState.SUSPENDED
    with transaction(), pytest.raises(RuleBroken):
        actions.accept_request(here_for(cast.steward, "champions"), request.id)


@inside
@pytest.mark.both_databases
def test_a_no_is_logged_for_organisers_only(cast: Cast) -> None:
    """A3: that somebody was declined is not every member's business."""
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction():
        actions.decline_request(here_for(cast.organiser, "champions"), request.id, answer="Not yet.")
    entry = db.session.scalars(select(LogEntry)).one()
    assert (entry.verb, entry.audience, entry.reason) == ("declined request", LogAudience.ORGANISERS, "Not yet.")


def test_an_organiser_lets_in_and_says_no_on_the_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        yes = factories.make_join_request(cast.champions, cast.outsider, note="<b>Please</b>")
        no = factories.make_join_request(cast.champions, cast.insider)
    client = as_person(cast.organiser)
    page = client.get("/s/champions/requests").text
    assert "&lt;b&gt;Please&lt;/b&gt;" in page
    assert "2 people ask to join." in client.get("/s/champions/members").text
    assert "Otto Outsider asks to join" in client.get("/s/champions/").text
    assert client.send(f"/s/champions/requests/{yes.id}/accept", role="reader").status_code == 303
    assert client.send(f"/s/champions/requests/{no.id}/decline", answer="Not yet.").status_code == 303
    after = client.get("/s/champions/requests").text
    assert "Nobody waits." in after
    assert "Ingrid Insider gets a mail with your answer." in after


def test_who_may_not_decide_sees_neither_the_page_nor_the_hint(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A1: nor the part of Today."""
    with app.app_context():
        factories.make_join_request(cast.champions, cast.outsider)
    client = as_person(cast.champion)
    assert client.get("/s/champions/requests").status_code == 403
    for page in ("", "members"):
        assert "to join" not in client.get(f"/s/champions/{page}").text


def test_answers_that_make_no_sense_come_back(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        request = factories.make_join_request(cast.champions, cast.outsider)
    client = as_person(cast.organiser)
    assert client.send(f"/s/champions/requests/{request.id}/accept", role="king").status_code == 422
    long = client.send(f"/s/champions/requests/{request.id}/decline", answer="no " * 300)
    assert long.status_code == 422
    assert "no no no" in long.text
    assert client.send("/s/champions/requests/99999/accept", role="reader").status_code == 404
    assert client.send("/s/champions/requests/99999999999999999999/accept", role="reader").status_code == 404


def test_the_page_of_requests_costs_the_same_for_one_and_for_thirty(
    app: Flask, cast: Cast, as_person: AsPerson, counting: Counting
) -> None:
    client = as_person(cast.organiser)
    with app.app_context():
        factories.make_join_request(cast.champions, cast.outsider)
    with counting() as few:
        client.get("/s/champions/requests")
    with app.app_context():
        for _ in range(29):
            factories.make_join_request(cast.champions, factories.make_person(department=cast.libraries))
    with counting() as many:
        assert client.get("/s/champions/requests").text.count("Let in as a reader") == 30
    assert len(few) == len(many)
