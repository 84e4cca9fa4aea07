"""Where an item is shared, and what somebody may know of the spaces between which it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemShare, ItemState, Membership, Role, Space, Visibility
from forum.spaces.policy import POWERS, Can
from forum.spaces.queries.suspended import is_suspended
from forum.spaces.queries.visible import VIEWER, viewing


@prepared
def is_shared_here() -> ColumnElement[bool]:
    """Return the condition on `Item` that it stands in another space and is shared with the one whose `space_id` is bound."""
    shared = select(ItemShare.item_id).where(
        or_(ItemShare.space_id.is_(None), ItemShare.space_id == bindparam("space_id"))
    )
    return and_(Item.space_id != bindparam("space_id"), Item.id.in_(shared))


@prepared
def has_copy_here() -> ColumnElement[bool]:
    """Return the condition on `Item` that a copy of it, for every member to see, stands in the space whose `space_id` is bound."""
    own = aliased(Item)
    copies = select(own.origin_uuid).where(
        own.space_id == bindparam("space_id"),
        own.origin_uuid.is_not(None),
        own.state == ItemState.PUBLISHED,
        own.audience == Audience.SPACE,
    )
    return Item.uuid.in_(copies)


def belongs_to(space: type[Space]) -> ColumnElement[bool]:
    """Return the condition that the VIEWER is a member of `space`."""
    theirs = aliased(Membership)
    mine = exists().where(theirs.space_id == space.id, theirs.person_id == VIEWER, theirs.ended_at.is_(None))
    return mine.correlate(space)


def may_enter(space: type[Space]) -> ColumnElement[bool]:
    """Return the condition that the VIEWER looks into `space`: a member, or anybody where it is open."""
    return or_(space.visibility == Visibility.OPEN, belongs_to(space))


def may_know(space: type[Space]) -> ColumnElement[bool]:
    """Return the condition that the VIEWER may know the name of `space`: as the directory has it, and that of their own."""
    return or_(space.visibility != Visibility.PRIVATE, belongs_to(space))


def known_name() -> ColumnElement[str | None]:
    """Return the name of the `Space` of an item, as far as the VIEWER may know it."""
    return case((may_know(Space), Space.name))


def read_at() -> ColumnElement[str | None]:
    """Return the address of the space in which the VIEWER reads an item: its own `Space`, or one with which it is shared (A3)."""
    return case((may_enter(Space), Space.slug), else_=way_in())


@prepared
def way_in() -> ScalarSelect[str | None]:
    """Return the address of a space in which the VIEWER reads an `Item` that is shared: one of theirs, else one that is open."""
    through = aliased(Space)
    reaches = exists().where(
        ItemShare.item_id == Item.id, or_(ItemShare.space_id.is_(None), ItemShare.space_id == through.id)
    )
    query = (
        select(through.slug)
        .where(reaches.correlate(Item, through), may_enter(through))
        .order_by(case((belongs_to(through), 0), else_=1), through.archived_at.is_not(None), through.id)
        .limit(1)
    )
    return query.correlate(Item).scalar_subquery()


@dataclass(frozen=True, kw_only=True)
class Share:
    """A place in which an item can be read besides its own. `space` is None for all of the installation."""

    id: int
    space: Space | None
    name: str | None
    """How the space is called; None when the reader may not know it, and for all of the installation."""
    by: str
    at: datetime

    @property
    def is_everywhere(self) -> bool:
        """Whether the whole installation reads it."""
        return self.space is None


def shares_of(item: Item, reader: Person, at: datetime) -> Sequence[Share]:
    """Return where an item is shared, the whole installation first. One query."""
    query = (
        select(ItemShare, Space, case((may_know(Space), Space.name)), Person.name)
        .outerjoin(Space, Space.id == ItemShare.space_id)
        .join(Person, Person.id == ItemShare.shared_by_id)
        .where(ItemShare.item_id == item.id)
        .order_by(ItemShare.space_id.is_not(None), func.lower(Space.name), ItemShare.id)
    )
    return [
        Share(id=share.id, space=space, name=name, by=by, at=share.shared_at)
        for share, space, name, by in db.session.execute(query, viewing(reader, at))
    ]


def spaces_to_share_with(actor: Person, item: Item, power: Can, at: datetime) -> Sequence[Space]:
    """Return the other spaces into which `actor` may bring an item: in which they hold `power` by their role, now."""
    roles = [role for role in Role if power in POWERS[role]]
    query = (
        select(Space)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == actor.id,
            Membership.ended_at.is_(None),
            Membership.role.in_(roles),
            ~is_suspended(Membership, at),
            Space.archived_at.is_(None),
            Space.id != item.space_id,
        )
        .order_by(func.lower(Space.name), Space.id)
    )
    return db.session.scalars(query).all()
