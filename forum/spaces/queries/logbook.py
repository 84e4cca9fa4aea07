"""Reads of the log: a page by its place in time, for one reader."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased, joinedload

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, LogAudience, LogEntry, Space
from forum.spaces.queries.visible import visible_items

LINES = 40


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as somebody may read it. `item` is None when they may not see it (any more)."""

    entry: LogEntry
    item: Item | None


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Lines, newest first; `older` and `newer` are the ids to go on from, None at an end."""

    lines: Sequence[Line]
    older: int | None
    newer: int | None


def log_page(
    space: Space, reader: Person, *, keeps: bool, before: int | None = None, after: int | None = None
) -> LogPage:
    """Return the page that ends before, or begins after, the entry of that id; else the newest. Three queries at most.

    Who keeps the space (organisers) reads their audience too. Lines of things that a member may not see are left out; an
    organiser reads what was done, without the thing's title (A3).
    """
    shown = aliased(Item)
    seen = select(Item.id).where(Item.space_id == space.id, visible_items(reader, now()))
    audiences = [LogAudience.MEMBERS, LogAudience.ORGANISERS] if keeps else [LogAudience.MEMBERS]
    readable = and_(
        LogEntry.space_id == space.id,
        LogEntry.audience.in_(audiences),
        *([] if keeps else [or_(LogEntry.item_id.is_(None), LogEntry.item_id.in_(seen))]),
    )
    query = (
        select(LogEntry, shown)
        .outerjoin(shown, and_(shown.id == LogEntry.item_id, shown.id.in_(seen)))
        .options(joinedload(LogEntry.actor), joinedload(LogEntry.person), joinedload(LogEntry.on_behalf_of))
        .where(readable)
    )
    upward = after is not None
    place = _place(space, after if upward else before)
    if place is not None:
        query = query.where(_later(place) if upward else _earlier(place))
    order = (LogEntry.at.asc(), LogEntry.id.asc()) if upward else (LogEntry.at.desc(), LogEntry.id.desc())
    rows = [Line(entry=entry, item=item) for entry, item in db.session.execute(query.order_by(*order).limit(LINES + 1))]
    more, rows = len(rows) > LINES, rows[:LINES]
    if upward:
        rows.reverse()
    first, last = (rows[0].entry.id, rows[-1].entry.id) if rows else (None, None)
    if upward:
        return LogPage(lines=rows, newer=first if more else None, older=last)
    return LogPage(lines=rows, newer=first if place is not None else None, older=last if more else None)


def _place(space: Space, entry_id: int | None) -> LogEntry | None:
    if entry_id is None:
        return None
    return db.session.scalar(select(LogEntry).where(LogEntry.id == entry_id, LogEntry.space_id == space.id))


def _earlier(place: LogEntry) -> ColumnElement[bool]:
    return or_(LogEntry.at < place.at, and_(LogEntry.at == place.at, LogEntry.id < place.id))


def _later(place: LogEntry) -> ColumnElement[bool]:
    return or_(LogEntry.at > place.at, and_(LogEntry.at == place.at, LogEntry.id > place.id))


def changed_settings(space: Space) -> set[str]:
    """Return which settings of a space were ever changed, as `describe` names them, as far as the log goes back."""
    query = select(LogEntry.details).where(LogEntry.space_id == space.id, LogEntry.verb == "changed space")
    return {name for details in db.session.scalars(query) for name in details.get("parts", "").split()}
