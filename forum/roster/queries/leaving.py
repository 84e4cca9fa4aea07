"""Who leaves when, what they leave, and what of it is still open; and what is asked of somebody."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.leaving_kit import UNSETTLED, left_by
from forum.roster.models import (
    Duty,
    Leaving,
    LeavingItem,
    LeavingState,
)
from forum.roster.queries.book import book_at
from forum.spaces import gathering
from forum.spaces.feature import obligation_kinds, obligations_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items

SHOWN_FOR = timedelta(days=90)
"""How long what somebody left vacant is shown after their last day."""
OPEN = LeavingState.OPEN


@dataclass(frozen=True, kw_only=True)
class Left:
    """A line of a kit: something that somebody leaves, and how far that is."""

    kind: str
    key: str
    title: str
    url: str
    note: str
    space: Space | None
    state: LeavingState
    successor: Person | None
    id: int | None
    label: str
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class Kit:
    """Somebody's leaving with all that they leave, as far as the reader may see it."""

    leaving: Leaving
    person: Person
    lines: Sequence[Left]

    @property
    def unsettled(self) -> int:
        """How many nobody has taken. What is nobody's but theirs ends by itself."""
        return sum(line.state in {*UNSETTLED, LeavingState.VACANT} and not line.is_own for line in self.lines)

    @property
    def settled(self) -> int:
        """How many are taken or closed."""
        return len(self.lines) - self.unsettled


def kit_of(leaving: Leaving, person: Person, reader: Person, space: Space | None = None) -> Kit:
    """Return a kit: its rows, and what counts on them since. In one space, or for themselves in all."""
    found = obligations_of(person) if leaving.ended_at is None else []
    wanted = dict(left_by(leaving, found))
    query = (
        select(LeavingItem, Space, Person, Item.title)
        .outerjoin(Space, Space.id == LeavingItem.space_id)
        .outerjoin(Person, Person.id == LeavingItem.successor_id)
        .outerjoin(Item, Item.id == LeavingItem.item_id)
        .where(
            LeavingItem.leaving_id == leaving.id,
            or_(LeavingItem.item_id.is_(None), visible_items(reader, now())),
        )
        .order_by(Space.id.is_(None), Space.name, LeavingItem.kind, LeavingItem.title, LeavingItem.id)
    )
    if space is not None:
        query = query.where(LeavingItem.space_id == space.id)
    lines = []
    for row, where, successor, title_now in db.session.execute(query):
        one = wanted.pop((row.kind, row.key), None)
        title = one.title if one else title_of(row.kind, row.title, title_now)
        lines.append(_line(row.kind, row.key, title, where, one, row=row, successor=successor))
    there = _names(leaving)  # with what the reader doesn't see
    new = [one for one in wanted.values() if space is None or (one.space is not None and one.space.id == space.id)]
    seen = _seen(reader, [one.item_id for one in new if one.item_id is not None])
    lines += [
        _line(one.kind, one.key, one.title, one.space, one)
        for one in new
        if (one.kind, one.key) not in there and (one.item_id is None or one.item_id in seen)
    ]
    return Kit(leaving=leaving, person=person, lines=lines)


def would_leave(person: Person, reader: Person, space: Space | None = None) -> list[Left]:
    """Return what somebody would leave who has no last day yet, as far as the reader may see it."""
    found = gathering.left_by(person, reader, space)
    return [_line(one.kind, one.key, one.title, one.space, one) for one in found]


def _names(leaving: Leaving) -> set[tuple[str, str]]:
    rows = db.session.execute(select(LeavingItem.kind, LeavingItem.key).where(LeavingItem.leaving_id == leaving.id))
    return {(row.kind, row.key) for row in rows}


def _seen(reader: Person, ids: Sequence[int]) -> set[int]:
    return set(db.session.scalars(select(Item.id).where(Item.id.in_(ids), visible_items(reader, now()))))


def _line(
    kind: str,
    key: str,
    title: str,
    space: Space | None,
    one: Obligation | None,
    *,
    row: LeavingItem | None = None,
    successor: Person | None = None,
) -> Left:
    registered = obligation_kinds().get(kind)
    return Left(
        label=label_of(kind),
        is_own=registered is not None and registered.is_own,
        kind=kind,
        key=key,
        title=title,
        url=one.url if one else "",
        note=one.note if one and kind != "cover" else "",
        space=space,
        state=row.state if row else OPEN,
        successor=successor,
        id=row.id if row else None,
    )


def title_of(kind: str, noted: str, now: str | None) -> str:
    """Return what a line is called: as its item is now, unless it has words of its own."""
    registered = obligation_kinds().get(kind)
    return noted if now is None or (registered is not None and registered.has_own_title) else now


def label_of(kind: str) -> str:
    """Return what obligations of a kind are called."""
    registered = obligation_kinds().get(kind)
    return str(registered.label) if registered else kind.capitalize()


def leavings_in(here: Here) -> list[Kit]:
    """Return who leaves this space or has just left it, the next first, with what the reader may see."""
    since = now().date() - SHOWN_FOR
    member = select(Membership.person_id).where(Membership.space_id == here.space.id, Membership.ended_at.is_(None))
    left_here = select(LeavingItem.leaving_id).where(LeavingItem.space_id == here.space.id)
    rows = db.session.execute(
        select(Leaving, Person)
        .join(Person, Person.id == Leaving.person_id)
        .where(
            Leaving.is_taken_back.is_(False),
            Leaving.last_day >= since,
            or_(
                Leaving.space_id == here.space.id,
                and_(Leaving.space_id.is_(None), or_(Leaving.person_id.in_(member), Leaving.id.in_(left_here))),
            ),
            or_(
                Leaving.ended_at.is_(None), Leaving.person_id.not_in(member)
            ),  # who is suspended or reads only hasn't left
        )
        .order_by(Leaving.ended_at.is_not(None), Leaving.last_day, Leaving.id)
    ).all()
    lines = _lines_in(here, [leaving.id for leaving, _person in rows])
    return [Kit(leaving=leaving, person=person, lines=lines.get(leaving.id, [])) for leaving, person in rows]


def _lines_in(here: Here, leaving_ids: Sequence[int]) -> dict[int, list[Left]]:
    """Return the lines of several kits as they were written down last, one query: each press and each hour brings them up to date."""
    rows = db.session.execute(
        select(LeavingItem, Person, Item.title)
        .outerjoin(Person, Person.id == LeavingItem.successor_id)
        .outerjoin(Item, Item.id == LeavingItem.item_id)
        .where(
            LeavingItem.leaving_id.in_(leaving_ids),
            LeavingItem.space_id == here.space.id,
            or_(LeavingItem.item_id.is_(None), visible_items(here.actor, now())),
        )
        .order_by(LeavingItem.kind, LeavingItem.title, LeavingItem.id)
    )
    found: dict[int, list[Left]] = {}
    for row, successor, title in rows:
        line = _line(
            row.kind, row.key, title_of(row.kind, row.title, title), here.space, None, row=row, successor=successor
        )
        found.setdefault(row.leaving_id, []).append(line)
    return found


@dataclass(frozen=True, kw_only=True)
class Vacant:
    """Something that somebody left and that nobody has taken since."""

    title: str
    ref: str
    kind: str
    label: str
    person: Person
    leaving: Leaving


def vacant_in(here: Here) -> list[Vacant]:
    """Return what stands vacant since somebody went, of what the reader sees: duties that nobody has still, and other things."""
    at = now()
    rows = db.session.execute(
        select(LeavingItem, Item, Person, Leaving)
        .join(Leaving, Leaving.id == LeavingItem.leaving_id)
        .join(Person, Person.id == Leaving.person_id)
        .join(Item, Item.id == LeavingItem.item_id)
        .where(
            LeavingItem.space_id == here.space.id,
            LeavingItem.state == LeavingState.VACANT,
            Leaving.last_day >= at.date() - SHOWN_FOR,
            visible_items(here.actor, at),
        )
        .order_by(Leaving.last_day.desc(), Item.title)
    ).all()
    if not rows:
        return []
    book = book_at(Duty.id.in_([item.id for _row, item, _person, _leaving in rows]), at)
    settled = _settled([row.LeavingItem for row in rows])
    return [
        Vacant(
            title=title_of(row.kind, row.title, item.title),
            ref=item.ref,
            kind=row.kind,
            label=label_of(row.kind),
            person=person,
            leaving=leaving,
        )
        for row, item, person, leaving in rows
        if (row.kind, row.key) not in settled
        and (row.kind != "duty" or (item.id in book.duties and book.at(item.id, at).owner_id is None))
    ]


def _settled(rows: Sequence[LeavingItem]) -> set[tuple[str, str]]:
    """Return what was left vacant and is so no more, as its room says: one query for each kind."""
    kinds, keys = obligation_kinds(), defaultdict[str, list[str]](list)
    for row in rows:
        keys[row.kind].append(row.key)
    return {
        (name, key)
        for name, some in keys.items()
        if name in kinds and (settled := kinds[name].settled) is not None
        for key in settled(some)
    }
