"""What somebody in particular is asked in the roster of a space, of every kind: for Today, the tab and the roster's pages."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.roster.models import (
    CoverAsk,
    CoverRequest,
    CoverState,
    CoverSwap,
    Handover,
    HandoverState,
    Holding,
    HoldingState,
    Leaving,
    LeavingItem,
    LeavingState,
    Place,
    Rehearsal,
    SwapState,
    TurnSwap,
)
from forum.roster.queries.leaving import label_of, title_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWED_ON, VIEWER, viewing, visible_to_viewer

NO_DAY, NO_WORDS, NOBODY = cast(null(), Date), cast(null(), String), cast(null(), Integer)


class What(enum.StrEnum):
    """What somebody is asked."""

    HANDOVER = "handover"
    LEFT = "left"
    """To take something that a colleague leaves, which is no duty."""
    HOLDER = "holder"
    DEPUTY = "deputy"
    TURN = "turn"
    """To swap turns."""
    COVER = "cover"
    COVER_SWAP = "cover swap"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, kw_only=True)
class AskedLine:
    """One thing that somebody is asked, by `who`. `key` is that of its row, `ref` of what has a page of its own, else the duty's.

    `day` is when it would begin, `other_day` that of the other turn or cover; `label` says what kind of thing a colleague leaves.
    """

    what: What
    key: int
    ref: str
    title: str
    who: Person | None
    day: date
    other_day: date | None
    label: str


def asked_here(here: Here) -> int:
    """Return how much the person is asked in this space and can answer, as it was counted with where they stand."""
    return here.waits["roster.index"] if here.may(Can.TAKE_DUTY) else 0


def asked_of(here: Here) -> Sequence[AskedLine]:
    """Return what the person is asked in this space and can answer, by its day: one query, none for nothing."""
    if not asked_here(here):
        return []
    rows = db.session.execute(_asked(), {"space_id": here.space.id, **viewing(here.actor, now())})
    return [
        AskedLine(
            what=What(what),
            key=key,
            ref=ref or item_ref or "",
            title=title_of(kind, title, item_title) if kind else item_title,
            who=who,
            day=day,
            other_day=other_day,
            label=label_of(kind) if kind else "",
        )
        for what, key, ref, kind, title, day, other_day, item_ref, item_title, who in rows
    ]


def how_many_asked() -> ColumnElement[int]:
    """Count what the VIEWER is asked in the `Space` of the statement around it, then."""
    some = _some()
    there = some.outerjoin(Item, Item.id == some.c.item_id)
    found = select(func.count()).select_from(there).where(_is_in(some, Space.id))
    return found.correlate(Space).scalar_subquery()


@prepared
def _asked() -> Select[*tuple[Any, ...]]:
    some, who = _some(), aliased(Person)
    columns = [some.c[name] for name in ("what", "key", "ref", "kind", "title", "day", "other_day")]
    return (
        select(*columns, Item.ref, Item.title, who)
        .select_from(some)
        .outerjoin(Item, Item.id == some.c.item_id)
        .outerjoin(who, who.id == some.c.who_id)
        .where(_is_in(some, bindparam("space_id", type_=Integer)))
        .order_by(some.c.day, some.c.what, some.c.key)
    )


def _is_in(some: Subquery, space_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column or what is given
    """What is about an item is asked only of who sees it (A3)."""
    of_item = and_(Item.id.is_not(None), Item.space_id == space_id, visible_to_viewer())
    return or_(of_item, and_(some.c.item_id.is_(None), some.c.space_id == space_id))


def _some() -> Subquery:
    return union_all(_handovers(), _left(), _offers(), _turns(), _covers(), _cover_swaps(), _rehearsals()).subquery()


def _columns(
    what: Any,  # noqa: ANN401  # a word or a column
    *,
    key: Any,  # noqa: ANN401  # columns of any table
    item: Any,  # noqa: ANN401
    who: Any,  # noqa: ANN401
    day: Any,  # noqa: ANN401
    other_day: Any = NO_DAY,  # noqa: ANN401
    ref: Any = NO_WORDS,  # noqa: ANN401
    kind: Any = NO_WORDS,  # noqa: ANN401
    title: Any = NO_WORDS,  # noqa: ANN401
    space: Any = NOBODY,  # noqa: ANN401
) -> list[ColumnElement[Any]]:
    columns = {
        "what": literal(what.value) if isinstance(what, What) else what,
        "key": key,
        "item_id": item,
        "space_id": space,
        "who_id": who,
        "day": day,
        "other_day": other_day,
        "ref": ref,
        "kind": kind,
        "title": title,
    }
    return [column.label(name) for name, column in columns.items()]


def _handovers() -> Select[*tuple[Any, ...]]:
    who = func.coalesce(Handover.giver_id, Handover.made_by_id)
    columns = _columns(
        What.HANDOVER, key=Handover.id, item=Handover.duty_id, who=who, day=Handover.day, ref=Handover.ref
    )
    return select(*columns).where(Handover.taker_id == VIEWER, Handover.state == HandoverState.OFFERED)


def _left() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *_columns(
                What.LEFT,
                key=LeavingItem.id,
                item=LeavingItem.item_id,
                space=LeavingItem.space_id,
                who=Leaving.person_id,
                day=Leaving.last_day,
                kind=LeavingItem.kind,
                title=LeavingItem.title,
            )
        )
        .join(Leaving, Leaving.id == LeavingItem.leaving_id)
        .join(Person, Person.id == Leaving.person_id)
        .where(
            LeavingItem.successor_id == VIEWER,
            LeavingItem.state == LeavingState.OFFERED,
            LeavingItem.kind != "duty",
            Leaving.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )


def _offers() -> Select[*tuple[Any, ...]]:
    what = case((Holding.place == Place.DEPUTY, literal(What.DEPUTY.value)), else_=literal(What.HOLDER.value))
    columns = _columns(what, key=Holding.id, item=Holding.duty_id, who=Holding.offered_by_id, day=Holding.from_day)
    return select(*columns).where(Holding.person_id == VIEWER, Holding.state == HoldingState.OFFERED)


def _turns() -> Select[*tuple[Any, ...]]:
    columns = _columns(
        What.TURN,
        key=TurnSwap.id,
        item=TurnSwap.duty_id,
        who=TurnSwap.asker_id,
        day=TurnSwap.day,
        other_day=TurnSwap.other_day,
    )
    ahead = and_(TurnSwap.day > VIEWED_ON, TurnSwap.other_day > VIEWED_ON)
    return select(*columns).where(TurnSwap.asked_id == VIEWER, TurnSwap.state == SwapState.ASKED, ahead)


def _covers() -> Select[*tuple[Any, ...]]:
    """Cover that they are asked for themselves. Who is away isn't named: that is for the page to say, to whom may know."""
    columns = _columns(
        What.COVER,
        key=CoverRequest.id,
        item=CoverRequest.duty_id,
        who=NOBODY,
        day=CoverRequest.start_day,
        ref=CoverRequest.ref,
    )
    return (
        select(*columns)
        .join(CoverAsk, CoverAsk.request_id == CoverRequest.id)
        .where(
            CoverAsk.person_id == VIEWER,
            CoverAsk.declined_at.is_(None),
            CoverRequest.state == CoverState.OPEN,
            CoverRequest.away_id.is_distinct_from(VIEWER),
            CoverRequest.end_day >= VIEWED_ON,
        )
    )


def _cover_swaps() -> Select[*tuple[Any, ...]]:
    mine, theirs = aliased(CoverRequest), aliased(CoverRequest)
    columns = _columns(
        What.COVER_SWAP,
        key=CoverSwap.id,
        item=mine.duty_id,
        who=CoverSwap.asker_id,
        day=mine.start_day,
        other_day=theirs.start_day,
    )
    return (
        select(*columns)
        .select_from(CoverSwap)
        .join(mine, mine.id == CoverSwap.mine_id)
        .join(theirs, theirs.id == CoverSwap.theirs_id)
        .where(
            CoverSwap.asked_id == VIEWER,
            CoverSwap.state == SwapState.ASKED,
            *(both for one in (mine, theirs) for both in (one.state == CoverState.ACCEPTED, _is_ahead(one))),
            mine.accepted_by_id == CoverSwap.asker_id,
            theirs.accepted_by_id == VIEWER,
        )
    )


def _is_ahead(request: Any) -> ColumnElement[bool]:  # noqa: ANN401  # an alias of the table
    return or_(request.start_day > VIEWED_ON, and_(request.start_day == VIEWED_ON, request.start_half > 0))


def _rehearsals() -> Select[*tuple[Any, ...]]:
    columns = _columns(
        What.REHEARSAL, key=Rehearsal.id, item=Rehearsal.duty_id, who=Rehearsal.asked_by_id, day=Rehearsal.day
    )
    return select(*columns).where(
        Rehearsal.person_id == VIEWER,
        Rehearsal.asked_by_id != VIEWER,
        Rehearsal.noted_at.is_(None),
        Rehearsal.day >= VIEWED_ON,
    )
