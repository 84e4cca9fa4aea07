"""What somebody keeps true: who holds it, when it was looked at last, and asking once when that is due (E6).

A room's table takes `KeptTrue` as a mixin; its row shares the key of an item. A person holds it, or whoever holds a duty.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Date, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.apart import apart
from forum.core.db import db, lock
from forum.core.errors import Invalid
from forum.core.events import Fact, announce
from forum.core.halves import Span
from forum.core.time import now, today
from forum.people.models import Person, PersonState
from forum.roster.models import Duty
from forum.roster.queries.book import who_holds
from forum.spaces.feature import meets
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.queries import visible_items
from forum.spaces.queries.visible import is_for_member
from forum.web.words import _

A_QUARTER = timedelta(days=91)
"""How long something is taken to hold until somebody is asked."""
AT_ONCE = 100
MOST = 50


class KeptTrue:
    """Columns of a table whose rows are kept true. `asked_on` is the day due for which its holder was asked."""

    if TYPE_CHECKING:
        id: Mapped[int]

    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id", ondelete="SET NULL"), index=True)
    verified_on: Mapped[date | None] = mapped_column(Date)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    due_on: Mapped[date | None] = mapped_column(Date)
    asked_on: Mapped[date | None] = mapped_column(Date)


Kept = TypeVar("Kept", bound=KeptTrue)


def keeper_of(kept: KeptTrue) -> int | None:
    """Return who keeps it true now: its holder, or whoever holds the duty that does."""
    if kept.duty_id is None:
        return kept.holder_id
    try:
        return who_holds(kept.duty_id, now()).person_id
    except KeyError:
        return None


def asked_of(kept: KeptTrue, space: Space) -> set[int]:
    """Return who is asked about it now: who keeps it, or who covers for them while they are away."""
    keeper = keeper_of(kept)
    return {keeper} if kept.duty_id is not None and keeper is not None else covers_of(keeper, space)


def covers_of(person_id: int | None, space: Space) -> set[int]:
    """Return whom something reaches now that is meant for somebody: them, or who covers for them while they are away."""
    if person_id is None:
        return set()
    covers = meets(space.id, [person_id], now()).get(person_id)
    return set(covers) if covers else {person_id}


def renew(kept: KeptTrue, *, by: Person, this: date) -> bool:
    """Say that it holds, as of `this`, for a quarter. False: somebody has said so today."""
    if kept.verified_on == this:
        return False
    kept.verified_on, kept.verified_by_id, kept.due_on = this, by.id, this + A_QUARTER
    return True


def give(here: Here, kept: KeptTrue, *, person_id: int | None, duty_id: int | None) -> bool:
    """Let a person hold it, or whoever holds a duty, or nobody. False: it is so already. Raises Invalid for `holder`."""
    is_one = person_id is None or duty_id is None
    is_here = (person_id is None or is_member(here, person_id)) and (duty_id is None or _is_duty(here, duty_id))
    if not is_one or not is_here:
        raise Invalid({"holder": [_("Choose a member of this space, or one of its duties.")]})
    if (kept.holder_id, kept.duty_id) == (person_id, duty_id):
        return False
    if person_id is not None and not _can_see(kept, person_id):
        raise Invalid({"holder": [_("They can’t see this. Choose somebody who can.")]})
    kept.holder_id, kept.duty_id = person_id, duty_id
    return True


def pass_on(model: type[Kept], key: str, giver: Person, taker: Person) -> None:
    """Let what somebody leaves be held by who takes it, in that transaction: for the leaving kit."""
    kept_id = int(key)
    if lock(Item, kept_id) is None:
        return
    kept = db.session.get(model, kept_id, populate_existing=True)
    if kept is not None and kept.holder_id == giver.id:
        kept.holder_id, kept.asked_on = taker.id, None


def kept_again(model: type[Kept], keys: Collection[str]) -> Collection[str]:
    """Return which of some somebody keeps by now, or a duty does; or they are gone."""
    is_kept = or_(model.holder_id.is_not(None), model.duty_id.is_not(None), Item.state != ItemState.PUBLISHED)
    ids = [int(key) for key in keys if key.isdigit()]
    query = select(model.id).join(Item, Item.id == model.id).where(model.id.in_(ids), is_kept)
    return {str(kept_id) for kept_id in db.session.scalars(query)}


def let_go(model: type[Kept], space: Space, person: Person) -> None:
    """Let nobody hold what somebody held who stops belonging to a space: shown as such, and given to nobody by itself."""
    held = select(model).join(Item, Item.id == model.id).where(Item.space_id == space.id, model.holder_id == person.id)
    for kept in db.session.scalars(held.order_by(model.id)):
        kept.holder_id = None


def settle(model: type[Kept], person: Person) -> None:
    """Let nobody hold what somebody held whose account is erased."""
    for kept in db.session.scalars(select(model).where(model.holder_id == person.id).order_by(model.id)):
        kept.holder_id = None


def held_by(model: type[Kept], person: Person, span: Span | None) -> Sequence[tuple[Any, Item, Space]]:
    """Return what somebody holds, with its item and its space: what is due while they are away, or all of it."""
    query = (
        select(model, Item, Space)
        .join(Item, Item.id == model.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            model.holder_id == person.id,
            visible_items(person, now()),
        )
    )
    if span is not None:
        query = query.where(model.due_on <= span.last_day)
    rows = db.session.execute(query.order_by(model.due_on, Item.id).limit(MOST))
    return [(kept, item, space) for kept, item, space in rows]


def ask_about(model: type[Kept], due: Callable[[int, int, str], Fact]) -> None:
    """Ask who keeps each that is due, once for each day due. A worker does it once an hour; two ask no more than one.

    `due` makes the fact, from the item's key, the person's, and the day.
    """
    for kept_id in _due(model):
        with apart("what is due", kept_id):
            _ask(model, kept_id, due)


def is_member(here: Here, person_id: int) -> bool:
    """Say whether somebody belongs to the space now, with an account that is in use."""
    query = (
        select(Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == here.space.id,
            Membership.person_id == person_id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def _due(model: type[Kept]) -> Sequence[int]:
    query = (
        select(model.id)
        .join(Item, Item.id == model.id)
        .join(Space, Space.id == Item.space_id)
        .where(
            model.due_on <= now().date() + timedelta(days=1),
            or_(model.asked_on.is_(None), model.asked_on < model.due_on),
            Item.state == ItemState.PUBLISHED,
            Space.archived_at.is_(None),
        )
        .order_by(model.due_on, model.id)
    )
    return db.session.scalars(query.limit(AT_ONCE)).all()


def _ask(model: type[Kept], kept_id: int, due: Callable[[int, int, str], Fact]) -> None:
    item = lock(Item, kept_id)
    kept = db.session.get(model, kept_id, populate_existing=True)
    if item is None or kept is None or kept.due_on is None or item.state is not ItemState.PUBLISHED:
        return
    space = db.session.get_one(Space, item.space_id)
    if kept.due_on > today(space.zone) or (kept.asked_on is not None and kept.asked_on >= kept.due_on):
        return
    kept.asked_on = kept.due_on
    for person_id in sorted(asked_of(kept, space)):
        announce(due(item.id, person_id, kept.due_on.isoformat()))


def _can_see(kept: KeptTrue, person_id: int) -> bool:
    """Whether a member sees what they are to keep, by its audience (A3)."""
    item = db.session.get_one(Item, kept.id)
    query = select(Membership.id).where(
        Membership.space_id == item.space_id,
        Membership.person_id == person_id,
        Membership.ended_at.is_(None),
        is_for_member(item, now()),
    )
    return db.session.scalar(query.limit(1)) is not None


def _is_duty(here: Here, duty_id: int) -> bool:
    query = (
        select(Duty.id)
        .join(Item, Item.id == Duty.id)
        .where(
            Duty.id == duty_id,
            Duty.ended_on.is_(None),
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
        )
    )
    return db.session.scalar(query) is not None
