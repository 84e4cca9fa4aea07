"""What a worker looks after: dates are made as time goes on, who left is taken off the lists, and people are reminded (C9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from forum.core.db import db, insert, lock, transaction
from forum.core.events import announce
from forum.core.time import now
from forum.meetups.actions import AHEAD, extend
from forum.meetups.actions.seating import release
from forum.meetups.day.actions.telling import tell_of_reminder
from forum.meetups.events import ReminderDue
from forum.meetups.models import (
    Answer,
    Occurrence,
    OccurrenceState,
    Reminder,
    ReminderChoice,
    Rsvp,
    Series,
    StandingRsvp,
)
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, Membership, Space

SOON = timedelta(days=30)
"""So much of AHEAD may be missing before dates are made again."""
AT_ONCE = 200
OFFSETS = {
    "week_before": timedelta(days=7),
    "day_before": timedelta(days=1),
    "hours_before": timedelta(hours=2),
}
"""When people can be reminded, by the column that says whether they want to be."""


def make_dates() -> None:
    """Make the dates of series that are missing in the eighteen months ahead."""
    waiting = select(Series.id).join(Item, Item.id == Series.id).join(Space, Space.id == Item.space_id)
    waiting = waiting.where(
        Space.archived_at.is_(None),
        Series.rhythm != Rhythm.ONCE,
        Series.made_to < now() + AHEAD - SOON,
    )
    for series_id in db.session.scalars(waiting.order_by(Series.id)).all():
        with transaction():
            if lock(Item, series_id) is not None:
                extend(db.session.get_one(Series, series_id, populate_existing=True), at=now())


def let_go() -> None:
    """Take those who belong to a space no more off the lists of its meetups, so that others have their seats, and none is host (A3)."""
    for series_id, person_id in _gone():
        with transaction():
            if lock(Item, series_id) is not None:
                release(person_id, series_id, at=now())
    for series_id, person_id in _hosts_gone():
        with transaction():
            series = db.session.get(Series, series_id, populate_existing=True) if lock(Item, series_id) else None
            if series is not None and series.host_id == person_id:
                series.host_id = None


def _hosts_gone() -> Sequence[tuple[int, int]]:
    """Return who hosts what in a space to which they belong no more: made host in the moment in which they left."""
    belongs = exists().where(
        Membership.space_id == Item.space_id, Membership.person_id == Series.host_id, Membership.ended_at.is_(None)
    )
    query = select(Series.id, Series.host_id).join(Item, Item.id == Series.id)
    rows = db.session.execute(query.where(Series.host_id.is_not(None), ~belongs).order_by(Series.id))
    return [(series_id, person_id) for series_id, person_id in rows if person_id is not None]


def _gone() -> Sequence[tuple[int, int]]:
    belongs = exists().where(
        Membership.space_id == Item.space_id, Membership.person_id == Person.id, Membership.ended_at.is_(None)
    )
    is_gone = or_(~belongs, Person.state != PersonState.ACTIVE)
    single = (
        select(Item.id, Person.id)
        .join(Occurrence, Occurrence.series_id == Item.id)
        .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
        .join(Person, Person.id == Rsvp.person_id)
        .where(Occurrence.starts_at > now(), is_gone)
    )
    always = (
        select(Item.id, Person.id)
        .join(StandingRsvp, StandingRsvp.series_id == Item.id)
        .join(Person, Person.id == StandingRsvp.person_id)
        .where(is_gone)
    )
    found = {(item, person) for query in (single, always) for item, person in db.session.execute(query)}
    return sorted(found)


def remind() -> bool:
    """Announce reminders that are due, each once, whoever asks how often. One that missed its time goes out while it is of use."""
    due = [(before, _due(column, before, at=now())) for column, before in OFFSETS.items()]
    for before, rows in due:
        if rows:
            with transaction():
                for one, rsvp in rows:
                    _announce_once(one, rsvp, before=before)
    return any(rows for _before, rows in due)


def _due(column: str, before: timedelta, *, at: datetime) -> Sequence[tuple[Occurrence, Rsvp]]:
    """Return the dates that are so near, and the answers of those who want to be reminded so long before and weren't yet."""
    minutes = before // timedelta(minutes=1)
    wants = getattr(ReminderChoice, column)
    told = exists().where(
        Reminder.occurrence_id == Occurrence.id,
        Reminder.person_id == Rsvp.person_id,
        Reminder.minutes_before == minutes,
        Reminder.sequence == Occurrence.moves,
    )
    wanted = or_(wants, ReminderChoice.person_id.is_(None)) if column == "day_before" else wants
    query = (
        select(Occurrence, Rsvp)
        .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
        .outerjoin(ReminderChoice, ReminderChoice.person_id == Rsvp.person_id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Space.archived_at.is_(None),
            Occurrence.starts_at > at,
            Occurrence.starts_at <= at + before,
            Occurrence.state == OccurrenceState.PLANNED,
            Rsvp.status.in_([Answer.GOING, Answer.MAYBE]),
            wanted,
            ~told,
        )
        .order_by(Occurrence.id, Rsvp.person_id)
        .limit(AT_ONCE)
    )
    return [(one, rsvp) for one, rsvp in db.session.execute(query)]


def _announce_once(one: Occurrence, rsvp: Rsvp, *, before: timedelta) -> None:
    """Remind somebody, but not who has only just answered: they know."""
    minutes = before // timedelta(minutes=1)
    values = {
        "occurrence_id": one.id,
        "person_id": rsvp.person_id,
        "minutes_before": minutes,
        "sequence": one.moves,
        "at": now(),
    }
    made = db.session.scalar(
        insert(Reminder).values(**values).on_conflict_do_nothing().returning(Reminder.occurrence_id)
    )
    if made is not None and rsvp.at <= one.starts_at - before:
        announce(
            ReminderDue(
                item_id=one.series_id,
                occurrence_id=one.id,
                person_id=rsvp.person_id,
                minutes_before=minutes,
                moves=one.moves,
            )
        )
        tell_of_reminder(one, rsvp.person_id, minutes_before=minutes)
