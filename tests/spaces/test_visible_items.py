"""`visible_items`, the one predicate of who sees which item: every role, audience, state, share and loan."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.items import make_item
from forum.spaces.models import Audience, Grant, Item, ItemShare, ItemState, Membership, Role, Space, Visibility
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from tests import factories
from tests.cast import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]

# Who sees what is published, by audience, in an open space and in others: Reader, Champion, Organiser, Steward, Visitor (no member).
PUBLISHED = {
    (Audience.SPACE, Visibility.OPEN): "RCOSV",
    (Audience.SPACE, Visibility.BY_REQUEST): "RCOS",
    (Audience.SPACE, Visibility.PRIVATE): "RCOS",
    **{
        (audience, visibility): "OS"
        for audience in (Audience.ORGANISERS, Audience.ON_DUTY)
        for visibility in Visibility
    },
    **{(Audience.NAMED, visibility): "" for visibility in Visibility},
}


def sees(person: Person, item: Item) -> bool:
    return db.session.scalar(select(Item.id).where(Item.id == item.id, visible_items(person, now()))) is not None


def people_of(space: Space) -> dict[str, Person]:
    people = {letter: factories.make_person() for letter in "RCOSV"}
    for role in (Role.READER, Role.CHAMPION, Role.ORGANISER, Role.STEWARD):
        factories.make_membership(space, people[role.value[0].upper()], role=role)
    return people


def put(space: Space, *, author: Person | None = None, **values: object) -> Item:
    with transaction():
        return make_item(space, kind="thread", title="T", author=author, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("visibility", list(Visibility))
def test_who_sees_an_item_follows_from_role_audience_and_state(visibility: Visibility) -> None:
    """A3: the truth table, each cell of it."""
    space = factories.make_space(visibility=visibility)
    people, writer = people_of(space), factories.make_person(name="The author")
    factories.make_membership(space, writer)
    wrong = []
    for audience, state in itertools.product(Audience, ItemState):
        item = put(space, author=writer, audience=audience, state=state)
        expected = PUBLISHED[audience, visibility] if state is ItemState.PUBLISHED else ""
        seen = "".join(letter for letter, person in people.items() if sees(person, item))
        if seen != expected:
            wrong.append((audience, state, seen, expected))
    assert not wrong


@pytest.mark.parametrize(
    "state, is_seen",
    [
        (ItemState.DRAFT, True),
        (ItemState.HELD, True),
        (ItemState.PUBLISHED, True),
        (ItemState.HIDDEN, False),
        (ItemState.WITHDRAWN, False),
    ],
)
def test_an_author_sees_what_is_on_its_way_and_not_what_was_taken_away(
    cast: Cast, state: ItemState, *, is_seen: bool
) -> None:
    item = put(cast.champions, author=cast.champion, state=state)
    assert sees(cast.champion, item) is is_seen


def test_a_former_member_does_not_see_even_their_own_draft(cast: Cast) -> None:
    """A3: who left has no place any more where the draft could go."""
    assert not sees(cast.former, put(cast.champions, author=cast.former, state=ItemState.DRAFT))


def test_named_people_see_an_item_while_they_are_members(cast: Cast) -> None:
    """A3: being named lends no membership."""
    item = put(cast.champions, audience=Audience.NAMED, named=(cast.reader, cast.former, cast.outsider))
    seen = {person.name for person in (cast.reader, cast.former, cast.outsider, cast.steward) if sees(person, item)}
    assert seen == {"Rita Reader"}


@pytest.mark.parametrize("audience", list(Audience))
def test_a_share_shows_a_published_item_to_the_members_of_the_other_space(cast: Cast, audience: Audience) -> None:
    item = put(cast.night_desk, audience=audience)
    assert not sees(cast.reader, item)
    _share(item, to=cast.champions, by=cast.insider)
    assert sees(cast.reader, item)
    assert not sees(cast.former, item)
    assert not sees(cast.outsider, item)


def test_a_share_to_the_installation_shows_an_item_to_everybody(cast: Cast) -> None:
    item = put(cast.night_desk)
    _share(item, to=None, by=cast.insider)
    assert sees(cast.outsider, item)


@pytest.mark.parametrize("state", [state for state in ItemState if state is not ItemState.PUBLISHED])
def test_a_share_shows_nothing_that_is_not_published(cast: Cast, state: ItemState) -> None:
    """A5: what is withdrawn is withdrawn everywhere."""
    item = put(cast.night_desk, state=state)
    _share(item, to=cast.champions, by=cast.insider)
    _share(item, to=None, by=cast.insider)
    assert not sees(cast.reader, item)


def test_membership_is_asked_now(cast: Cast) -> None:
    """A3: a removed member sees nothing at the next request."""
    item = put(cast.night_desk)
    assert sees(cast.insider, item)
    with transaction():
        db.session.scalars(select(Membership).where(Membership.person_id == cast.insider.id)).one().ended_at = now()
    assert not sees(cast.insider, item)


def test_who_borrows_a_power_over_an_item_sees_it_as_long_as_the_giver_does(cast: Cast) -> None:
    """D5, A3: never more than the giver holds now."""
    item = put(cast.champions, audience=Audience.ORGANISERS)
    assert not sees(cast.champion, item)
    _lend(item, to=cast.champion, by=cast.organiser)
    assert sees(cast.champion, item)
    with transaction():
        _membership(cast.champions, cast.organiser).role = Role.CHAMPION
    assert not sees(cast.champion, item)


def test_a_borrower_does_not_see_a_named_item_that_the_giver_does_not_see(cast: Cast) -> None:
    """D5: a power of the role is not a place among the named."""
    for_steward = put(cast.champions, audience=Audience.NAMED, named=(cast.steward,))
    for_organiser = put(cast.champions, audience=Audience.NAMED, named=(cast.organiser,))
    for item in (for_steward, for_organiser):
        _lend(item, to=cast.champion, by=cast.organiser)
    assert not sees(cast.champion, for_steward)
    assert sees(cast.champion, for_organiser)


@pytest.mark.parametrize(
    "why", ["over", "not yet", "revoked", "no member", "suspended giver", "hidden", "not lendable"]
)
def test_a_loan_that_does_not_hold_shows_nothing(cast: Cast, why: str) -> None:
    """D5: starts <= now < ends, not revoked, both still there."""
    item = put(
        cast.champions, audience=Audience.ORGANISERS, state=ItemState.HIDDEN if why == "hidden" else ItemState.PUBLISHED
    )
    taker = cast.former if why == "no member" else cast.champion
    grant = _lend(item, to=taker, by=cast.organiser)
    with transaction():
        held = db.session.get_one(Grant, grant.id)
        if why == "over":
            held.ends_at = now() - timedelta(seconds=1)
        elif why == "not yet":
            held.starts_at = now() + timedelta(hours=1)
        elif why == "revoked":
            held.revoked_at = now()
        elif why == "not lendable":
            held.power = Can.CHANGE_ROLE.value
        elif why == "suspended giver":
            db.session.get_one(Person, cast.organiser.id).state = PersonState.SUSPENDED
    assert not sees(taker, item)


def _share(item: Item, *, to: Space | None, by: Person) -> None:
    with transaction():
        space_id = to.id if to else None
        db.session.add(ItemShare(item_id=item.id, space_id=space_id, shared_by_id=by.id, shared_at=now()))


def _lend(item: Item, *, to: Person, by: Person) -> Grant:
    with transaction():
        grant = Grant(
            space_id=item.space_id,
            item_id=item.id,
            person_id=to.id,
            giver_id=by.id,
            power=Can.EDIT_ANY_POST.value,
            starts_at=now() - timedelta(days=1),
            ends_at=now() + timedelta(days=1),
        )
        db.session.add(grant)
    return grant


def _membership(space: Space, person: Person) -> Membership:
    query = select(Membership).where(
        Membership.space_id == space.id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    return db.session.scalars(query).one()
