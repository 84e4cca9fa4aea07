"""People say whether they come. Each holds the meetup's item, inside `transaction()`, so that one answer comes after the other (C7)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, or_

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import local, now
from forum.meetups.actions.seating import (
    fill,
    fill_all,
    modes_of,
    new_answer,
    rows_of,
    seat,
    seat_always,
    seat_taken,
    to_come,
)
from forum.meetups.events import StandingRsvpMade
from forum.meetups.models import Answer, Mode, Occurrence, Rsvp, Series, StandingRsvp
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _

SAID = frozenset({Answer.GOING, Answer.MAYBE, Answer.NO})
"""What people can say; that they wait comes of itself."""


def say(
    here: Here, series_id: int, occurrence_id: int, *, answer: Answer, mode: Mode, at: datetime | None = None
) -> Rsvp:
    """Answer for one date. Who is going and finds no seat waits. The same answer again changes nothing.

    Raises Missing, Denied, Invalid for `mode`, and RuleBroken for a date that is over or doesn't take place.
    """
    here, _item = hold_item(here, series_id, power=Can.TURN_UP)
    at, occurrence = at or now(), held_occurrence(series_id, occurrence_id)
    _require_open(occurrence, at=at)
    if answer not in SAID:
        raise Invalid({"answer": [_("Choose one of the list.")]})
    if answer is Answer.GOING and mode not in modes_of(occurrence, db.session.get_one(Series, series_id)):
        raise Invalid({"mode": [_("Choose how you take part.")]})
    return _answer(here.actor, occurrence, answer=answer, mode=mode, at=at)


def be_late(
    here: Here, series_id: int, occurrence_id: int, *, is_late: bool = True, at: datetime | None = None
) -> None:
    """Note that somebody who is coming comes late, or does not after all. Raises Missing, Denied, RuleBroken."""
    here, _item = hold_item(here, series_id, power=Can.TURN_UP)
    _require_open(held_occurrence(series_id, occurrence_id), at=at or now())
    rsvp = db.session.get(Rsvp, (occurrence_id, here.actor.id), populate_existing=True)
    if rsvp is None or rsvp.status is not Answer.GOING:
        raise RuleBroken(_("You have no seat on that day, so nobody waits for you."))
    rsvp.is_late = is_late
    db.session.flush()


def come_always(
    here: Here, series_id: int, *, mode: Mode, until_day: date | None = None, at: datetime | None = None
) -> None:
    """Come every time until one says no, or until a day. What was answered for single dates stays (C7).

    Raises Missing, Denied, Invalid for `mode` and `until_day`, RuleBroken when it takes place once only.
    """
    here, item = hold_item(here, series_id, power=Can.TURN_UP)
    series, at = db.session.get_one(Series, series_id, populate_existing=True), at or now()
    if not series.comes_back:
        raise RuleBroken(_("This takes place once. Answer for that day."))
    if until_day is not None and until_day < local(at, series.zone).date():
        raise Invalid({"until_day": [_("That date has passed. Pick a later one.")]})
    standing = db.session.get(StandingRsvp, (series_id, here.actor.id), populate_existing=True)
    if standing is None:
        standing = StandingRsvp(series_id=series_id, person_id=here.actor.id, made_at=at)
        db.session.add(standing)
    elif (standing.mode, standing.until_day) == (mode, until_day):
        return
    standing.mode, standing.until_day, standing.said_at = mode, until_day, at
    coming = to_come(series_id, at=at)
    too_late = [one.id for one in coming if until_day is not None and one.local_start.date() > until_day]
    _take_back_standing(here.actor.id, coming, unless=mode, but_in=too_late)
    if all(mode not in modes_of(one, series) for one in coming):
        raise Invalid({"mode": [_("Choose how you take part.")]})
    seat_always(series, [standing], coming, at=at)
    fill_all(coming, at=at)
    said = standing.version
    announce(StandingRsvpMade(actor_id=here.actor.id, item_id=item.id, person_id=here.actor.id, version=said))


def come_no_more(here: Here, series_id: int, *, at: datetime | None = None) -> None:
    """End one's standing RSVP: the seats that it took are free. Without one nothing happens. Raises Missing, Denied."""
    here, _item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    stop_coming(here.actor.id, series_id, at=at or now())


def stop_coming(person_id: int, series_id: int, *, at: datetime) -> None:
    """Let somebody come every time no more: the seats that it took are free. The item is held."""
    db.session.execute(
        delete(StandingRsvp).where(StandingRsvp.series_id == series_id, StandingRsvp.person_id == person_id)
    )
    coming = to_come(series_id, at=at)
    _take_back_standing(person_id, coming)
    fill_all(coming, at=at)


def give_up(person: Person, series_id: int, occurrence_id: int, *, at: datetime) -> None:
    """Let somebody who has a seat or waits for one do so no more. The item is held."""
    one = held_occurrence(series_id, occurrence_id)
    own = db.session.get(Rsvp, (occurrence_id, person.id), populate_existing=True)
    if own is not None and own.status in {Answer.GOING, Answer.WAITING} and one.starts_at > at:
        _answer(person, one, answer=Answer.NO, mode=own.mode, at=at)


def held_occurrence(series_id: int, occurrence_id: int) -> Occurrence:
    """Read one date of a meetup whose item is held, anew. Raises Missing."""
    occurrence = db.session.get(Occurrence, occurrence_id, populate_existing=True)
    if occurrence is None or occurrence.series_id != series_id:
        raise Missing
    return occurrence


def _require_open(occurrence: Occurrence, *, at: datetime) -> None:
    if not occurrence.is_planned:
        raise RuleBroken(_("This meetup does not take place on that day."))
    if occurrence.ends_at <= at:
        raise RuleBroken(_("This meetup is over."))


def _answer(person: Person, occurrence: Occurrence, *, answer: Answer, mode: Mode, at: datetime) -> Rsvp:
    rows = rows_of([occurrence.id])
    own = next((row for row in rows if row.person_id == person.id), None)
    if own is None:
        own = new_answer(occurrence.id, person.id, mode=mode, at=at)
        db.session.add(own)
    elif answer is Answer.GOING and own.mode is mode and own.status in {Answer.GOING, Answer.WAITING}:
        own.is_standing = False
        return own
    elif answer is not Answer.GOING and own.status is answer:
        return own
    own.seat_no = own.wait_pos = None
    own.status, own.at, own.is_late, own.is_standing = Answer.NO, at, False, False
    if answer is Answer.GOING:
        own.mode = mode
        seat(own, occurrence, [row for row in rows if row is not own and row.mode is mode])
    else:
        own.status = answer
    db.session.flush()
    fill(occurrence, at=at)
    if own.status is Answer.GOING:
        seat_taken(own, occurrence)
    return own


def _take_back_standing(
    person_id: int, coming: Sequence[Occurrence], *, unless: Mode | None = None, but_in: Sequence[int] = ()
) -> None:
    """Free what somebody has of coming every time: all of it, or all but what is `unless` that mode and not in `but_in`."""
    query = delete(Rsvp).where(
        Rsvp.person_id == person_id, Rsvp.occurrence_id.in_([one.id for one in coming]), Rsvp.is_standing
    )
    if unless is not None:
        query = query.where(or_(Rsvp.mode != unless, Rsvp.occurrence_id.in_(but_in)))
    db.session.execute(query.execution_options(synchronize_session="fetch"))
