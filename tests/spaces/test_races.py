"""What two people do at the same moment, with connections of their own.

The locks are what these tests are about. Without the one in `guard.hold` both stewards step down; without the one in
`entering.accept` and the condition in `_take_use` both newcomers take the last use.
"""

from threading import Barrier, BrokenBarrierError

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.people.models import Person
from forum.spaces import actions
from forum.spaces.actions import joining, membership
from forum.spaces.doors import door_for
from forum.spaces.guard import here_for
from forum.spaces.models import Invitation, JoinRequest, Membership, Role, Space, Visibility
from forum.spaces.queries import membership_of, stewards_of
from tests import factories
from tests.cast import Cast
from tests.spaces.conftest import AtOnce

pytestmark = [pytest.mark.both_databases]
PATIENCE = 0.7  # seconds in which the other one would come by, if nothing held them up


@pytest.fixture
def slow_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the look at who is steward last until the other one has looked too, or can't."""
    barrier = Barrier(2)

    def looked(space_id: int) -> object:
        found = stewards_of(space_id)
        try:
            barrier.wait(PATIENCE)
        except BrokenBarrierError:
            barrier.reset()
        return found

    monkeypatch.setattr(membership, "stewards_of", looked)


def two_stewards(cast: Cast) -> tuple[Person, Person]:
    other = factories.make_person(name="Sybil Second")
    factories.make_membership(cast.champions, other, role=Role.STEWARD)
    return cast.steward, other


def step_down(person_id: int) -> None:
    person = db.session.get_one(Person, person_id)
    here = here_for(person, "champions")
    with transaction():
        actions.change_role(here, person, role=Role.CHAMPION)


def leave(person_id: int) -> None:
    here = here_for(db.session.get_one(Person, person_id), "champions")
    with transaction():
        actions.leave(here)


@pytest.mark.usefixtures("slow_look")
@pytest.mark.parametrize("ways", [(step_down, step_down), (leave, leave), (step_down, leave)])
def test_of_two_stewards_who_go_at_once_one_must_stay(app: Flask, cast: Cast, at_once: AtOnce, ways: tuple) -> None:  # type: ignore[type-arg]
    """A4: the second finds itself the last."""
    with app.app_context():
        one, other = (person.id for person in two_stewards(cast))
    results = at_once(lambda: ways[0](one), lambda: ways[1](other))
    assert sum(isinstance(result, RuleBroken) for result in results) == 1, results
    with app.app_context():
        assert len(stewards_of(cast.champions.id)) == 1


def test_two_stewards_who_demote_each_other_leave_one(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A4: the one who comes second is no steward any more."""
    with app.app_context():
        one, other = (person.id for person in two_stewards(cast))

    def demote(actor_id: int, person_id: int) -> None:
        here = here_for(db.session.get_one(Person, actor_id), "champions")
        with transaction():
            actions.change_role(here, db.session.get_one(Person, person_id), role=Role.READER)

    results = at_once(lambda: demote(one, other), lambda: demote(other, one))
    assert sum(isinstance(result, Denied) for result in results) == 1, results
    with app.app_context():
        assert len(stewards_of(cast.champions.id)) == 1


def test_a_link_with_one_use_lets_one_of_two_in(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A7: the row count of the update decides."""
    with app.app_context():
        link = factories.make_invitation(cast.night_desk, by=cast.insider, uses=1)
        people = [factories.make_person().id for _ in range(6)]

    def come_in(person_id: int) -> None:
        invitation = db.session.get_one(Invitation, link.id)
        with transaction():
            actions.accept(db.session.get_one(Person, person_id), invitation)

    results = at_once(*(lambda person_id=person_id: come_in(person_id) for person_id in people))
    assert sum(result is None for result in results) == 1, results
    assert sum(isinstance(result, Missing) for result in results) == 5
    with app.app_context():
        assert db.session.get_one(Invitation, link.id).uses_left == 0
        assert _members(cast.night_desk) == 2


def test_accepting_twice_at_once_takes_one_use(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A7: a double press is one membership and one use."""
    with app.app_context():
        link = factories.make_invitation(cast.night_desk, by=cast.insider, uses=5)

    def come_in() -> None:
        invitation = db.session.get_one(Invitation, link.id)
        with transaction():
            actions.accept(db.session.get_one(Person, cast.outsider.id), invitation)

    assert at_once(come_in, come_in, come_in) == [None, None, None]
    with app.app_context():
        assert db.session.get_one(Invitation, link.id).uses_left == 4
        assert _members(cast.night_desk) == 2


def test_one_request_is_answered_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """A3: two organisers decide at once; the second learns that it is done."""
    with app.app_context():
        request = factories.make_join_request(cast.champions, cast.outsider)

    def accept() -> None:
        here = here_for(db.session.get_one(Person, cast.steward.id), "champions")
        with transaction():
            actions.accept_request(here, request.id)

    def decline() -> None:
        here = here_for(db.session.get_one(Person, cast.organiser.id), "champions")
        with transaction():
            actions.decline_request(here, request.id)

    results = at_once(accept, decline)
    assert sum(isinstance(result, RuleBroken) for result in results) == 1, results


def test_asking_and_joining_twice_at_once_is_once(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    with app.app_context():
        guild = factories.make_space(name="Guild", visibility=Visibility.BY_REQUEST)

    def ask() -> int:
        person = db.session.get_one(Person, cast.outsider.id)
        door = door_for(person, "guild")
        with transaction():
            return joining.ask_to_join(person, door).id

    def join() -> int:
        here = here_for(db.session.get_one(Person, cast.outsider.id), "champions")
        with transaction():
            return actions.join(here).id

    asked, joined = at_once(ask, ask, ask), at_once(join, join, join)
    assert len(set(asked)) == len(set(joined)) == 1, (asked, joined)
    with app.app_context():
        assert len(list(db.session.scalars(select(JoinRequest).where(JoinRequest.space_id == guild.id)))) == 1
        assert membership_of(cast.champions, cast.outsider)


def test_a_double_press_makes_one_space_and_one_address_has_one_owner(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    def press(person_id: int, *, slug: str | None = None, once: str | None = None) -> int:
        with transaction():
            return actions.make(db.session.get_one(Person, person_id), name="Bees", slug=slug, once=once).id

    twice = at_once(*(lambda: press(cast.outsider.id, once="a" * 32) for _ in range(3)))
    assert len(set(twice)) == 1, twice
    both = at_once(*(lambda one=one: press(one.id, slug="hives") for one in (cast.outsider, cast.insider)))
    assert sum(isinstance(result, Invalid) for result in both) == 1, both
    with app.app_context():
        assert db.session.scalar(select(func.count(Space.id)).where(Space.name == "Bees")) == 2


def _members(space: Space) -> int:
    query = select(func.count(Membership.id)).where(Membership.space_id == space.id, Membership.ended_at.is_(None))
    return db.session.scalar(query) or 0
