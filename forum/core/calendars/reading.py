"""The events of an iCalendar file, and what is the same whatever is looked for. Runs in the child process."""

from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar

MOST_EVENTS = 3_000
A_DAY = timedelta(days=1)


class Unread(Exception):  # it is what happened
    """An event, or the file, can't be used; `why` is a short word."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def events_in(data: bytes) -> list[Any]:
    """Return the events of a file. Raises Unread when it is no calendar, or too much."""
    text = _text(data)
    if "BEGIN:VCALENDAR" not in text.upper():
        raise Unread("none")
    if text.upper().count("BEGIN:VEVENT") > MOST_EVENTS:
        raise Unread("many")
    try:
        return [event for one in Calendar.from_ical(text, multiple=True) for event in one.walk("VEVENT")]
    except Exception as error:  # the library raises what it likes
        raise Unread("broken") from error


def _text(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", errors="replace")
    return data.decode("utf-8-sig", errors="replace")


def start_of(event: Any) -> Any:  # noqa: ANN401  # a date or a datetime
    """Return when an event begins. Raises Unread."""
    found = event.get("DTSTART")
    if found is None or isinstance(found, list):
        raise Unread("nonsense")
    return found.dt


def length_of(event: Any) -> timedelta:  # noqa: ANN401  # an event of the library
    """Return how long an event takes, by the wall; nothing where it doesn't say. Raises Unread."""
    start, end, lasts = start_of(event), event.get("DTEND"), event.get("DURATION")
    if end is not None:
        if isinstance(end.dt, datetime) != isinstance(start, datetime):
            raise Unread("nonsense")
        length = wall_of(end.dt, start) - wall_of(start, start)
    elif lasts is not None:
        length = lasts.dt
    else:
        length = A_DAY if not isinstance(start, datetime) else timedelta(0)
    if length < timedelta(0) or (length == timedelta(0) and not isinstance(start, datetime)):
        raise Unread("nonsense")
    return timedelta(days=length.days, seconds=length.seconds)


def wall_of(moment: Any, like: Any) -> Any:  # noqa: ANN401  # dates or datetimes
    """Return a moment as the clock shows it where `like` is."""
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is not None and like.tzinfo is not None:
        moment = moment.astimezone(like.tzinfo)
    return moment.replace(tzinfo=None)


def listed(event: Any, name: str) -> list[Any]:  # noqa: ANN401  # an event of the library
    """Return the dates of a property that may come several times, such as EXDATE."""
    found = event.get(name)
    lists = found if isinstance(found, list) else [found] if found is not None else []
    return [one.dt for some in lists for one in some.dts]
