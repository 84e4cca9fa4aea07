"""Reading what `who.Book` decides on: three queries, whatever the number of duties."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    SmallInteger,
    and_,
    bindparam,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.halves import Span, half_of
from forum.core.prepared import prepared
from forum.people.models import Person, PersonState
from forum.roster.access import KIND
from forum.roster.models import (
    Absence,
    CoverRequest,
    CoverSlot,
    CoverState,
    Duty,
    Holding,
    HoldingState,
    Leaving,
    Place,
    SwappedTurn,
    Turn,
)
from forum.roster.who import Away, Book, DutyFacts, Held, Hold, Slot
from forum.spaces.models import Item, ItemState, Membership, Role, Space
from forum.spaces.policy import POWERS, Can

A_DAY = timedelta(days=1)
TAKERS = tuple(role for role, powers in POWERS.items() if Can.TAKE_DUTY in powers)
"""The roles that can hold a duty: a reader's is nobody's."""
Day = date | BindParameter[Any]
"""A day, or the name under which it is given when the statement runs."""
HOLDING, DEPUTY, TURN, SWAPPED, SLOT = range(5)
DUTY_COLUMNS = (
    Duty.id,
    Item.space_id,
    Space.zone,
    Space.midday,
    Duty.first_day,
    Duty.last_day,
    Duty.ended_on,
    Duty.turn_weeks,
    Duty.turns_from,
)


def who_holds(duty_id: int, at: datetime) -> Held:
    """Say who holds a duty at `at`: the one answer for page, mail, feed and right (D1). Raises KeyError when there is none such."""
    return who_hold([duty_id], at)[duty_id]


def who_hold(duty_ids: Collection[int], at: datetime) -> dict[int, Held]:
    """Say of each duty who holds it at `at`: at most three queries, for one as for a thousand."""
    book = book_at(Duty.id.in_(duty_ids), at)
    return {duty_id: book.at(duty_id, at) for duty_id in book.duties}


def book_at(which: ColumnElement[bool], at: datetime) -> Book:
    """Read what decides at one instant about the duties for which `which` holds (a condition on Duty, Item and Space)."""
    day = at.date()
    return book_of(which, day - A_DAY, day + A_DAY)  # the day that it is in any zone


def book_of(which: ColumnElement[bool], first: date, last: date) -> Book:
    """Read what decides from `first` to `last` about the duties for which `which` holds (a condition on Duty, Item and Space).

    What isn't published has no holder, and isn't in the book. Lists are filtered by who may see them before, by `which`.
    """
    where = and_(Item.kind == KIND, Item.state == ItemState.PUBLISHED, which)
    duties = {duty.id: duty for duty in _duties(where)}
    if not duties:
        return Book({}, {})
    for row in db.session.execute(parts_of(where, first, last)):
        put(duties[row.duty_id], row)
    return Book(duties, _absences(where, first, last))


def named_book(
    which: ColumnElement[bool], values: Mapping[str, object], at: datetime, absences: dict[int, list[Away]]
) -> tuple[Book, dict[int, str], dict[int, Person]]:
    """Read the same at one instant with absences that were read already, with the titles and the people: one query, for few duties.

    The query is built once for a condition, which is asked with `values`.
    """
    days = {"first_day": at.date() - A_DAY, "last_day": at.date() + A_DAY}
    rows = db.session.execute(_named(which), {**days, **values}).all()
    duties: dict[int, DutyFacts] = {}
    for row in rows:
        facts: dict[str, Any] = {column.key: row[place] for place, column in enumerate(DUTY_COLUMNS)}
        duty = duties.setdefault(row.id, DutyFacts(**facts))
        if row.duty_id is not None:
            put(duty, row)
    people = {row.Person.id: row.Person for row in rows if row.Person is not None}
    return Book(duties, absences), {row.id: row.title for row in rows}, people


@prepared
def _named(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    where = and_(Item.kind == KIND, Item.state == ItemState.PUBLISHED, which)
    parts = parts_of(where, bindparam("first_day", type_=Date), bindparam("last_day", type_=Date)).subquery()
    return (
        select(*DUTY_COLUMNS, Item.title, Person, *parts.c)
        .select_from(Duty)
        .join(Item, Item.id == Duty.id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(parts, parts.c.duty_id == Duty.id)
        .outerjoin(Person, Person.id == parts.c.person_id)
        .where(where)
        .order_by(Item.title, Duty.id)
    )


def ids_of(where: ColumnElement[bool]) -> Select[int]:
    """Return the query of the duties for which `where` holds."""
    return select(Duty.id).join(Item, Item.id == Duty.id).join(Space, Space.id == Item.space_id).where(where)


def _duties(where: ColumnElement[bool]) -> Iterable[DutyFacts]:
    rows = db.session.execute(
        select(*DUTY_COLUMNS).join(Item, Item.id == Duty.id).join(Space, Space.id == Item.space_id).where(where)
    )
    return [DutyFacts(**row) for row in rows.mappings()]


def parts_of(where: ColumnElement[bool], first: Day, last: Day) -> Select[*tuple[Any, ...]]:
    """Read who has to do with the duties, until when, and whether they count: active, and a member since they were given it."""
    among = ids_of(where)
    holding = select(
        Holding.duty_id,
        literal(HOLDING, SmallInteger).label("what"),
        Holding.person_id,
        Holding.answered_at.label("since"),
        Holding.from_day.label("day"),
        Holding.until_day.label("until"),
        cast(null(), SmallInteger).label("place"),
        cast(null(), Integer).label("away_id"),
        cast(null(), Integer).label("request_id"),
        cast(null(), Boolean).label("though_away"),
    ).where(
        Holding.duty_id.in_(among),
        Holding.state == HoldingState.ACCEPTED,
        Holding.from_day <= last,
        (Holding.until_day.is_(None)) | (Holding.until_day > first),
    )
    parts = union_all(
        holding.where(Holding.place == Place.HOLDER),
        holding.with_only_columns(
            Holding.duty_id, literal(DEPUTY, SmallInteger), *list(holding.selected_columns)[2:]
        ).where(Holding.place == Place.DEPUTY),
        _turns(among),
        _swapped(among),
        _slots(among, first, last),
    ).subquery()
    counts = exists().where(
        Membership.person_id == parts.c.person_id,
        Membership.space_id == Item.space_id,
        Membership.ended_at.is_(None),
        Membership.joined_at <= parts.c.since,
        Membership.role.in_(TAKERS),
        Person.id == parts.c.person_id,
        Person.state == PersonState.ACTIVE,
    )
    leaves = and_(
        Leaving.person_id == parts.c.person_id,
        Leaving.ended_at.is_(None),
        or_(Leaving.space_id.is_(None), and_(Leaving.space_id == Item.space_id, _other_stewards(parts.c.person_id))),
    )
    return (
        select(*parts.c, counts.correlate(parts, Item).label("counts"), Leaving.last_day.label("leaves_after"))
        .join(Item, Item.id == parts.c.duty_id)
        .outerjoin(Leaving, leaves)
    )


def _nothing(kind: Any) -> ColumnElement[Any]:  # noqa: ANN401  # a type of a column
    return cast(null(), kind)


def _turns(among: Select[int]) -> Select[*tuple[Any, ...]]:
    return select(
        Turn.duty_id,
        literal(TURN, SmallInteger),
        Turn.person_id,
        Turn.since,
        _nothing(Date),
        _nothing(Date),
        Turn.place,
        _nothing(Integer),
        _nothing(Integer),
        _nothing(Boolean),
    ).where(Turn.duty_id.in_(among))


def _swapped(among: Select[int]) -> Select[*tuple[Any, ...]]:
    return select(
        SwappedTurn.duty_id,
        literal(SWAPPED, SmallInteger),
        SwappedTurn.person_id,
        SwappedTurn.since,
        SwappedTurn.day,
        SwappedTurn.until_day,
        _nothing(SmallInteger),
        _nothing(Integer),
        _nothing(Integer),
        _nothing(Boolean),
    ).where(SwappedTurn.duty_id.in_(among))


def _slots(among: Select[int], first: Day, last: Day) -> Select[*tuple[Any, ...]]:
    return (
        select(
            CoverSlot.duty_id,
            literal(SLOT, SmallInteger),
            CoverSlot.person_id,
            CoverRequest.accepted_at,
            CoverSlot.day,
            _nothing(Date),
            CoverSlot.half,
            CoverRequest.away_id,
            CoverRequest.id,
            CoverRequest.though_away,
        )
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .where(
            CoverSlot.duty_id.in_(among),
            CoverSlot.day.between(first, last),
            CoverRequest.state.in_((CoverState.ACCEPTED, CoverState.ENDED)),
        )
    )


def _other_stewards(person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that the space has another steward: its last one stays, whatever their last day is (A4)."""
    other = aliased(Person)
    return exists().where(
        Membership.space_id == Item.space_id,
        Membership.role == Role.STEWARD,
        Membership.ended_at.is_(None),
        Membership.person_id != person_id,
        other.id == Membership.person_id,
        other.state == PersonState.ACTIVE,
    )


def put(duty: DutyFacts, row: Any) -> None:  # noqa: ANN401  # a row of `parts_of`
    """Put a row among what is known of its duty. A last day counts until whoever leaves has gone, however late a worker is."""
    if row.leaves_after is not None:
        duty.last_days[row.person_id] = row.leaves_after
    if row.what in {HOLDING, DEPUTY}:
        if row.counts:
            held = duty.holders if row.what == HOLDING else duty.deputies
            held.append(Hold(row.person_id, row.day, row.until))
    elif row.what == TURN:
        duty.turns[row.place] = row.person_id if row.counts else None
    elif row.what == SWAPPED:
        duty.swapped[row.day] = row.person_id if row.counts else None
        if row.until is not None:
            duty.handed[row.day] = row.until
    elif row.counts:
        duty.slots[half_of(row.day, row.place)] = Slot(
            row.person_id, row.away_id, row.request_id, bool(row.though_away)
        )


def _absences(where: ColumnElement[bool], first: date, last: date) -> dict[int, list[Away]]:
    """Read who of the spaces is away meanwhile."""
    spaces = select(Item.space_id).join(Duty, Duty.id == Item.id).join(Space, Space.id == Item.space_id).where(where)
    members = select(Membership.person_id).where(Membership.space_id.in_(spaces), Membership.ended_at.is_(None))
    rows = db.session.execute(
        select(
            Absence.person_id,
            Absence.start_day,
            Absence.start_half,
            Absence.end_day,
            Absence.end_half,
            Absence.returned_at,
        ).where(Absence.person_id.in_(members), Absence.start_day <= last, Absence.end_day >= first)
    )
    found: dict[int, list[Away]] = {}
    for person_id, start_day, start_half, end_day, end_half, returned_at in rows:
        span = Span(half_of(start_day, start_half), half_of(end_day, end_half))
        found.setdefault(person_id, []).append(Away(span, returned_at))
    return found
