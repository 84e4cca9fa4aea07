"""What a copied space carries of its meetups: what they are and how often, without a host, a room, a link or anybody's answer (F1).

Dates are made anew in the copy, as its months say (F3).
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.lineage import Copy, Policy, never
from forum.core.time import now
from forum.meetups.actions import extend
from forum.meetups.actions.details import FARTHEST, checked_plan
from forum.meetups.day.clone import NEVER
from forum.meetups.growing import FOLLOWER
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.meetups.recurrence import Clock, Plan, Rhythm, clock_at, fits_its_start, place_in_month, slots
from forum.meetups.words import date_words, rhythm_words
from forum.spaces.copied import Cloner, Part, Row, Rows, Start
from forum.web.words import _, _l, _n

YEAR = 366

POLICY: Policy = {
    "meetup_series": {
        "id": Copy.REPOINT,
        "uid": Copy.BLANK,
        "local_start": Copy.COPY,
        "fold": Copy.BLANK,
        "zone": Copy.COPY,
        "minutes": Copy.COPY,
        "rhythm": Copy.COPY,
        "every": Copy.COPY,
        "until_day": Copy.BLANK,
        "count": Copy.BLANK,
        "sequence": Copy.BLANK,
        "continues_id": Copy.BLANK,
        "place": Copy.COPY,
        "access": Copy.COPY,
        "confirmed_on": Copy.BLANK,
        "link": Copy.BLANK,
        "room_seats": Copy.COPY,
        "online_seats": Copy.COPY,
        "host_id": Copy.BLANK,
        "host_duty_id": Copy.BLANK,
        "about": Copy.COPY,
        "about_html": Copy.COPY,
        "renderer": Copy.COPY,
        "changed_at": Copy.BLANK,
        "made_to": Copy.BLANK,
        "paused_at": Copy.BLANK,
        "paused_until": Copy.BLANK,
        "ended_at": Copy.BLANK,
        "end_reason": Copy.BLANK,
        "until_before": Copy.BLANK,
        "count_before": Copy.BLANK,
    },
    "occurrence": never(
        "id",
        "series_id",
        "original_local_start",
        "fold",
        "local_start",
        "zone",
        "minutes",
        "starts_at",
        "ends_at",
        "state",
        "moves",
        "reason",
        "sequence",
        "title",
        "topic",
        "place",
        "link",
        "room_seats",
        "online_seats",
        "changed_at",
    ),
    "date_poll": never(
        "id",
        "key",
        "zone",
        "minutes",
        "place",
        "link",
        "about",
        "about_html",
        "renderer",
        "answer_by",
        "moves_id",
        "occurrence_id",
        "decided_at",
        "cancelled_at",
        "reason",
        "asked_at",
        "reminded_at",
    ),
    "date_option": never("id", "poll_id", "local_start", "has_time", "is_chosen"),
    "date_vote": never("option_id", "person_id", "answer", "at"),
    "meetup_import": never("id", "ref", "person_id", "space_id", "lines", "made_at", "done_at"),
    "occurrence_talk": never("occurrence_id", "item_id", "once"),
    "rsvp": never(
        "occurrence_id",
        "person_id",
        "mode",
        "status",
        "seat_no",
        "wait_pos",
        "is_late",
        "is_standing",
        "at",
        "nonce",
        "token_hash",
    ),
    "standing_rsvp": never("series_id", "person_id", "mode", "until_day", "made_at", "said_at"),
    "reminder_choice": never("person_id", "week_before", "day_before", "hours_before"),
    "meetup_reminder": never("occurrence_id", "person_id", "minutes_before", "sequence", "at"),
    **NEVER,
}


def moved(plan: Plan, first_day: datetime) -> datetime:
    """Return the first start of a pattern from a day on: the same weekday, place in the month and time on the wall (F3)."""
    days = (first_day + timedelta(days=number) for number in range(2 * YEAR))
    starts = (datetime.combine(day, plan.start.time()) for day in days)
    return next(start for start in starts if _fits(plan, start))


def _fits(plan: Plan, start: datetime) -> bool:
    same_weekday = plan.rhythm in {Rhythm.DAY, Rhythm.LAST_DAY} or start.weekday() == plan.start.weekday()
    same_place = plan.rhythm is not Rhythm.WEEKDAY or place_in_month(start) == place_in_month(plan.start)
    same_day = plan.rhythm is not Rhythm.DAY or start.day == plan.start.day
    fits = same_weekday and same_place and same_day and fits_its_start(replace(plan, start=start))
    return fits and clock_at(start, plan.zone) is not Clock.SKIPPED


def plan_in_first_month(series: Row, start: Start) -> Plan:
    """Return a pattern as it is in the first month of the copy. Raises Invalid for one that nobody could have planned."""
    plan = Plan(
        start=series["local_start"],
        zone=series["zone"],
        minutes=series["minutes"],
        rhythm=Rhythm(series["rhythm"]),
        every=series["every"],
    )
    first = moved(plan, datetime.combine(start.first_day, plan.start.time()))
    return checked_plan(replace(plan, start=first), at=start.at, may_be_past=True)


def begin_in_first_month(series: Row, start: Start) -> None:
    """Move a pattern to the first month of the copy. Raises Invalid for one that nobody could have planned."""
    series["local_start"] = plan_in_first_month(series, start).start
    series["uid"] = f"{uuid4()}@baton"


def told_before(series: Row, start: Start) -> str:
    """Say how often it will be, from when on, and that no end of the original's comes along."""
    try:
        plan = plan_in_first_month(series, start)
    except Invalid:
        return ""
    first = next((one for one in slots(plan, before=start.at + FARTHEST) if one.starts_at > start.at), None)
    if first is None:
        return ""
    return _(
        "%(often)s at %(clock)s (%(zone)s), first on %(day)s, until you end it.",
        often=rhythm_words(plan),
        clock=f"{plan.start:%H:%M}",
        zone=plan.zone.replace("_", " "),
        day=date_words(first.local.date()),
    )


def make_dates(series_ids: Collection[int], start: Start) -> None:
    """Make the dates of the copied patterns."""
    for series_id in series_ids:
        extend(db.session.get_one(Series, series_id), at=start.at)


def leave_room(rows: Rows) -> None:
    """Leave the room behind, with how to get in and how many fit: somebody booked it for the original.

    The columns stay, so that template files from before are read: what they say of it is left out as well.
    """
    for row in rows.get("meetup_series", ()):
        row.update(place="", access="", room_seats=None, online_seats=None)


def _comes_back() -> ColumnElement[bool]:
    """Return the condition that a series has dates to come: it may be over, or all that are left cancelled."""
    ahead = exists().where(
        Occurrence.series_id == Series.id,
        Occurrence.starts_at > now(),
        Occurrence.state != OccurrenceState.CANCELLED,
    )
    return and_(
        Series.rhythm != Rhythm.ONCE,
        Series.until_day.is_(None) | (Series.until_day >= now().date()),
        Series.ended_at.is_(None) | ahead,
    )


def _goes_on() -> ColumnElement[bool]:
    """Return the condition that one with dates to come goes on from a series, as when its time changed, perhaps several times (C3)."""
    before = aliased(Series)
    going = (
        select(Series.continues_id.label("id"))
        .where(_comes_back(), Series.continues_id.is_not(None))
        .cte(recursive=True)
    )
    going = going.union(select(before.continues_id).join(going, going.c.id == before.id))
    return Series.id.in_(select(going.c.id))


CLONER = Cloner(
    parts=(
        Part(
            name="meetups",
            label=_l("Meetup patterns"),
            hint=_l("Moved to your first month, without a host, a place, seats or a link"),
            counted=lambda number: _n("one meetup pattern", "%(num)d meetup patterns", number),
            order=50,
            tables=("meetup_series",),
            kind="meetup",
            which=_comes_back,
            goes_on=_goes_on,
        ),
    ),
    mend=leave_room,
    adapt={"meetup_series": begin_in_first_month},
    arrives={"meetup_series": told_before},
    after={"meetup_series": make_dates},
    followers=(FOLLOWER,),
)
