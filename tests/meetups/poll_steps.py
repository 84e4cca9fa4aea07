"""Steps that tests of date polls share."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import local, now
from forum.meetups.actions.details import Details
from forum.meetups.models import Rsvp
from forum.meetups.polls import actions, deciding
from forum.meetups.polls.actions import Asked, Proposed
from forum.meetups.polls.models import DateOption, DatePoll, DateVote, Vote
from forum.meetups.recurrence import Plan
from forum.people.models import Person
from forum.spaces.models import Item
from tests.content.steps import standing

LONDON = "Europe/London"


def days_ahead(number: int, clock: time | None = None) -> Proposed:
    """Return a day so many days from now, with a time or without."""
    day = local(now(), LONDON).date() + timedelta(days=number)
    return Proposed(start=datetime.combine(day, clock or time()), has_time=clock is not None)


def opened(by: Person, *proposed: Proposed, title: str = "Planning", **others: object) -> DatePoll:
    """Open a poll, in three, four and five days at ten unless days are given."""
    days = proposed or [days_ahead(number, time(10)) for number in (3, 4, 5)]
    asked = Asked(title=title, zone=LONDON, minutes=60, **others)  # type: ignore[arg-type]
    with transaction():
        return actions.open_poll(standing(by), asked, list(days))[0]


def days_of(poll: DatePoll) -> list[DateOption]:
    """Return the days of a poll, in order."""
    with transaction():
        return list(actions.options_of(poll.id))


def say(person: Person, poll: DatePoll, said: Mapping[int, Vote]) -> int:
    """Answer, and return for how many days there is no answer any more."""
    with transaction():
        return actions.answer(standing(person), poll.id, said)


def said_by(poll: DatePoll) -> dict[tuple[int, int], Vote]:
    """Return all answers, by day and person."""
    rows = db.session.scalars(select(DateVote).join(DateOption).where(DateOption.poll_id == poll.id))
    return {(one.option_id, one.person_id): one.answer for one in rows}


def decide(by: Person, poll: DatePoll, option: DateOption, *, seats: int | None = None) -> int | None:
    """Plan the meetup on a day of the poll and return its date's key."""
    with transaction():
        start = option.local_start if option.has_time else option.local_start.replace(hour=10)
        item = db.session.get_one(Item, poll.id)
        plan = Plan(start=start, zone=LONDON, minutes=60)
        details = Details(title=item.title, place="Room 2", room_seats=seats)
        one = deciding.decide(standing(by), poll.id, option.id, plan=plan, details=details)
        return one.id if one else None


def answers_to(occurrence_id: int | None) -> dict[int, tuple[str, int | None]]:
    """Return what became of people on a date: the answer and the seat."""
    rows = db.session.scalars(select(Rsvp).where(Rsvp.occurrence_id == occurrence_id))
    return {one.person_id: (one.status.value, one.seat_no) for one in rows}
