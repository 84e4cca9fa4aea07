"""Coming, going and changing roles: a space that has a steward keeps one, and nobody raises their own role (A4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces import actions
from forum.spaces.actions import membership
from forum.spaces.gathering import left_by
from forum.spaces.guard import here_for
from forum.spaces.models import (
    Invitation,
    JoinRequest,
    JoinState,
    LogEntry,
    Membership,
    Role,
    Space,
    Visibility,
)
from forum.spaces.policy import RANK, Can
from forum.spaces.queries import membership_of, stewards_of
from tests import factories
from tests.cast import Browserless, Cast

pytestmark = [pytest.mark.both_databases]
inside = pytest.mark.usefixtures("context")
AsPerson = Callable[[Person], Browserless]


def role_of(space: Space, person: Person) -> Role | None:
    membership = membership_of(space, person)
    return membership.role if membership else None


def second_steward(cast: Cast) -> Person:
    person = factories.make_person(name="Sybil Second")
    factories.make_membership(cast.champions, person, role=Role.STEWARD)
    return person


@inside
def test_joining_an_open_space_makes_a_champion_once(cast: Cast) -> None:
    here = here_for(cast.outsider, "champions")
    with transaction():
        first = actions.join(here)
    with transaction():
        second = actions.join(here)
    assert first.id == second.id
    assert role_of(cast.champions, cast.outsider) is Role.CHAMPION


@inside
@pytest.mark.parametrize("visibility", [Visibility.BY_REQUEST, Visibility.PRIVATE])
def test_nobody_joins_a_space_that_closed_meanwhile(cast: Cast, visibility: Visibility) -> None:
    """A3: the page was opened while it was open."""
    here = here_for(cast.outsider, "champions")
    with transaction():
        db.session.get_one(Space, cast.champions.id).visibility = visibility
    with transaction(), pytest.raises(Missing):
        actions.join(here)


@inside
def test_who_comes_back_has_a_new_membership_and_the_old_one_stays(cast: Cast) -> None:
    with transaction():
        actions.join(here_for(cast.former, "champions"))
    rows = db.session.scalars(select(Membership).where(Membership.person_id == cast.former.id)).all()
    assert sorted(row.ended_at is None for row in rows) == [False, True]


@inside
def test_becoming_a_member_answers_a_request_that_waits(cast: Cast) -> None:
    request = factories.make_join_request(cast.champions, cast.outsider)
    with transaction():
        actions.join(here_for(cast.outsider, "champions"))
    assert db.session.get_one(JoinRequest, request.id, populate_existing=True).state is JoinState.ACCEPTED


@inside
def test_the_last_steward_cannot_leave_step_down_or_be_removed(cast: Cast) -> None:
    """A4: while they stay, a space keeps one."""
    steward = here_for(cast.steward, "champions")
    for lower in (Role.ORGANISER, Role.CHAMPION, Role.READER):
        with transaction(), pytest.raises(RuleBroken, match="only steward"):
            actions.change_role(steward, cast.steward, role=lower)
    with transaction(), pytest.raises(RuleBroken, match="only steward"):
        actions.leave(steward)
    with transaction(), pytest.raises(Denied):
        actions.end_membership(steward, cast.steward)
    assert role_of(cast.champions, cast.steward) is Role.STEWARD


@inside
def test_a_steward_whose_account_is_out_of_use_does_not_count(cast: Cast) -> None:
    """A4: when an account closes the role is vacant, so the other steward is the last one."""
    other = second_steward(cast)
    with transaction():
        db.session.get_one(Person, other.id).state = PersonState.CLOSED
    assert [person.name for person in stewards_of(cast.champions.id)] == ["Stella Steward"]
    with transaction(), pytest.raises(RuleBroken):
        actions.leave(here_for(cast.steward, "champions"))
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), other, role=Role.READER)


@inside
def test_with_two_stewards_one_can_step_down_and_then_the_other_cannot(cast: Cast) -> None:
    """A4: one must remain."""
    other = second_steward(cast)
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.steward, role=Role.CHAMPION, reason="Enough.")
    with transaction(), pytest.raises(RuleBroken):
        actions.leave(here_for(other, "champions"))
    entry = db.session.scalars(select(LogEntry).where(LogEntry.verb == "stepped down")).one()
    assert (entry.reason, entry.details["new"]) == ("Enough.", "champion")


@inside
@pytest.mark.parametrize("who", ["reader", "champion", "organiser"])
def test_nobody_but_a_steward_changes_roles_not_even_their_own(cast: Cast, who: str) -> None:
    """A4: only stewards make stewards, and nobody raises their own role."""
    actor = getattr(cast, who)
    for person in (actor, cast.colleague):
        for role in (Role.READER, Role.ORGANISER, Role.STEWARD):
            with transaction(), pytest.raises(Denied):
                actions.change_role(here_for(actor, "champions"), person, role=role)


@inside
def test_even_with_a_borrowed_power_nobody_would_raise_their_own_role(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A4: the rule doesn't lean on the power being no one's to lend today."""
    here = here_for(cast.organiser, "champions")
    borrowed = replace(here, powers=here.powers | {Can.CHANGE_ROLE})
    monkeypatch.setattr(membership, "hold", lambda _here, *_powers: borrowed)
    for person, role, why in (
        (cast.organiser, Role.STEWARD, "Nobody raises their own role"),
        (cast.champion, Role.STEWARD, "not yours to give"),
        (cast.champion, Role.ORGANISER, "not yours to give"),
    ):
        with transaction(), pytest.raises(Denied, match=why):
            actions.change_role(here, person, role=role)


@inside
def test_a_steward_gives_any_role_and_the_person_is_told(cast: Cast) -> None:
    with transaction():
        actions.change_role(
            here_for(cast.steward, "champions"), cast.champion, role=Role.STEWARD, reason="My turn ends."
        )
    assert role_of(cast.champions, cast.champion) is Role.STEWARD
    assert [row.kind for row in db.session.scalars(select(FactRow))] == ["role changed"]


@inside
def test_the_same_role_again_changes_and_tells_nothing(cast: Cast) -> None:
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.champion, role=Role.CHAMPION)
    assert not list(db.session.scalars(select(FactRow)))
    assert not list(db.session.scalars(select(LogEntry)))


REMOVES = {
    (remover, removed): remover == "steward" or (remover == "organiser" and RANK[Role(removed)] < RANK[Role.ORGANISER])
    for remover in ("reader", "champion", "organiser", "steward")
    for removed in ("reader", "champion", "organiser", "steward")
}


@inside
@pytest.mark.parametrize("remover, removed", REMOVES)
def test_a_role_reaches_as_far_as_the_ones_below(cast: Cast, remover: str, removed: str) -> None:
    """A4: organisers remove readers and champions, stewards everybody else."""
    second_steward(cast)
    target = factories.make_person(name="Tara Target")
    factories.make_membership(cast.champions, target, role=Role(removed))
    here = here_for(getattr(cast, remover), "champions")
    with transaction():
        if REMOVES[remover, removed]:
            actions.end_membership(here, target, reason="Moved to another council.")
        else:
            with pytest.raises(Denied):
                actions.end_membership(here, target)
    assert (role_of(cast.champions, target) is None) is REMOVES[remover, removed]


@inside
def test_somebody_who_is_no_member_cannot_be_removed_or_given_a_role(cast: Cast) -> None:
    """A2: a person of another space is not here."""
    here = here_for(cast.steward, "champions")
    for person in (cast.insider, cast.former):
        with transaction(), pytest.raises(Missing):
            actions.end_membership(here, person)
        with transaction(), pytest.raises(Missing):
            actions.change_role(here, person, role=Role.CHAMPION)


@inside
def test_who_loses_a_role_loses_the_invitations_that_came_of_it(cast: Cast) -> None:
    """A3: a link written by an organiser opens nothing once they are none."""
    kept = factories.make_invitation(cast.champions, by=cast.steward)
    lost = factories.make_invitation(cast.champions, by=cast.organiser)
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.organiser, role=Role.CHAMPION)
    assert db.session.get_one(Invitation, lost.id, populate_existing=True).revoked_at is not None
    assert db.session.get_one(Invitation, kept.id, populate_existing=True).revoked_at is None


@inside
def test_a_steward_who_becomes_organiser_keeps_the_invitations_that_an_organiser_may_write(cast: Cast) -> None:
    second_steward(cast)
    to_champion = factories.make_invitation(cast.champions, by=cast.steward)
    to_steward = factories.make_invitation(cast.champions, by=cast.steward, role=Role.STEWARD)
    with transaction():
        actions.change_role(here_for(cast.steward, "champions"), cast.steward, role=Role.ORGANISER)
    assert db.session.get_one(Invitation, to_champion.id, populate_existing=True).revoked_at is None
    assert db.session.get_one(Invitation, to_steward.id, populate_existing=True).revoked_at is not None


def test_a_removed_member_loses_every_page_at_the_next_request(cast: Cast, as_person: AsPerson) -> None:
    """A3: nothing is remembered from the request before."""
    client = as_person(cast.insider)
    addresses = [
        f"/s/night-desk/{page}" for page in ("", "about", "members", "log", "threads/", "settings", "invitations")
    ]
    assert {client.get(address).status_code for address in addresses} == {200}
    with client.application.app_context(), transaction():
        membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.insider.id)).one()
        membership.ended_at = now()
    assert {client.get(address).status_code for address in addresses} == {404}
    assert "Night desk" not in client.get("/spaces").text


def test_a_role_in_the_body_is_ignored_where_no_role_is_asked(cast: Cast, as_person: AsPerson) -> None:
    """A2: joining with role=steward makes a champion."""
    client = as_person(cast.outsider)
    client.send("/s/champions/join", role="steward", space_id=str(cast.night_desk.id))
    with client.application.app_context():
        assert role_of(cast.champions, cast.outsider) is Role.CHAMPION
        assert role_of(cast.night_desk, cast.outsider) is None


@pytest.mark.parametrize("role", ["visitor", "owner", "", "STEWARD", "champion\x00"])
def test_an_unknown_role_is_refused_with_the_reason(cast: Cast, as_person: AsPerson, role: str) -> None:
    client = as_person(cast.steward)
    answer = client.send("/s/champions/members/carla.champion/role", role=role, reason="Because")
    assert answer.status_code == 422
    assert "Choose one of the list." in answer.text
    assert "Because" in answer.text


def test_the_pages_change_a_role_and_remove_a_member(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.steward)
    answer = client.send("/s/champions/members/carla.champion/role", role="organiser", reason="Knows how.")
    assert answer.status_code == 303
    assert "an organiser now" in client.get(answer.headers["Location"]).text
    answer = client.send("/s/champions/members/carla.champion/remove", reason="Moved.")
    assert answer.headers["Location"] == "/s/champions/members"
    page = client.get(answer.headers["Location"]).text
    assert "Carla Champion is no longer a member." in page
    assert client.get("/s/champions/members/carla.champion").status_code == 404


def test_the_page_says_before_the_press_what_ends_with_a_membership(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D7, A3: what counts on them here, and nothing of another space. Before: it only led on to “what they would leave”."""
    with app.app_context():
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, title="Banner")
        factories.make_cover_request(
            other, away=cast.organiser, span=factories.make_absence(cast.organiser).span, taken_by=cast.champion
        )
        elsewhere = factories.make_space(name="Elsewhere")
        factories.make_membership(elsewhere, cast.champion)
        factories.make_duty(elsewhere, by=cast.champion, holder=cast.champion, title="Secret duty")
    page = as_person(cast.steward).get("/s/champions/members/carla.champion").text
    for part in ("suspend", "remove", "role"):
        for words in ("there is no undo for that", 'href="#counts"'):
            assert words in section_of(page, part), words
    for words in ("Inbox", "Banner", "Promised cover"):
        assert words in section_of(page, "counts"), words
    assert "Secret duty" not in page
    assert "no undo" not in as_person(cast.steward).get("/s/champions/members/colin.colleague").text


def section_of(page: str, part: str) -> str:
    return page.partition(f'id="{part}"')[2].partition("</section>")[0]


@pytest.mark.both_databases
def test_the_page_says_before_the_press_what_ends_for_who_becomes_a_reader(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D7: what counts on them, and a seat, which ends with it; what they can’t do any more; nothing for who is a reader."""
    with app.app_context():
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        series = factories.make_meetup(cast.champions, by=cast.organiser, title="Show and tell")
        (date,) = factories.dates_of(series)
        factories.make_rsvp(date, cast.champion)
        carla, space = cast.champion, cast.champions
    client, page = as_person(cast.steward), "/s/champions/members/carla.champion"
    before = client.get(page).text
    for words in ("If they become a reader", "there is no undo for that", "accept no answer", "invitations"):
        assert words in section_of(before, "role"), words
    for words in ("Inbox", "Show and tell", "Seat at a meetup"):
        assert words in section_of(before, "counts"), words
    assert 'id="counts"' not in client.get("/s/champions/members/colin.colleague").text
    assert client.send(f"{page}/role", role="reader", reason="").status_code == 303
    with app.app_context():
        assert left_by(carla, cast.steward, space) == []
    assert "If they become a reader" not in client.get(page).text
    assert 'id="role"' not in as_person(cast.organiser).get(page).text


def test_the_last_steward_reads_why_they_cannot_leave(cast: Cast, as_person: AsPerson) -> None:
    """A4: the page says what to do."""
    answer = as_person(cast.steward).send("/s/champions/leave")
    assert answer.status_code == 409
    assert "Make somebody else a steward first." in answer.text
