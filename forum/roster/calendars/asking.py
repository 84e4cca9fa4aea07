"""When somebody is away, as a calendar file says it: read by a child process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from forum.core.calendars.asking import ask
from forum.core.halves import Half, Span


@dataclass(frozen=True)
class Time:
    """A time away as a calendar has it. `people` take part; with none of them, `owner` may be whose it is."""

    uid: str
    span: Span
    people: Sequence[str]
    owner: str


@dataclass(frozen=True)
class CalendarRead:
    """What a calendar says, and how many of its events weren't used, by why."""

    times: Sequence[Time]
    unused: Mapping[str, int]


def read_calendar(data: bytes, *, zone: str, midday: time, today: date) -> CalendarRead:
    """Return what the calendar says. Raises Unreadable."""
    answer = ask("forum.roster.calendars.child", zone, midday.isoformat(), today.isoformat(), data=data)
    return CalendarRead(
        [_time(*one) for one in answer["found"]], {str(why): int(number) for why, number in answer["unused"].items()}
    )


def _time(uid: str, first: int, last: int, addresses: list[str]) -> Time:
    is_owned = addresses[:1] == [""]
    return Time(
        uid=uid,
        span=Span(Half(first), Half(last)),
        people=() if is_owned else tuple(addresses),
        owner=addresses[1] if is_owned and len(addresses) > 1 else "",
    )
