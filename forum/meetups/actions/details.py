"""What a meetup is besides its time, and which plans are taken. What was typed is checked here, whoever calls."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from forum.core.errors import Invalid
from forum.core.markup import Rendered
from forum.core.text import one_line
from forum.core.time import is_zone
from forum.meetups.models import ACCESS_LENGTH, LINK_LENGTH, PLACE_LENGTH
from forum.meetups.recurrence import Clock, Plan, clock_at, first_slots, fits_its_start, instant
from forum.spaces.models import TITLE_LENGTH
from forum.web.words import _

MOST_DATES = 500
MOST_SEATS = 5000
MOST_EVERY = 12
LONGEST = timedelta(days=1)
FARTHEST = timedelta(days=3653)
FIRST_DAY = datetime(1990, 1, 1)  # noqa: DTZ001  # on any wall
WHOLE_ADDRESS = ("http", "https")


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a meetup is called, where it is, for how many, and who hosts it: a person or a duty. Seats None: for as many as come."""

    title: str
    place: str = ""
    access: str = ""
    confirmed_on: date | None = None
    link: str = ""
    room_seats: int | None = None
    online_seats: int | None = None
    host_id: int | None = None
    host_duty_id: int | None = None
    about: Rendered | None = None


def checked_details(details: Details) -> Details:
    """Return details as they are kept. Raises Invalid, naming the fields of `forum.meetups.forms`."""
    title, place, link = one_line(details.title), one_line(details.place), details.link.strip()
    access = "\n".join(map(one_line, details.access.splitlines()))
    problems: dict[str, list[str]] = {}
    if not title:
        problems["title"] = [_("Give it a name, such as “Show and tell”.")]
    elif len(title) > TITLE_LENGTH:
        problems["title"] = [_("Keep it under %(most)s characters.", most=TITLE_LENGTH)]
    if len(place) > PLACE_LENGTH:
        problems["place"] = [_("Keep it under %(most)s characters.", most=PLACE_LENGTH)]
    if len(access) > ACCESS_LENGTH:
        problems["access"] = [_("Keep it under %(most)s characters.", most=ACCESS_LENGTH)]
    if link and not is_link(link):
        problems["link"] = [_("Give the whole address, beginning with https://.")]
    for name, seats in (("room_seats", details.room_seats), ("online_seats", details.online_seats)):
        if seats is not None and not 1 <= seats <= MOST_SEATS:
            problems[name] = [_("Between 1 and %(most)s, or leave it empty for no limit.", most=MOST_SEATS)]
    if problems:
        raise Invalid(problems)
    return replace(details, title=title, place=place, link=link, access=access)


def is_link(link: str) -> bool:
    """Say whether a joining link leads to a web page: http(s), printable, no longer than is kept."""
    if len(link) > LINK_LENGTH or not link.isprintable() or any(char.isspace() for char in link):
        return False
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    return parts.scheme in WHOLE_ADDRESS and bool(parts.hostname)


def checked_plan(plan: Plan, *, at: datetime, may_be_past: bool = False) -> Plan:
    """Return the plan if it can be kept. Raises Invalid, naming the fields of `forum.meetups.forms` (C4)."""
    if not is_zone(plan.zone):
        raise Invalid({"zone": [_("There is no such time zone. Pick one of the list.")]})
    if not 1 <= plan.minutes <= LONGEST // timedelta(minutes=1):
        raise Invalid({"ends": [_("It ends before it starts. Pick a later end, within a day.")]})
    require_near(plan.start, at=at)
    require_clock(plan.start, plan.zone)
    if not may_be_past and instant(plan.start, plan.zone, fold=plan.fold) <= at:
        raise Invalid({"day": [_("That time has passed. Pick a later one.")]})
    if plan.comes_back:
        _check_rule(plan)
        return plan
    return replace(plan, every=1, until=None, count=None)


def require_near(local: datetime, *, at: datetime) -> None:
    """Refuse a day that is too far away, first of all: the farthest ones are no instant in some zones. Raises Invalid for `day`."""
    if local < FIRST_DAY or local.year - at.year > FARTHEST.days // 365:
        raise Invalid({"day": [_("That is too far away. Pick a day within ten years.")]})


def require_clock(local: datetime, zone: str) -> None:
    """Refuse a time that clocks jump over on that day. Raises Invalid for `time` (C4)."""
    if clock_at(local, zone) is Clock.SKIPPED:
        raise Invalid({"time": [_("Clocks go forward on that day, and this time never comes. Pick another one.")]})


def _check_rule(plan: Plan) -> None:
    if plan.fold and clock_at(plan.start, plan.zone) is Clock.DOUBLED:
        raise Invalid(
            {"time": [_("A series can’t begin in the second of two equal times. Take the first one, or another day.")]}
        )
    if not 1 <= plan.every <= MOST_EVERY:
        raise Invalid({"every": [_("Between 1 and %(most)s.", most=MOST_EVERY)]})
    if plan.until is not None and plan.count is not None:
        raise Invalid({"until": [_("Give a last day or a number of dates, not both.")]})
    if plan.until is not None and not timedelta() <= plan.until - plan.start.date() <= FARTHEST:
        raise Invalid({"until": [_("Pick a last day after the first one, within ten years.")]})
    if plan.count is not None and not 1 <= plan.count <= MOST_DATES:
        raise Invalid({"count": [_("Between 1 and %(most)s dates. Leave it empty to go on.", most=MOST_DATES)]})
    if not fits_its_start(plan):
        first = first_slots(replace(plan, until=None, count=None), most=1)
        day = first[0].original.strftime("%d.%m.%Y") if first else ""
        raise Invalid({"day": [_("The first day is not one of these dates. The next one is %(day)s.", day=day)]})
