"""How much people want to hear of items: by themselves when they write or are named, or at a level that they chose.

What was chosen comes before what came about by itself (B4): the item's own chosen level, else the nearest place's, else the space's,
else the automatic one, else "mine and mentions". `strongest` is the one function that says so.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    String,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from forum.content.models import Watch, WatchLevel, WatchReason, WatchSpace
from forum.core.db import db, insert
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, Space

AUTOMATIC: Mapping[WatchReason, WatchLevel] = {
    WatchReason.CARRIED: WatchLevel.EVERYTHING,
    WatchReason.MENTIONED: WatchLevel.MINE,
    WatchReason.REPLIED: WatchLevel.EVERYTHING,
    WatchReason.STARTED: WatchLevel.EVERYTHING,
}
"""The level that each reason brings about."""
USUAL = WatchLevel.MINE
RANK: Mapping[str, int] = {reason.value: rank for rank, reason in enumerate(WatchReason)}


def effective_level(person: ColumnElement[int], *nearer: ColumnElement[WatchLevel | None]) -> ColumnElement[WatchLevel]:
    """Return the level at which `person` watches an item: a column beside `Item`.

    `nearer` are the levels chosen for places between the item and its space, the nearest first.
    """
    own = select(Watch).where(Watch.person_id == person, Watch.item_id == Item.id)
    chosen = own.with_only_columns(Watch.level).where(Watch.is_chosen).correlate(Item).scalar_subquery()
    automatic = own.with_only_columns(Watch.level).correlate(Item).scalar_subquery()
    in_space = select(WatchSpace.level).where(WatchSpace.person_id == person, WatchSpace.space_id == Item.space_id)
    return strongest(chosen, *nearer, in_space.correlate(Item).scalar_subquery(), automatic)


def strongest(
    *levels: SQLColumnExpression[WatchLevel] | SQLColumnExpression[WatchLevel | None],
) -> ColumnElement[WatchLevel]:
    """Return the first of the levels that there is: the item's own chosen one, those of places, the space's, the automatic one."""
    return func.coalesce(*levels, literal(USUAL, type_=Watch.level.type))


def begin(people: Collection[int], item_id: int, *, reason: WatchReason, at: datetime) -> None:
    """Let people watch an item because of something. A stronger reason stays, and so does a level that they chose.

    Use inside `transaction()`.
    """
    for person_id in sorted(people):
        made = insert(Watch).values(
            person_id=person_id, item_id=item_id, level=AUTOMATIC[reason], reason=reason, is_chosen=False, since=at
        )
        strength = case(RANK, value=Watch.reason.cast(String), else_=-1)
        db.session.execute(
            made.on_conflict_do_update(
                index_elements=[Watch.person_id, Watch.item_id],
                set_={
                    "reason": made.excluded.reason,
                    "level": case((Watch.is_chosen, Watch.level), else_=made.excluded.level),
                },
                where=strength < RANK[reason.value],
            )
        )


def choose(person: Person, item: Item, level: WatchLevel | None) -> None:
    """Watch an item at a level; None takes the choice back. Use inside `transaction()`."""
    if level is None:
        _unchoose(person, item)
        return
    made = insert(Watch).values(
        person_id=person.id, item_id=item.id, level=level, reason=None, is_chosen=True, since=now()
    )
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=[Watch.person_id, Watch.item_id], set_={"level": made.excluded.level, "is_chosen": True}
        )
    )


def choose_for_space(person: Person, space: Space, level: WatchLevel | None) -> None:
    """Watch everything in a space at a level; None takes the choice back. Use inside `transaction()`."""
    if level is None:
        gone = delete(WatchSpace).where(WatchSpace.person_id == person.id, WatchSpace.space_id == space.id)
        db.session.execute(gone)
        return
    made = insert(WatchSpace).values(person_id=person.id, space_id=space.id, level=level)
    db.session.execute(
        made.on_conflict_do_update(
            index_elements=[WatchSpace.person_id, WatchSpace.space_id], set_={"level": made.excluded.level}
        )
    )


def _unchoose(person: Person, item: Item) -> None:
    """Go back to what came about by itself; where nothing did, nothing is left."""
    own = (Watch.person_id == person.id, Watch.item_id == item.id)
    db.session.execute(delete(Watch).where(*own, Watch.reason.is_(None)))
    level = case(
        *(
            (Watch.reason == reason, literal(by_itself, type_=Watch.level.type))
            for reason, by_itself in AUTOMATIC.items()
        ),
        else_=Watch.level,
    )
    db.session.execute(
        update(Watch).where(*own).values(level=level, is_chosen=False).execution_options(synchronize_session=False)
    )


def carry(from_item_id: int, to_item_id: int, *, at: datetime) -> None:
    """Let those who watch an item watch what goes on from it: at the level they chose, or because they heard everything of it.

    Use inside `transaction()`, while both are held.
    """
    reason = case((Watch.is_chosen, literal(None, type_=Watch.reason.type)), else_=WatchReason.CARRIED)
    carried = select(
        Watch.person_id, literal(to_item_id), Watch.level, reason, Watch.is_chosen, literal(at, type_=Watch.since.type)
    ).where(Watch.item_id == from_item_id, or_(Watch.is_chosen, Watch.level == WatchLevel.EVERYTHING))
    columns = ["person_id", "item_id", "level", "reason", "is_chosen", "since"]
    db.session.execute(insert(Watch).from_select(columns, carried).on_conflict_do_nothing())
