"""Seats are given, kept and passed on: what all that is done with answers stands on. The meetup's item is held (C7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select

from forum.core.db import db
from forum.core.events import announce
from forum.core.secrets import hashed, new_nonce
from forum.meetups.access import token_of
from forum.meetups.events import SeatTaken
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState, Rsvp, Series, StandingRsvp
from forum.meetups.seats import give, has_room, lowest_free
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, Membership
from forum.spaces.queries.suspended import is_suspended

TOLD_AHEAD = timedelta(days=28)


@dataclass(frozen=True, kw_only=True)
class _Lists:
    """Who has said something of a date, and which numbers are given, by the way of taking part."""

    said: set[int] = field(default_factory=set)
    taken: dict[Mode, set[int]] = field(default_factory=lambda: defaultdict(set))
    line: dict[Mode, set[int]] = field(default_factory=lambda: defaultdict(set))


def standing_of(series_id: int) -> Sequence[StandingRsvp]:
    """Return who comes every time, in the order in which they said so."""
    return db.session.scalars(
        select(StandingRsvp)
        .join(Person, Person.id == StandingRsvp.person_id)
        .where(StandingRsvp.series_id == series_id, Person.state == PersonState.ACTIVE)
        .order_by(StandingRsvp.made_at, StandingRsvp.person_id)
    ).all()


def seat_always(
    series: Series, standing: Sequence[StandingRsvp], coming: Sequence[Occurrence], *, at: datetime
) -> None:
    """Let those who come every time take part in each date to come of which they have said nothing.

    Read once and written once, for however many people and dates: everybody else waits as long as that takes.
    """
    there = _lists([one.id for one in coming]) if standing else {}
    made = []
    for one in coming if standing else ():
        lists, modes, day = there[one.id], modes_of(one, series), one.local_start.date()
        for who in standing:
            is_in_time = who.until_day is None or day <= who.until_day
            if who.person_id in lists.said or not is_in_time or who.mode not in modes:
                continue
            taken, line = lists.taken[who.mode], lists.line[who.mode]
            given = give(taken=taken, line=line, capacity=one.seats(who.mode))
            taken.update(filter(None, [given.seat]))
            line.update(filter(None, [given.place]))
            made.append(_values(one.id, who, seat=given.seat, place=given.place, at=at))
    if made:
        db.session.execute(insert(Rsvp), made)


def _lists(occurrence_ids: Sequence[int]) -> dict[int, _Lists]:
    found: dict[int, _Lists] = defaultdict(_Lists)
    rows = db.session.execute(
        select(Rsvp.occurrence_id, Rsvp.person_id, Rsvp.mode, Rsvp.seat_no, Rsvp.wait_pos).where(
            Rsvp.occurrence_id.in_(occurrence_ids)
        )
    )
    for key, person_id, mode, seat_no, wait_pos in rows:
        lists = found[key]
        lists.said.add(person_id)
        lists.taken[mode].update(filter(None, [seat_no]))
        lists.line[mode].update(filter(None, [wait_pos]))
    return found


def _values(
    occurrence_id: int, who: StandingRsvp, *, seat: int | None, place: int | None, at: datetime
) -> dict[str, object]:
    nonce = new_nonce()
    return {
        "occurrence_id": occurrence_id,
        "person_id": who.person_id,
        "mode": who.mode,
        "status": Answer.WAITING if seat is None else Answer.GOING,
        "seat_no": seat,
        "wait_pos": place,
        "at": at,
        "is_late": False,
        "is_standing": True,
        "nonce": nonce,
        "token_hash": hashed(token_of(nonce)),
    }


def take_over(occurrence: Occurrence, series: Series, said: Sequence[tuple[int, Answer]], *, at: datetime) -> None:
    """Let people take part as they said elsewhere, in that order. Who comes or waits already keeps that, unless they can't now.

    The item is held.
    """
    rows = rows_of([occurrence.id])
    mode = modes_of(occurrence, series)[0]
    for person_id, answer in said:
        own = next((row for row in rows if row.person_id == person_id), None)
        if own is None:
            own = new_answer(occurrence.id, person_id, mode=mode, at=at)
            db.session.add(own)
            rows.append(own)
        elif answer is not Answer.NO and own.status in {Answer.GOING, Answer.WAITING}:
            continue
        own.seat_no = own.wait_pos = None
        own.status, own.is_standing = answer, False
        if answer is Answer.GOING:
            own.mode = mode
            seat(own, occurrence, [row for row in rows if row is not own and row.mode is mode])
    db.session.flush()
    fill(occurrence, at=at)


def fill_all(occurrences: Iterable[Occurrence], *, at: datetime) -> None:
    """Give free seats to those who wait, in each of these dates. The item is held."""
    them = {one.id: one for one in occurrences if one.is_planned and one.starts_at > at}
    waits = select(Rsvp.occurrence_id).where(Rsvp.occurrence_id.in_(them), Rsvp.wait_pos.is_not(None))
    rows: dict[int, list[Rsvp]] = defaultdict(list)
    for row in rows_of(db.session.scalars(waits.distinct()).all()):
        rows[row.occurrence_id].append(row)
    if not rows:
        return
    series_id = next(iter(them.values())).series_id
    able = _who_may_come(series_id, {row.person_id for there in rows.values() for row in there if row.wait_pos}, at=at)
    for key, there in rows.items():
        _fill(them[key], there, able, at=at)


def _who_may_come(series_id: int, people: Collection[int], *, at: datetime) -> set[int]:
    """Return who of some people may turn up now: members who are not suspended (A3)."""
    query = (
        select(Membership.person_id)
        .join(Item, Item.space_id == Membership.space_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Item.id == series_id, Membership.person_id.in_(people), Membership.ended_at.is_(None))
        .where(Person.state == PersonState.ACTIVE, ~is_suspended(Membership, at))
    )
    return set(db.session.scalars(query))


def fill(occurrence: Occurrence, *, at: datetime) -> None:
    """Give free seats to those who wait, in the order of the line; to nobody once it has begun (C7). The item is held."""
    fill_all([occurrence], at=at)


def _fill(occurrence: Occurrence, rows: Sequence[Rsvp], able: Collection[int], *, at: datetime) -> None:
    for mode in Mode:
        taken = {row.seat_no for row in rows if row.mode is mode and row.seat_no is not None}
        line = sorted((row for row in rows if row.mode is mode and row.wait_pos is not None), key=_place)
        for row in line:
            if not has_room(taken=taken, capacity=occurrence.seats(mode)):
                break
            if row.person_id not in able:  # keeps the place, for when they may come again
                continue
            number = lowest_free(taken)
            taken.add(number)
            row.status, row.seat_no, row.wait_pos = Answer.GOING, number, None
            _tell_of_seat(row, occurrence, at=at)
    db.session.flush()


def _tell_of_seat(row: Rsvp, occurrence: Occurrence, *, at: datetime) -> None:
    """Tell somebody that a seat came free for them; who comes every time hears of the weeks ahead, and not of a year of them."""
    if row.is_standing and occurrence.starts_at > at + TOLD_AHEAD:
        return
    seat_taken(row, occurrence, was_waiting=True)


def seat_taken(row: Rsvp, occurrence: Occurrence, *, was_waiting: bool = False) -> None:
    """Announce that somebody has a seat, by what they said last."""
    announce(
        SeatTaken(
            item_id=occurrence.series_id,
            occurrence_id=occurrence.id,
            person_id=row.person_id,
            was_waiting=was_waiting,
            answered=row.version,
        )
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


def release_closed(space_id: int, *, at: datetime) -> None:
    """Take everybody whose account can't be used off the lists of all dates to come in a space, and let the lines move.

    For a space that nobody sees yet: its items aren't held.
    """
    coming = select(Occurrence.id).join(Item, Item.id == Occurrence.series_id)
    coming = coming.where(Item.space_id == space_id, Occurrence.starts_at > at)
    closed = select(Person.id).where(Person.state != PersonState.ACTIVE)
    db.session.execute(
        delete(Rsvp)
        .where(Rsvp.occurrence_id.in_(coming), Rsvp.person_id.in_(closed))
        .execution_options(synchronize_session="fetch")
    )
    waited_for = select(Occurrence.series_id).join(Rsvp, Rsvp.occurrence_id == Occurrence.id).distinct()
    waited_for = waited_for.where(Rsvp.wait_pos.is_not(None), Occurrence.id.in_(coming))
    for series_id in db.session.scalars(waited_for.order_by(Occurrence.series_id)).all():
        fill_all(to_come(series_id, at=at), at=at)


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


def seat(rsvp: Rsvp, occurrence: Occurrence, there: Sequence[Rsvp]) -> None:
    """Give a seat or a place in the line; `there` are the others who take part in the same way."""
    given = give(
        taken={row.seat_no for row in there if row.seat_no is not None},
        line={row.wait_pos for row in there if row.wait_pos is not None},
        capacity=occurrence.seats(rsvp.mode),
    )
    rsvp.seat_no, rsvp.wait_pos = given.seat, given.place
    rsvp.status = Answer.GOING if given.seat is not None else Answer.WAITING


def new_answer(occurrence_id: int, person_id: int, *, mode: Mode, at: datetime) -> Rsvp:
    """Make the answer of somebody who hasn't said anything of a date yet."""
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
