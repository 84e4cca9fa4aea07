"""What lists say of dates that have been: how many were there, whether there are minutes, and which say something."""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from forum.meetups.day.models import Attendance, Decision, Minutes, MinutesVersion
from forum.meetups.models import Occurrence


def how_many_were_there() -> Any:  # noqa: ANN401  # a column
    """Return the column of how many were there on a date."""
    counted = select(func.count()).select_from(Attendance).where(Attendance.occurrence_id == Occurrence.id)
    return counted.correlate(Occurrence).scalar_subquery()


def has_minutes() -> ColumnElement[bool]:
    """Return the condition that everybody who sees a date reads its minutes."""
    published = exists().where(Minutes.occurrence_id == Occurrence.id, Minutes.published_at.is_not(None))
    return published.correlate(Occurrence)


def says(words: str) -> ColumnElement[bool]:
    """Return the condition that a date is called so, or says so in what everybody reads: published minutes and decisions (A5)."""
    latest = and_(
        MinutesVersion.occurrence_id == Occurrence.id,
        MinutesVersion.version == Minutes.version,
        MinutesVersion.source.icontains(words, autoescape=True),
    )
    written = exists().where(Minutes.occurrence_id == Occurrence.id, Minutes.published_at.is_not(None), latest)
    decided = exists().where(
        Decision.occurrence_id == Occurrence.id,
        Decision.removed_at.is_(None),
        Decision.words.icontains(words, autoescape=True),
    )
    return or_(
        Occurrence.title.icontains(words, autoescape=True),
        written.correlate(Occurrence),
        and_(has_minutes(), decided.correlate(Occurrence)),
    )
