"""A date poll becomes a meetup, or moves a date of one: once, whoever presses how often (C8)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.meetups.actions import changing, schedule, seating
from forum.meetups.actions.changing import Change
from forum.meetups.actions.details import Details
from forum.meetups.models import Answer, Occurrence, Rsvp, Series
from forum.meetups.polls.actions import hold_any
from forum.meetups.polls.events import DatePollDecided
from forum.meetups.polls.models import DateOption, DatePoll, DateVote, Vote
from forum.meetups.recurrence import Plan, instant, on_wall
from forum.people.models import Person, PersonState
from forum.spaces.feature import away_on
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, Membership
from forum.spaces.policy import Can
from forum.spaces.queries.suspended import is_suspended
from forum.web.words import _

BECOMES = {Vote.YES: Answer.GOING, Vote.IF_NEED_BE: Answer.MAYBE, Vote.NO: Answer.NO}


def decide(
    here: Here, poll_id: int, option_id: int, *, plan: Plan, details: Details, at: datetime | None = None
) -> Occurrence | None:
    """Plan the meetup on a day of the poll, let everybody take part as they answered, and tell them.

    Decided already, it gives back the date that came of it, None when that is gone. Raises Missing, Denied, Invalid, RuleBroken.
    """
    here, item, poll = hold_any(here, poll_id, power=Can.SCHEDULE_MEETUP)
    if poll.decided_at is not None:
        return came_of(poll)
    at, option = at or now(), _option(poll, option_id)
    if poll.moves_id is not None:
        raise RuleBroken(_("This poll moves a date of a meetup. It makes no new one."))
    if plan.zone != poll.zone or not _is_on(option, plan.start):
        raise Invalid({"day": [_("People answered for another time. Keep it, or ask again with this one.")]})
    series, _made = schedule(here, plan=plan, details=details, uid=f"{item.uuid}@baton", at=at)
    one = db.session.scalars(
        select(Occurrence).where(Occurrence.series_id == series.id).order_by(Occurrence.starts_at).limit(1)
    ).one()
    return _settle(here, item, poll, option, one, at=at)


def move(here: Here, poll_id: int, option_id: int, *, at: datetime | None = None) -> Occurrence | None:
    """Move the date that the poll is about to a day of it; one without a time keeps the clock. Raises likewise."""
    here, item, poll = hold_any(here, poll_id, power=Can.SCHEDULE_MEETUP)
    if poll.decided_at is not None:
        return came_of(poll)
    at, option = at or now(), _option(poll, option_id)
    one = db.session.get(Occurrence, poll.moves_id) if poll.moves_id else None
    if one is None:
        raise RuleBroken(_("The date that this poll was to move is gone. Plan a meetup from it instead."))
    series = db.session.get_one(Series, one.series_id)
    clock = option.local_start.time() if option.has_time else one.local_start.time()
    start = datetime.combine(option.local_start.date(), clock)
    if option.has_time:  # people answered for an instant; the meetup may have another zone since
        start = on_wall(instant(start, poll.zone), one.zone)
    change = Change(
        start=start.replace(fold=0),
        fold=start.fold,
        minutes=one.minutes,
        title=one.title,
        topic=one.topic,
        place=series.place if one.place is None else one.place,
        link=series.link if one.link is None else one.link,
        room_seats=one.room_seats,
        online_seats=one.online_seats,
    )
    changing.change_one(here, series.id, one.id, change, at=at)
    return _settle(here, item, poll, option, one, at=at)


def came_of(poll: DatePoll) -> Occurrence | None:
    """Return the date that came of a poll."""
    return db.session.get(Occurrence, poll.occurrence_id) if poll.occurrence_id else None


def _settle(here: Here, item: Item, poll: DatePoll, option: DateOption, one: Occurrence, *, at: datetime) -> Occurrence:
    before, away = _coming(one), away_at(here, one)
    said = [
        (person_id, Answer.NO if person_id in away else answer)
        for person_id, answer in _said(option, here.space.id, at=at)
    ]
    seating.take_over(one, db.session.get_one(Series, one.series_id), said, at=at)
    poll.decided_at, poll.occurrence_id, option.is_chosen = at, one.id, True
    db.session.flush()
    announce(
        DatePollDecided(
            actor_id=here.actor.id, item_id=item.id, occurrence_id=one.id, gave_up=sorted(before - _coming(one))
        )
    )
    record("decided date poll", actor=here.actor, space=here.space, item=item, at=at, day=str(one.local_start.date()))
    return one


def away_at(here: Here, one: Occurrence) -> frozenset[int]:
    """Return which members are away when a date takes place, as far as who decides may know: they get no seat, whatever they said."""
    last = one.ends_at - timedelta(microseconds=1)
    span = Span(*(half_at(each, zone=here.space.zone, midday=here.space.midday) for each in (one.starts_at, last)))
    return frozenset(key for key, times in away_on(here, span).items() if any(each.within(span) for each in times))


def _coming(one: Occurrence) -> set[int]:
    coming = Rsvp.status.in_([Answer.GOING, Answer.WAITING, Answer.MAYBE])
    return set(db.session.scalars(select(Rsvp.person_id).where(Rsvp.occurrence_id == one.id, coming)))


def _option(poll: DatePoll, option_id: int) -> DateOption:
    if poll.cancelled_at is not None:
        raise RuleBroken(_("This poll was cancelled. Let it go on first."))
    option = db.session.get(DateOption, option_id, populate_existing=True)
    if option is None or option.poll_id != poll.id:
        raise RuleBroken(_("That day is no longer offered. Choose another one."))
    return option


def _is_on(option: DateOption, start: datetime) -> bool:
    return start == option.local_start if option.has_time else start.date() == option.local_start.date()


def _said(option: DateOption, space_id: int, *, at: datetime) -> Sequence[tuple[int, Answer]]:
    """Return what members who may come said of a day: who can before who may be able to, and who said so first before the others."""
    rows = db.session.execute(
        select(DateVote.person_id, DateVote.answer)
        .join(Person, Person.id == DateVote.person_id)
        .join(Membership, Membership.person_id == DateVote.person_id)
        .where(DateVote.option_id == option.id, Person.state == PersonState.ACTIVE)
        .where(Membership.space_id == space_id, Membership.ended_at.is_(None), ~is_suspended(Membership, at))
        .order_by(DateVote.at, DateVote.person_id)
    )
    return [(person_id, BECOMES[answer]) for person_id, answer in rows]
