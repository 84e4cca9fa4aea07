"""When a request that nobody took is taken further: in the daytime of the space's working days. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from forum.core.halves import Span, begins
from forum.core.time import local
from forum.notify.rhythm import working_moment
from forum.people.models import Person
from forum.spaces.models import Space

MORNING, EVENING = time(9), time(17)
BACK_AT = time(8)
"""When who comes back reads what happened."""
PATIENCE = timedelta(days=1)
"""How long colleagues have to answer, when there is time."""
HASTE = timedelta(hours=2)
"""How long they have when the cover begins within two days, or should have begun."""
SATURDAY = 5
A_DAY = timedelta(days=1)


def first_step(space: Space, span: Span, *, at: datetime) -> datetime:
    """Return when a request made at `at` is taken further, if nobody has taken it by then."""
    is_near = begins(span.first, zone=space.zone, midday=space.midday) - at < 2 * PATIENCE
    return in_daytime(at + (HASTE if is_near else PATIENCE), space.zone)


def in_daytime(at: datetime, zone: str) -> datetime:
    """Return `at` when it is by day and on a working day in `zone`, else the next morning that is."""
    there = local(at, zone)
    if is_daytime(at, zone):
        return at
    day = there.date() if there.time() < MORNING else there.date() + A_DAY
    while day.weekday() >= SATURDAY:
        day += A_DAY
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(at.tzinfo)


def back_at_work(person: Person, span: Span) -> datetime:
    """Return the morning of somebody's first working day after an absence."""
    return working_moment(person, datetime.combine(span.last_day + A_DAY, BACK_AT, ZoneInfo(person.zone)))


def is_daytime(at: datetime, zone: str) -> bool:
    """Whether it is by day and on a working day there."""
    there = local(at, zone)
    return there.weekday() < SATURDAY and MORNING <= there.time() < EVENING
