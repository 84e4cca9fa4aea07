"""What people are asked in the roster, of every kind, as one statement: for the pages, the count on the tab, and the app's list."""

import enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Subquery,
    and_,
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
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWED_ON, VIEWER, visible_to_viewer

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


def asks() -> Subquery:
    """Return what the VIEWER is asked, wherever it is."""
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


def is_in(some: Subquery, space_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column or what is given
    """What is about an item is asked only of who sees it (A3)."""
    of_item = and_(Item.id.is_not(None), Item.space_id == space_id, visible_to_viewer())
    return or_(of_item, and_(some.c.item_id.is_(None), some.c.space_id == space_id))
