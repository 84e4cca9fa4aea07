"""Reads of spaces. `visible_items` is the one predicate of who sees which item."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import (
    Audience,
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

KEEPERS = (Role.ORGANISER, Role.STEWARD)


def visible_items(actor: Person, at: datetime) -> ColumnElement[bool]:
    """Return the condition on `Item` that holds for what `actor` may see at `at`: lists, counts, search, feeds and mail use it (A3)."""
    mine = select(Membership.space_id).where(Membership.person_id == actor.id, Membership.ended_at.is_(None))
    kept = mine.where(Membership.role.in_(KEEPERS))
    opened = select(Space.id).where(Space.visibility == Visibility.OPEN)
    named = select(ItemPerson.item_id).where(ItemPerson.person_id == actor.id)
    shared = select(ItemShare.item_id).where(or_(ItemShare.space_id.is_(None), ItemShare.space_id.in_(mine)))
    lent = select(Grant.item_id).where(
        Grant.person_id == actor.id,
        Grant.item_id.is_not(None),
        Grant.starts_at <= at,
        at < Grant.ends_at,
        Grant.revoked_at.is_(None),
    )
    inside = or_(Item.space_id.in_(mine), Item.space_id.in_(opened))
    published = and_(
        Item.state == ItemState.PUBLISHED,
        or_(
            and_(Item.audience == Audience.SPACE, inside),
            and_(Item.audience.in_((Audience.ORGANISERS, Audience.ON_DUTY)), Item.space_id.in_(kept)),
            and_(Item.audience == Audience.NAMED, Item.space_id.in_(mine), Item.id.in_(named)),
            Item.id.in_(shared),
            and_(Item.space_id.in_(mine), Item.id.in_(lent)),
        ),
    )
    unfinished = and_(
        Item.author_id == actor.id,
        Item.state.in_((ItemState.DRAFT, ItemState.HELD)),
        Item.space_id.in_(mine),
    )
    return or_(published, unfinished)


def spaces_of(actor: Person) -> list[Space]:
    """Return the spaces that `actor` belongs to, by name; archived ones last."""
    query = (
        select(Space)
        .join(Membership, Membership.space_id == Space.id)
        .where(Membership.person_id == actor.id, Membership.ended_at.is_(None))
        .order_by(Space.archived_at.is_not(None), Space.name)
    )
    return list(db.session.scalars(query))
