"""Who sees which item: one predicate for lists, counts, search, feeds and mail (A3)."""

from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, Date, Integer, and_, bindparam, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.core.db import UtcDateTime, db
from forum.core.prepared import prepared
from forum.people.models import Person, PersonState
from forum.spaces.models import (
    Audience,
    FormerPlace,
    Grant,
    Item,
    ItemPerson,
    ItemShare,
    ItemState,
    Membership,
    Role,
    Space,
    Visibility,
)
from forum.spaces.policy import KEEPERS, LENDABLE, POWERS
from forum.spaces.queries.suspended import is_suspended, keeps_now

VIEWER: BindParameter[int] = bindparam("viewer_id", type_=Integer)
VIEWED_AT: BindParameter[datetime] = bindparam("viewed_at", type_=UtcDateTime)
VIEWED_ON: BindParameter[date] = bindparam("viewed_on", type_=Date)
"""The day of VIEWED_AT in UTC: for what is counted in all spaces alike."""
FOR_NAMED = (Audience.NAMED, Audience.ON_DUTY)
"""Audiences to which people belong by a row of their own: who is named, and who was asked because they were on duty."""


def viewing(actor: Person, at: datetime) -> dict[str, object]:
    """Return the values of VIEWER, VIEWED_AT and VIEWED_ON, with which a statement that was built once is executed."""
    return {"viewer_id": actor.id, "viewed_at": at, "viewed_on": at.date()}


@prepared
def visible_to_viewer() -> ColumnElement[bool]:
    """Return `visible_items` for the VIEWER at VIEWED_AT. Building it takes far longer than asking it, so hot pages build it once."""
    return _visible(VIEWER, VIEWED_AT)


def visible_items(actor: Person, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Item` that holds for what `actor` may see at `at`.

    Who is suspended in a space sees there what every member sees. What somebody wrote for the organisers they see themselves too;
    what is for those on duty is seen by whoever was asked.
    What isn't published is seen by its author only, and only while it is on its way (a draft, held for approval) and they are
    still a member. The account's state is not asked here: who is suspended doesn't get this far.
    """
    return _visible(actor.id, at)


def _visible(actor_id: int | BindParameter[int], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    mine = select(Membership.space_id).where(Membership.person_id == actor_id, Membership.ended_at.is_(None))
    acting = mine.where(~is_suspended(Membership, at))
    kept = mine.where(keeps_now(Membership, at))
    opened = select(Space.id).where(Space.visibility == Visibility.OPEN)
    named = select(ItemPerson.item_id).where(ItemPerson.person_id == actor_id)
    shared = select(ItemShare.item_id).where(or_(ItemShare.space_id.is_(None), ItemShare.space_id.in_(mine)))
    published = and_(
        Item.state == ItemState.PUBLISHED,
        or_(
            and_(Item.audience == Audience.SPACE, or_(Item.space_id.in_(mine), Item.space_id.in_(opened))),
            and_(
                Item.audience.in_((Audience.ORGANISERS, Audience.ON_DUTY)),
                or_(Item.space_id.in_(kept), and_(Item.author_id == actor_id, Item.space_id.in_(mine))),
            ),
            and_(Item.audience.in_(FOR_NAMED), Item.space_id.in_(mine), Item.id.in_(named)),
            Item.id.in_(shared),
            and_(Item.space_id.in_(acting), _is_lent_to(actor_id, at=at)),
        ),
    )
    unfinished = and_(
        Item.author_id == actor_id,
        Item.state.in_((ItemState.DRAFT, ItemState.HELD)),
        Item.space_id.in_(mine),
    )
    return or_(published, unfinished)


@prepared
def stays_inside(number: InstrumentedAttribute[int], of_one_text: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition on a text with `number` to an `Item` of these kinds that the VIEWER may read it, seeing the item (A3).

    Who sees an item only because it is shared reads its first text; what was written to it is read by who looks into its space.
    """
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    opened = select(Space.id).where(Space.visibility == Visibility.OPEN)
    is_there = or_(Item.space_id.in_(mine), Item.space_id.in_(opened))
    return or_(number <= 1, Item.kind.not_in(of_one_text), is_there)


def is_for_member(item: Item, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Membership` of its space that the member sees `item` by its audience at `at`, once it is published.

    For telling many at once. Who sees an item only because it was shared or lent to them isn't told of it.
    """
    if item.audience is Audience.SPACE:
        return true()
    if item.audience is Audience.NAMED:
        return _is_named_in(item)
    ways = [keeps_now(Membership, at)]
    if item.author_id is not None:
        ways.append(Membership.person_id == item.author_id)
    if item.audience is Audience.ON_DUTY:
        ways.append(_is_named_in(item))
    return or_(*ways)


def _is_named_in(item: Item) -> ColumnElement[bool]:
    return exists().where(ItemPerson.item_id == item.id, ItemPerson.person_id == Membership.person_id)


def moved_to(actor: Person, slug: str, ref: str, *, at: datetime) -> str | None:
    """Return the address of the space in which an item stands now that once stood in the one at `slug`.

    None when there is none such, or `actor` may not see it: nobody learns where it went who can't follow (A3).
    """
    before = aliased(Space)
    query = (
        select(Space.slug)
        .join(Item, Item.space_id == Space.id)
        .join(FormerPlace, FormerPlace.item_id == Item.id)
        .join(before, before.id == FormerPlace.space_id)
        .where(Item.ref == ref, before.slug == slug, before.id != Item.space_id, visible_to_viewer())
    )
    return db.session.scalar(query, viewing(actor, at))


def holds_now(giver: type[Membership], at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that the giver of a `Grant`, whose membership is `giver`, holds its power by their own role (D5)."""
    by_role = or_(
        *(
            and_(Grant.power == power.value, giver.role.in_([role for role in Role if power in POWERS[role]]))
            for power in sorted(LENDABLE)
        )
    )
    return and_(by_role, ~is_suspended(giver, at))


def is_in_force(at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition that a `Grant` has begun, hasn't ended and isn't revoked at `at`."""
    return and_(Grant.starts_at <= at, at < Grant.ends_at, Grant.revoked_at.is_(None))


def _is_lent_to(actor_id: int | BindParameter[int], *, at: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """A power over this item is lent to the actor, by somebody who holds it and sees the item themselves now (D5)."""
    giver, giving = aliased(Membership), aliased(Person)
    is_named = (
        exists().where(ItemPerson.item_id == Item.id, ItemPerson.person_id == Grant.giver_id).correlate(Item, Grant)
    )
    return (
        exists()
        .where(
            Grant.item_id == Item.id,
            Grant.space_id == Item.space_id,
            Grant.person_id == actor_id,
            is_in_force(at),
            giver.space_id == Grant.space_id,
            giver.person_id == Grant.giver_id,
            giver.ended_at.is_(None),
            giving.id == Grant.giver_id,
            giving.state == PersonState.ACTIVE,
            holds_now(giver, at),
            or_(
                and_(Item.audience.in_((Audience.ORGANISERS, Audience.ON_DUTY)), giver.role.in_(KEEPERS)),
                and_(Item.audience == Audience.NAMED, is_named),
            ),
        )
        .correlate(Item)
    )
