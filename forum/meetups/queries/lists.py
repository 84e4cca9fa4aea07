"""Dates in a row: the agenda, the month, what comes next. One query, however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select

from forum.core.db import UtcDateTime, db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.meetups.day.queries.past import has_minutes, how_many_were_there, says
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState, Rsvp, Series
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import viewing, visible_to_viewer

PAGE = 12


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A date as lists show it. `mine` is what the reader said of it."""

    one: Occurrence
    series: Series
    ref: str
    series_title: str
    going_room: int
    going_online: int
    waiting: int
    mine: Answer | None
    there: int = 0
    """How many were there, as far as it was noted."""
    has_minutes: bool = False
    """Whether there are minutes that the reader can read."""

    @property
    def title(self) -> str:
        """What it is called on that day."""
        return self.one.title or self.series_title

    @property
    def place(self) -> str:
        """Where it is."""
        return self.series.place if self.one.place is None else self.one.place

    @property
    def is_online(self) -> bool:
        """Whether one can take part online."""
        return bool(self.series.link if self.one.link is None else self.one.link)

    @property
    def going(self) -> int:
        """How many come."""
        return self.going_room + self.going_online

    @property
    def seats_left(self) -> int | None:
        """How many seats are free in the room, None where there is no limit."""
        seats = self.one.room_seats
        return None if seats is None else max(0, seats - self.going_room)


def upcoming(here: Here, *, after: int | None = None, size: int = PAGE) -> Sequence[Listed]:
    """Return what is to come or under way, cancelled dates too, from the one with the key `after` on; one more than `size`."""
    query = _dates().where(Occurrence.ends_at > bindparam("at", type_=UtcDateTime)).where(_not_paused())
    query = query.order_by(Occurrence.starts_at, Occurrence.id).limit(size + 1)
    if after is not None:
        edge = select(Occurrence.starts_at).where(Occurrence.id == after).scalar_subquery()
        query = query.where(or_(Occurrence.starts_at > edge, and_(Occurrence.starts_at == edge, Occurrence.id > after)))
    return _listed(here, query, at=now())


def past(here: Here, *, before: int | None = None, size: int = PAGE, words: str = "") -> Sequence[Listed]:
    """Return what has been, the latest first, before the one with the key `before`; one more than `size`.

    With `words`, only what is called so, or says so in its published minutes or decisions.
    """
    query = _dates().where(Occurrence.ends_at <= bindparam("at", type_=UtcDateTime)).where(_not_paused())
    query = query.order_by(Occurrence.starts_at.desc(), Occurrence.id.desc()).limit(size + 1)
    if before is not None:
        edge = select(Occurrence.starts_at).where(Occurrence.id == before).scalar_subquery()
        query = query.where(
            or_(Occurrence.starts_at < edge, and_(Occurrence.starts_at == edge, Occurrence.id < before))
        )
    if words:
        query = query.where(or_(Item.title.icontains(words, autoescape=True), says(words)))
    return _listed(here, query, at=now())


def in_month(here: Here, *, first: datetime, last: datetime) -> Sequence[Listed]:
    """Return what takes place between two moments."""
    query = _dates().where(Occurrence.starts_at >= first, Occurrence.starts_at < last).where(_not_paused())
    return _listed(here, query.order_by(Occurrence.starts_at, Occurrence.id))


def series_dates(here: Here, series: Series, *, size: int = PAGE) -> Sequence[Listed]:
    """Return the next dates of one meetup, in a pause too; one more than `size`."""
    query = _dates().where(Occurrence.series_id == series.id, Occurrence.ends_at > bindparam("at", type_=UtcDateTime))
    return _listed(here, query.order_by(Occurrence.starts_at, Occurrence.id).limit(size + 1), at=now())


def next_for(here: Here) -> Listed | None:
    """Return the next date that takes place, or takes place now."""
    at = now()
    query = (
        _dates()
        .where(Occurrence.ends_at > bindparam("at", type_=UtcDateTime), Occurrence.state == OccurrenceState.PLANNED)
        .order_by(Occurrence.starts_at, Occurrence.id)
        .limit(1)
    )
    return next(iter(_listed(here, query, at=at)), None)


def has_met(space_id: int, *, at: datetime) -> bool:
    """Say whether a meetup of a space has been held: one that took place is over."""
    held = (
        select(Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(Item.space_id == space_id, Occurrence.state == OccurrenceState.PLANNED, Occurrence.ends_at <= at)
    )
    return db.session.scalar(held.limit(1)) is not None


def _not_paused() -> Any:  # noqa: ANN401  # a condition of SQLAlchemy
    return Occurrence.state != OccurrenceState.PAUSED


def _listed(here: Here, query: Select[*tuple[Any, ...]], **values: object) -> list[Listed]:
    rows = db.session.execute(query, {**viewing(here.actor, now()), "space_id": here.space.id, **values}).all()
    return [
        Listed(
            one=one,
            series=series,
            ref=ref,
            series_title=title,
            going_room=room or 0,
            going_online=online or 0,
            waiting=waiting or 0,
            mine=Answer(mine) if mine else None,
            there=there or 0,
            has_minutes=bool(has_minutes),
        )
        for one, series, ref, title, room, online, waiting, mine, there, has_minutes in rows
    ]


@prepared
def _dates() -> Select[*tuple[Any, ...]]:
    def how_many(*conditions: Any) -> Any:  # noqa: ANN401  # conditions of SQLAlchemy
        counted = select(func.count()).select_from(Rsvp).where(Rsvp.occurrence_id == Occurrence.id, *conditions)
        return counted.correlate(Occurrence).scalar_subquery()

    mine = select(Rsvp.status).where(Rsvp.occurrence_id == Occurrence.id, Rsvp.person_id == bindparam("viewer_id"))
    return (
        select(
            Occurrence,
            Series,
            Item.ref,
            Item.title,
            how_many(Rsvp.status == Answer.GOING, Rsvp.mode == Mode.ROOM),
            how_many(Rsvp.status == Answer.GOING, Rsvp.mode == Mode.ONLINE),
            how_many(Rsvp.status == Answer.WAITING),
            mine.correlate(Occurrence).scalar_subquery(),
            how_many_were_there(),
            has_minutes(),
        )
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .where(Item.space_id == bindparam("space_id"), visible_to_viewer())
    )
