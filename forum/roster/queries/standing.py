"""Who is away, and who stands in: beside names, and for what is meant for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.halves import Span, day_of, half_at, half_of, part_of
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.roster.models import (
    Absence,
    CoverRequest,
    CoverSlot,
    CoverState,
    Duty,
    Holding,
    HoldingState,
    Leaving,
    LeavingItem,
    Place,
    Seen,
    SwappedTurn,
    Turn,
)
from forum.roster.queries.book import TAKERS, book_at
from forum.roster.queries.deputies import columns, deputies_for, facts_with_deputies
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Membership, Space
from forum.spaces.parts import StandIn
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _, _n, listed

MOST_ASKED = 2
"""How many successors stand beside a name."""


def stand_ins(here: Here, people: Collection[int]) -> Mapping[int, StandIn]:
    """Return who of `people` is away here now, until when, and who covers or stands in; and of those who left whom to ask now.

    One query. For members only.
    """
    if not here.may(Can.SEE_ROSTER):
        return {}
    at = now()
    half = half_at(at, zone=here.space.zone, midday=here.space.midday)
    values = {"people": list(people), "space_id": here.space.id, "day": day_of(half), "half": part_of(half), "at": at}
    untils: dict[int, Any] = {}
    names: dict[int, list[str]] = {}
    rows = db.session.execute(_standing(), values).all()
    for row in sorted((row for row in rows if row.duty_id is None), key=lambda row: (row.number, row.name or "")):
        if row.start_day is None:
            names.setdefault(row.person_id, []).append(_("%(name)s (%(title)s)", name=row.name, title=row.title))
            continue
        span = Span(half_of(row.start_day, row.start_half), half_of(row.end_day, row.end_half))
        is_over = row.returned_at is not None and row.returned_at <= at
        if half not in span or is_over or not may_know(here, row):
            continue
        untils[row.person_id] = max(untils.get(row.person_id, span.last), span.last)
        if row.name and row.name not in names.setdefault(row.person_id, []):
            names[row.person_id].append(row.name)
    deputies = deputies_for(here, (row for row in rows if row.duty_id is not None), half) if untils else {}
    gone = {key: _now_ask(names[key]) for key in names.keys() - untils.keys()}
    away = {key: stand_in(until, names.get(key, []), deputies.get(key, [])) for key, until in untils.items()}
    return {**gone, **away}


def _now_ask(whom: list[str]) -> StandIn:
    asked = list(dict.fromkeys(whom))[:MOST_ASKED]
    return StandIn(sentence=_("left; now ask %(names)s", names=listed(asked)), covers=asked)


def may_know(here: Here, row: Any) -> bool:  # noqa: ANN401  # a row of `absences_where`
    """Whether the reader may be told of an absence."""
    return row.seen is Seen.MEMBERS or here.is_keeper or row.person_id == here.actor.id


def stand_in(until: Any, covers: list[str], deputies: Sequence[str] = ()) -> StandIn:  # noqa: ANN401  # a half-day
    """Return what stands beside the name of who is away until a half-day."""
    said = _("away until %(day)s", day=day_words(day_of(until), reader().today))
    standing = [name for name in deputies if name not in covers]
    if covers:
        said = _n(
            "%(away)s, %(names)s covers", "%(away)s, %(names)s cover", len(covers), away=said, names=listed(covers)
        )
    if standing:
        said = _n(
            "%(away)s, %(names)s stands in as deputy",
            "%(away)s, %(names)s stand in as deputies",
            len(standing),
            away=said,
            names=listed(standing),
        )
    return StandIn(sentence=said, until=until, covers=covers, deputies=standing)


@prepared
def _standing() -> CompoundSelect[Any]:
    """Build the statement once: it is asked on hot pages."""
    return union_all(_away(), _left(), facts_with_deputies())


def _left() -> Select[*tuple[Any, ...]]:
    """Who left the space, with who has the duties now that they left."""
    successor = aliased(Person)
    return (
        select(*columns(person_id=Leaving.person_id, number=LeavingItem.id, name=successor.name, title=Item.title))
        .join(LeavingItem, LeavingItem.leaving_id == Leaving.id)
        .join(Item, Item.id == LeavingItem.item_id)
        .join(Holding, Holding.duty_id == Item.id)
        .join(successor, successor.id == Holding.person_id)
        .where(
            Leaving.person_id.in_(bindparam("people", expanding=True)),
            LeavingItem.kind == "duty",
            LeavingItem.space_id == bindparam("space_id"),
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            Holding.place == Place.HOLDER,
            Holding.state == HoldingState.ACCEPTED,
            Holding.until_day.is_(None),
            Holding.from_day <= bindparam("day"),
            Holding.person_id != Leaving.person_id,
            ~exists().where(
                Membership.space_id == bindparam("space_id"),
                Membership.person_id == Leaving.person_id,
                Membership.ended_at.is_(None),
            ),
        )
    )


def _away() -> Select[*tuple[Any, ...]]:
    return absences_where(
        Absence.person_id.in_(bindparam("people", expanding=True)),
        Absence.start_day <= bindparam("day"),
        Absence.end_day >= bindparam("day"),
    )


def absences_where(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return the query of absences, each with the names of who covers for them on the "day" and "half" in the space "space_id"."""
    covering = (
        select(CoverRequest.away_id, CoverSlot.person_id)
        .join(CoverRequest, CoverRequest.id == CoverSlot.request_id)
        .join(Item, Item.id == CoverSlot.duty_id)
        .join(Membership, Membership.person_id == CoverSlot.person_id)
        .join(Person, Person.id == CoverSlot.person_id)
        .where(
            Item.space_id == bindparam("space_id"),
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            CoverRequest.state == CoverState.ACCEPTED,
            Membership.space_id == bindparam("space_id"),
            Membership.ended_at.is_(None),
            Membership.role.in_(TAKERS),
            Membership.joined_at <= CoverRequest.accepted_at,
            Person.state == PersonState.ACTIVE,
            CoverSlot.day == bindparam("day"),
            CoverSlot.half == bindparam("half"),
        )
        .distinct()
        .subquery()
    )
    cover = aliased(Person)
    return (
        select(
            *columns(
                person_id=Absence.person_id,
                number=Absence.id,
                start_day=Absence.start_day,
                start_half=Absence.start_half,
                end_day=Absence.end_day,
                end_half=Absence.end_half,
                returned_at=Absence.returned_at,
                seen=Absence.seen,
                name=cover.name,
            )
        )
        .outerjoin(covering, covering.c.away_id == Absence.person_id)
        .outerjoin(cover, cover.id == covering.c.person_id)
        .where(*which)
    )


def meets(space_id: int, people: Collection[int], at: datetime) -> Mapping[int, Collection[int]]:
    """Return who of `people` is away in a space at `at`, and who stands in for their duties there: as `who_holds` says (D1, D9)."""
    away = away_now(db.session.get_one(Space, space_id), people, at)
    found: dict[int, set[int]] = {person_id: set() for person_id in away}
    if not away:
        return found
    book = book_at(and_(Item.space_id == space_id, Duty.id.in_(of_people(away))), at)
    for duty_id in book.duties:
        held = book.at(duty_id, at)
        if held.owner_id in found and held.person_id is not None and held.person_id != held.owner_id:
            found[held.owner_id].add(held.person_id)
    return found


def away_now(space: Space, people: Collection[int], at: datetime) -> set[int]:
    """Return who of `people` is away at `at`, by the days of a space."""
    half = half_at(at, zone=space.zone, midday=space.midday)
    absences = db.session.scalars(
        select(Absence).where(
            Absence.person_id.in_(people), Absence.start_day <= day_of(half), Absence.end_day >= day_of(half)
        )
    )
    return {one.person_id for one in absences if half in one.span and (one.returned_at is None or at < one.returned_at)}


def of_people(people: Collection[int]) -> Select[int]:
    """Return the query of the duties that some people hold, deputise for or have a turn in."""
    held = select(Duty.id).outerjoin(Holding, Holding.duty_id == Duty.id)
    return (
        held.outerjoin(Turn, Turn.duty_id == Duty.id)
        .outerjoin(SwappedTurn, SwappedTurn.duty_id == Duty.id)
        .where(or_(Holding.person_id.in_(people), Turn.person_id.in_(people), SwappedTurn.person_id.in_(people)))
    )
