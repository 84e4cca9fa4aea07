"""Who is away, and who stands in: beside names, and for what is meant for them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Select,
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
from forum.core.halves import Span, day_of, half_at, half_of, part_of
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
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Membership, Space
from forum.spaces.parts import StandIn
from forum.spaces.policy import Can
from forum.web.rendering import day_words, reader
from forum.web.words import _, listed

MOST_ASKED = 2
"""How many successors stand beside a name."""


def stand_ins(here: Here, people: Collection[int]) -> Mapping[int, StandIn]:
    """Return who of `people` is away in this space now, until when, and who covers; and of those who left whom to ask now.

    One query. For members only.
    """
    if not here.may(Can.SEE_ROSTER):
        return {}
    at = now()
    half = half_at(at, zone=here.space.zone, midday=here.space.midday)
    values = {"people": list(people), "space_id": here.space.id, "day": day_of(half), "half": part_of(half)}
    untils: dict[int, Any] = {}
    names: dict[int, list[str]] = {}
    rows = db.session.execute(_standing(), values).all()
    for row in sorted(rows, key=lambda row: (row.number, row.cover or "")):
        if row.start_day is None:
            names.setdefault(row.person_id, []).append(_("%(name)s (%(title)s)", name=row.cover, title=row.title))
            continue
        span = Span(half_of(row.start_day, row.start_half), half_of(row.end_day, row.end_half))
        is_over = row.returned_at is not None and row.returned_at <= at
        if half not in span or is_over or not _may_know(here, row):
            continue
        untils[row.person_id] = max(untils.get(row.person_id, span.last), span.last)
        if row.cover and row.cover not in names.setdefault(row.person_id, []):
            names[row.person_id].append(row.cover)
    gone = {key: _now_ask(names[key]) for key in names.keys() - untils.keys()}
    return {**gone, **{key: _stand_in(until, names.get(key, [])) for key, until in untils.items()}}


def _now_ask(whom: list[str]) -> StandIn:
    asked = list(dict.fromkeys(whom))[:MOST_ASKED]
    return StandIn(sentence=_("left; now ask %(names)s", names=listed(asked)), covers=asked)


def _may_know(here: Here, row: Any) -> bool:  # noqa: ANN401  # a row of `_away`
    return row.seen is Seen.MEMBERS or here.is_keeper or row.person_id == here.actor.id


def _stand_in(until: Any, covers: list[str]) -> StandIn:  # noqa: ANN401  # a half-day
    last = day_words(day_of(until), reader().today)
    said = _("away until %(day)s", day=last)
    if covers:
        said = _("away until %(day)s, %(names)s covers", day=last, names=listed(covers))
    return StandIn(sentence=said, until=until, covers=covers)


@cache
def _standing() -> CompoundSelect[Any]:
    """Build the statement once: it is asked on hot pages."""
    return union_all(_away(), _left())


def _left() -> Select[*tuple[Any, ...]]:
    """Who left the space, with who has the duties now that they left."""
    nothing = [
        cast(null(), column.type).label(column.key)
        for column in (
            Absence.start_day,
            Absence.start_half,
            Absence.end_day,
            Absence.end_half,
            Absence.returned_at,
            Absence.seen,
        )
    ]
    successor = aliased(Person)
    return (
        select(
            Leaving.person_id,
            LeavingItem.id.label("number"),
            *nothing,
            successor.name.label("cover"),
            Item.title.label("title"),
        )
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
            Absence.person_id,
            Absence.id.label("number"),
            Absence.start_day,
            Absence.start_half,
            Absence.end_day,
            Absence.end_half,
            Absence.returned_at,
            Absence.seen,
            cover.name.label("cover"),
            literal("").label("title"),
        )
        .outerjoin(covering, covering.c.away_id == Absence.person_id)
        .outerjoin(cover, cover.id == covering.c.person_id)
        .where(
            Absence.person_id.in_(bindparam("people", expanding=True)),
            Absence.start_day <= bindparam("day"),
            Absence.end_day >= bindparam("day"),
        )
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
