"""People say whether they come. Each holds the meetup's item, inside `transaction()`, so that one answer comes after the other (C7)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.secrets import hashed, new_nonce
from forum.core.time import now
from forum.meetups.access import token_of
from forum.meetups.events import SeatTaken, StandingRsvpMade
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState, Rsvp, Series, StandingRsvp
from forum.meetups.seats import give, has_room, lowest_free
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _

SAID = frozenset({Answer.GOING, Answer.MAYBE, Answer.NO})
"""What people can say; that they wait comes of itself."""
TOLD_AHEAD = timedelta(days=28)


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
    if until_day is not None and until_day < at.date():
        raise Invalid({"until_day": [_("That date has passed. Pick a later one.")]})
    standing = db.session.get(StandingRsvp, (series_id, here.actor.id), populate_existing=True)
    if standing is None:
        standing = StandingRsvp(series_id=series_id, person_id=here.actor.id, made_at=at)
        db.session.add(standing)
    elif (standing.mode, standing.until_day) == (mode, until_day):
        return
    standing.mode, standing.until_day = mode, until_day
    coming = to_come(series_id, at=at)
    _take_back_standing(here.actor.id, [one.id for one in coming])
    if all(mode not in modes_of(one, series) for one in coming):
        raise Invalid({"mode": [_("Choose how you take part.")]})
    apply_standing(series, standing, coming, at=at)
    fill_all(coming, at=at)
    announce(StandingRsvpMade(actor_id=here.actor.id, item_id=item.id, person_id=here.actor.id))


def come_no_more(here: Here, series_id: int, *, at: datetime | None = None) -> None:
    """End one's standing RSVP: the seats that it took are free. Without one nothing happens. Raises Missing, Denied."""
    here, _item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    at = at or now()
    db.session.execute(
        delete(StandingRsvp).where(StandingRsvp.series_id == series_id, StandingRsvp.person_id == here.actor.id)
    )
    coming = to_come(series_id, at=at)
    _take_back_standing(here.actor.id, [one.id for one in coming])
    fill_all(coming, at=at)


def apply_standing(series: Series, standing: StandingRsvp, coming: Sequence[Occurrence], *, at: datetime) -> None:
    """Let a standing RSVP take part in each date to come for which its person has said nothing. The item is held."""
    ids = [one.id for one in coming]
    rows = rows_of(ids)
    said = {row.occurrence_id for row in rows if row.person_id == standing.person_id}
    for one in coming:
        is_in_time = standing.until_day is None or one.local_start.date() <= standing.until_day
        if one.id in said or not is_in_time or standing.mode not in modes_of(one, series):
            continue
        there = [row for row in rows if row.occurrence_id == one.id and row.mode is standing.mode]
        rsvp = _new(one.id, standing.person_id, mode=standing.mode, at=at)
        rsvp.is_standing = True
        _seat(rsvp, one, there)
        db.session.add(rsvp)
    db.session.flush()


def take_over(occurrence: Occurrence, series: Series, said: Sequence[tuple[int, Answer]], *, at: datetime) -> None:
    """Let people take part as they said elsewhere, in that order. Who comes or waits already keeps that, unless they can't now.

    The item is held.
    """
    rows = rows_of([occurrence.id])
    mode = modes_of(occurrence, series)[0]
    for person_id, answer in said:
        own = next((row for row in rows if row.person_id == person_id), None)
        if own is None:
            own = _new(occurrence.id, person_id, mode=mode, at=at)
            db.session.add(own)
            rows.append(own)
        elif answer is not Answer.NO and own.status in {Answer.GOING, Answer.WAITING}:
            continue
        own.seat_no = own.wait_pos = None
        own.status, own.is_standing = answer, False
        if answer is Answer.GOING:
            own.mode = mode
            _seat(own, occurrence, [row for row in rows if row is not own and row.mode is mode])
    db.session.flush()
    fill(occurrence, at=at)


def fill_all(occurrences: Iterable[Occurrence], *, at: datetime) -> None:
    """Give free seats to those who wait, in each of these dates. The item is held."""
    them = [one for one in occurrences if one.is_planned and one.starts_at > at]
    rows = rows_of([one.id for one in them])
    for one in them:
        _fill(one, [row for row in rows if row.occurrence_id == one.id], at=at)


def fill(occurrence: Occurrence, *, at: datetime) -> None:
    """Give free seats to those who wait, in the order of the line; to nobody once it has begun (C7). The item is held."""
    fill_all([occurrence], at=at)


def _fill(occurrence: Occurrence, rows: Sequence[Rsvp], *, at: datetime) -> None:
    for mode in Mode:
        taken = {row.seat_no for row in rows if row.mode is mode and row.seat_no is not None}
        line = sorted((row for row in rows if row.mode is mode and row.wait_pos is not None), key=_place)
        for row in line:
            if not has_room(taken=taken, capacity=occurrence.seats(mode)):
                break
            number = lowest_free(taken)
            taken.add(number)
            row.status, row.seat_no, row.wait_pos = Answer.GOING, number, None
            _tell_of_seat(row, occurrence, at=at)
    db.session.flush()


def _tell_of_seat(row: Rsvp, occurrence: Occurrence, *, at: datetime) -> None:
    """Tell somebody that a seat came free for them; who comes every time hears of the weeks ahead, and not of a year of them."""
    if row.is_standing and occurrence.starts_at > at + TOLD_AHEAD:
        return
    announce(
        SeatTaken(item_id=occurrence.series_id, occurrence_id=occurrence.id, person_id=row.person_id, was_waiting=True)
    )


def _place(row: Rsvp) -> int:
    return row.wait_pos or 0


def release(person_id: int, series_id: int, *, at: datetime) -> None:
    """Take somebody who has gone off the lists of all dates to come, and let the line move. The item is held."""
    db.session.execute(
        delete(StandingRsvp).where(StandingRsvp.series_id == series_id, StandingRsvp.person_id == person_id)
    )
    coming = to_come(series_id, at=at)
    ids = [one.id for one in coming]
    db.session.execute(
        delete(Rsvp)
        .where(Rsvp.person_id == person_id, Rsvp.occurrence_id.in_(ids))
        .execution_options(synchronize_session="fetch")
    )
    fill_all(coming, at=at)


def held_occurrence(series_id: int, occurrence_id: int) -> Occurrence:
    """Read one date of a meetup whose item is held, anew. Raises Missing."""
    occurrence = db.session.get(Occurrence, occurrence_id, populate_existing=True)
    if occurrence is None or occurrence.series_id != series_id:
        raise Missing
    return occurrence


def to_come(series_id: int, *, at: datetime) -> Sequence[Occurrence]:
    """Return the dates of a series that take place and haven't begun, read anew."""
    query = (
        select(Occurrence)
        .where(
            Occurrence.series_id == series_id,
            Occurrence.starts_at > at,
            Occurrence.state == OccurrenceState.PLANNED,
        )
        .order_by(Occurrence.starts_at)
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def modes_of(occurrence: Occurrence, series: Series) -> tuple[Mode, ...]:
    """Return how one can take part in a date: in a room, online, or (when nothing is said yet) somehow."""
    place = series.place if occurrence.place is None else occurrence.place
    link = series.link if occurrence.link is None else occurrence.link
    there = ((Mode.ROOM, bool(place) or not link), (Mode.ONLINE, bool(link)))
    return tuple(mode for mode, is_offered in there if is_offered)


def rows_of(occurrence_ids: Sequence[int]) -> list[Rsvp]:
    """Return what was said of some dates, read anew."""
    query = select(Rsvp).where(Rsvp.occurrence_id.in_(occurrence_ids)).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def _require_open(occurrence: Occurrence, *, at: datetime) -> None:
    if not occurrence.is_planned:
        raise RuleBroken(_("This meetup does not take place on that day."))
    if occurrence.ends_at <= at:
        raise RuleBroken(_("This meetup is over."))


def _answer(person: Person, occurrence: Occurrence, *, answer: Answer, mode: Mode, at: datetime) -> Rsvp:
    rows = rows_of([occurrence.id])
    own = next((row for row in rows if row.person_id == person.id), None)
    if own is None:
        own = _new(occurrence.id, person.id, mode=mode, at=at)
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
        _seat(own, occurrence, [row for row in rows if row is not own and row.mode is mode])
    else:
        own.status = answer
    db.session.flush()
    fill(occurrence, at=at)
    if own.status is Answer.GOING:
        announce(SeatTaken(item_id=occurrence.series_id, occurrence_id=occurrence.id, person_id=person.id))
    return own


def _seat(rsvp: Rsvp, occurrence: Occurrence, there: Sequence[Rsvp]) -> None:
    """Give a seat or a place in the line; `there` are the others who take part in the same way."""
    given = give(
        taken={row.seat_no for row in there if row.seat_no is not None},
        line={row.wait_pos for row in there if row.wait_pos is not None},
        capacity=occurrence.seats(rsvp.mode),
    )
    rsvp.seat_no, rsvp.wait_pos = given.seat, given.place
    rsvp.status = Answer.GOING if given.seat is not None else Answer.WAITING


def _new(occurrence_id: int, person_id: int, *, mode: Mode, at: datetime) -> Rsvp:
    nonce = new_nonce()
    return Rsvp(
        occurrence_id=occurrence_id,
        person_id=person_id,
        mode=mode,
        status=Answer.NO,
        at=at,
        is_late=False,
        is_standing=False,
        nonce=nonce,
        token_hash=hashed(token_of(nonce)),
    )


def _take_back_standing(person_id: int, occurrence_ids: Sequence[int]) -> None:
    db.session.execute(
        delete(Rsvp)
        .where(Rsvp.person_id == person_id, Rsvp.occurrence_id.in_(occurrence_ids), Rsvp.is_standing)
        .execution_options(synchronize_session="fetch")
    )
