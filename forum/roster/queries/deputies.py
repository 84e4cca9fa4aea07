"""Who stands in as deputy for somebody who is away now: read along with who is away, and decided by the one rule (D1)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Date,
    Integer,
    Select,
    SmallInteger,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    cast,
    exists,
    null,
    or_,
    select,
)

from forum.core.halves import Half, Span
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.roster.models import Absence, Duty, Holding, HoldingState, Place, SwappedTurn, Turn
from forum.roster.queries.book import parts_of, put
from forum.roster.who import Away, Book, DutyFacts, Why
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState

COLUMNS: Mapping[str, Any] = {
    "person_id": Integer,
    "number": Integer,
    "start_day": Date,
    "start_half": SmallInteger,
    "end_day": Date,
    "end_half": SmallInteger,
    "returned_at": Absence.returned_at.type,
    "seen": Absence.seen.type,
    "name": String,
    "title": String,
    "duty_id": Integer,
    "what": SmallInteger,
    "day": Date,
    "until": Date,
    "place": SmallInteger,
    "away_id": Integer,
    "request_id": Integer,
    "though_away": Boolean,
    "counts": Boolean,
    "leaves_after": Date,
    "is_away": Boolean,
    "first_day": Date,
    "last_day": Date,
    "ended_on": Date,
    "turn_weeks": SmallInteger,
    "turns_from": Date,
}
"""What is read beside names, in order: each part of the statement gives some of it."""
PARTS = ("duty_id", "what", "day", "until", "place", "away_id", "request_id", "though_away", "counts", "leaves_after")
OF_A_DUTY = ("first_day", "last_day", "ended_on", "turn_weeks", "turns_from")


def columns(**given: SQLColumnExpression[Any]) -> list[SQLColumnExpression[Any]]:
    """Return every column; those that aren't given hold nothing."""
    return [given.get(name, cast(null(), kind)).label(name) for name, kind in COLUMNS.items()]


@prepared
def facts_with_deputies() -> Select[*tuple[Any, ...]]:
    """Read what decides today about the duties that have a deputy and concern somebody who is away; nothing when nobody is."""
    day: BindParameter[Any] = bindparam("day")
    half: BindParameter[Any] = bindparam("half")
    away = select(Absence.person_id).where(
        Absence.person_id.in_(bindparam("people", expanding=True)), Absence.start_day <= day, Absence.end_day >= day
    )
    theirs = [select(one.duty_id).where(one.person_id.in_(away)) for one in (Holding, Turn, SwappedTurn)]
    deputised = select(Holding.duty_id).where(Holding.place == Place.DEPUTY, Holding.state == HoldingState.ACCEPTED)
    which = and_(
        Item.space_id == bindparam("space_id"),
        Item.state == ItemState.PUBLISHED,
        Item.audience == Audience.SPACE,
        Duty.id.in_(deputised),
        or_(*(Duty.id.in_(ids) for ids in theirs)),
    )
    part = parts_of(which, day, day).subquery()
    is_away = exists().where(
        Absence.person_id == part.c.person_id,
        or_(Absence.start_day < day, and_(Absence.start_day == day, Absence.start_half <= half)),
        or_(Absence.end_day > day, and_(Absence.end_day == day, Absence.end_half >= half)),
        or_(Absence.returned_at.is_(None), Absence.returned_at > bindparam("at", type_=Absence.returned_at.type)),
    )
    given = {name: part.c[name] for name in PARTS} | {name: getattr(Duty, name) for name in OF_A_DUTY}
    return (
        select(*columns(person_id=part.c.person_id, name=Person.name, is_away=is_away.correlate(part), **given))
        .join(Duty, Duty.id == part.c.duty_id)
        .join(Person, Person.id == part.c.person_id)
    )


def deputies_for(here: Here, rows: Iterable[Any], half: Half) -> Mapping[int, list[str]]:
    """Return for whom deputies stand in now, and their names, from what `facts_with_deputies` read."""
    duties: dict[int, DutyFacts] = {}
    names: dict[int, str] = {}
    away: dict[int, list[Away]] = {}
    for row in rows:
        if row.duty_id not in duties:
            own: dict[str, Any] = {name: getattr(row, name) for name in OF_A_DUTY}
            where: dict[str, Any] = {"space_id": here.space.id, "zone": here.space.zone, "midday": here.space.midday}
            duties[row.duty_id] = DutyFacts(id=row.duty_id, **where, **own)
        put(duties[row.duty_id], row)
        names[row.person_id] = row.name
        if row.is_away:
            away[row.person_id] = [Away(Span(half, half), None)]
    book = Book(duties, away)
    found: dict[int, list[str]] = {}
    for duty_id in duties:
        held = book.in_half(duty_id, half)
        if held.why is Why.DEPUTY and held.owner_id is not None and held.person_id is not None:
            found.setdefault(held.owner_id, []).append(names[held.person_id])
    return {key: sorted(set(some)) for key, some in found.items()}
