"""Reads of date polls: one with all that was said, and which are under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.meetups.models import Answer, Occurrence, OccurrenceState, Rsvp, Series
from forum.meetups.polls.actions import options_of
from forum.meetups.polls.fairness import Suggestion, Tally, fairest
from forum.meetups.polls.models import DateOption, DatePoll, DateVote, Vote
from forum.meetups.recurrence import instant
from forum.people.models import Person, PersonState
from forum.spaces.feature import away_on
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.queries import viewing, visible_items, visible_to_viewer

MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A day of a poll, and what was said of it."""

    option: DateOption
    starts_at: datetime
    """The instant; for a day without a time its first one, where the poll is."""
    said: Mapping[int, Vote]
    away: Sequence[Person]
    mine: Vote | None

    def people(self, vote: str) -> list[int]:
        """Return who counts as having said so, by their keys: whoever is away then can't, whatever they said before they knew."""
        away = {person.id for person in self.away}
        return [key for key, said in self.said.items() if said == vote and (said is Vote.NO or key not in away)]


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A poll as its page shows it."""

    options: Sequence[Shown]
    people: Mapping[int, Person]
    """All who have answered, by their keys, in the order of their names."""
    missing: Sequence[Person]
    """Members who have not answered for every day."""
    suggestion: Suggestion | None
    mine_waits: bool = field(default=False)


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A poll in a list."""

    poll: DatePoll
    ref: str
    title: str
    days: int
    answered: int
    waits: bool
    """It is under way, and the reader has not answered for every day."""


def poll_for(here: Here, ref: str) -> tuple[DatePoll, Item]:
    """Load the poll at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    row = db.session.execute(
        select(DatePoll, Item)
        .join(Item, Item.id == DatePoll.id)
        .where(Item.ref == ref, Item.space_id == here.space.id, visible_items(here.actor, now()))
    ).one_or_none()
    if row is None:
        raise Missing
    return row[0], row[1]


def whole_of(here: Here, poll: DatePoll) -> Whole:
    """Return a poll with what was said of it, who is away and which day is the fairest: six queries, however many people."""
    options = options_of(poll.id)
    query = (
        select(DateVote, Person)
        .join(Person, Person.id == DateVote.person_id)
        .where(DateVote.option_id.in_([one.id for one in options]))
        .order_by(func.lower(Person.name), Person.id)
    )
    if poll.is_open:  # as long as a day may be chosen, who has left chooses none; what was decided stays as it was said
        belongs = and_(Membership.person_id == Person.id, Membership.space_id == here.space.id)
        query = query.join(Membership, belongs).where(Membership.ended_at.is_(None), Person.state == PersonState.ACTIVE)
    rows = db.session.execute(query).all()
    said: dict[int, dict[int, Vote]] = {one.id: {} for one in options}
    people: dict[int, Person] = {}
    for vote, person in rows:
        said[vote.option_id][person.id] = vote.answer
        people[person.id] = person
    away = _away(here, poll, options) if poll.is_open else {}
    shown = [
        Shown(
            option=one,
            starts_at=instant(one.local_start, poll.zone),
            said=said[one.id],
            away=away.get(one.id, ()),
            mine=said[one.id].get(here.actor.id),
        )
        for one in options
    ]
    missing = db.session.scalars(missing_in(poll.id, here.space.id).order_by(func.lower(Person.name), Person.id)).all()
    return Whole(
        options=shown,
        people=people,
        missing=missing if poll.is_open else (),
        suggestion=_suggested(here, poll, shown) if poll.is_open else None,
        mine_waits=poll.is_open and here.is_member and any(one.mine is None for one in shown),
    )


def missing_in(poll_id: int, space_id: int) -> Select[Person]:
    """Return the query of members who have not answered for every day of a poll."""
    days = select(func.count()).select_from(DateOption).where(DateOption.poll_id == poll_id).scalar_subquery()
    given = (
        select(func.count())
        .select_from(DateVote)
        .join(DateOption, DateOption.id == DateVote.option_id)
        .where(DateOption.poll_id == poll_id, DateVote.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space_id, Membership.ended_at.is_(None), Person.state == PersonState.ACTIVE)
        .where(given < days)
    )


def polls_in(here: Here, *, is_open: bool | None = True) -> list[Listed]:
    """Return polls of a space, those that wait for the reader first: open ones, or (None) all. One query."""
    unanswered = _unanswered(here.actor.id)
    query = select(DatePoll, Item.ref, Item.title, _days(), _answered(), unanswered.label("unanswered"))
    query = query.join(Item, Item.id == DatePoll.id)
    query = query.where(Item.space_id == here.space.id, visible_to_viewer())
    if is_open:
        query = query.where(DatePoll.decided_at.is_(None), DatePoll.cancelled_at.is_(None))
    is_over = or_(DatePoll.decided_at.is_not(None), DatePoll.cancelled_at.is_not(None))
    first = (is_over, ~unanswered, Item.created_at.desc(), Item.id.desc())  # an old one that waits isn't cut off
    rows = db.session.execute(query.order_by(*first).limit(MOST_LISTED), viewing(here.actor, now())).all()
    found = [
        Listed(
            poll=poll,
            ref=ref,
            title=title,
            days=days or 0,
            answered=answered or 0,
            waits=bool(unanswered) and poll.is_open and here.is_member,
        )
        for poll, ref, title, days, answered, unanswered in rows
    ]
    return sorted(found, key=lambda one: (not one.poll.is_open, not one.waits))


def _days() -> ColumnElement[int]:
    query = select(func.count()).select_from(DateOption).where(DateOption.poll_id == DatePoll.id)
    return query.correlate(DatePoll).scalar_subquery()


def _answered() -> ColumnElement[int]:
    query = select(func.count(DateVote.person_id.distinct())).join(DateOption, DateOption.id == DateVote.option_id)
    return query.where(DateOption.poll_id == DatePoll.id).correlate(DatePoll).scalar_subquery()


def _unanswered(person_id: int) -> ColumnElement[bool]:
    own = exists().where(DateVote.option_id == DateOption.id, DateVote.person_id == person_id)
    return exists().where(DateOption.poll_id == DatePoll.id, ~own).correlate(DatePoll)


def _away(here: Here, poll: DatePoll, options: Sequence[DateOption]) -> dict[int, list[Person]]:
    """Return which members are away at each option, as far as the reader may know, by the space's half-days."""
    spans = {one.id: span_of(here, poll, one) for one in options}
    if not spans:
        return {}
    whole = Span(min(one.first for one in spans.values()), max(one.last for one in spans.values()))
    away = away_on(here, whole)
    ids = {
        key: [person for person, times in away.items() if any(one.within(span) for one in times)]
        for key, span in spans.items()
    }
    people = {
        one.id: one
        for one in db.session.scalars(
            select(Person).where(Person.id.in_({key for some in ids.values() for key in some}))
        )
    }
    return {key: sorted((people[one] for one in some), key=lambda one: one.name.lower()) for key, some in ids.items()}


def away_though_they_can(here: Here, poll: DatePoll, option: DateOption) -> list[Person]:
    """Return who said that they can at an option, or if need be, and is away then: they get no seat with it."""
    can = select(DateVote.person_id).where(DateVote.option_id == option.id, DateVote.answer != Vote.NO)
    said = set(db.session.scalars(can))
    return [one for one in _away(here, poll, [option]).get(option.id, []) if one.id in said]


def span_of(here: Here, poll: DatePoll, option: DateOption) -> Span:
    """Return the half-days of an option by the space's clock; of a day without a time both of its own."""
    if not option.has_time:
        return Span.of_days(option.local_start.date(), option.local_start.date())
    begins = instant(option.local_start, poll.zone)
    ends = begins + timedelta(minutes=poll.minutes) - timedelta(microseconds=1)
    first, last = (half_at(one, zone=here.space.zone, midday=here.space.midday) for one in (begins, ends))
    return Span(first, last)


def _suggested(here: Here, poll: DatePoll, shown: Sequence[Shown]) -> Suggestion | None:
    tallies = [
        Tally(
            key=one.option.id,
            start=one.starts_at,
            yes=frozenset(one.people(Vote.YES)),
            if_need_be=frozenset(one.people(Vote.IF_NEED_BE)),
        )
        for one in shown
    ]
    return fairest(tallies, missed=_missed(here, poll))


def _missed(here: Here, poll: DatePoll) -> Sequence[int]:
    """Return who said that they couldn't come last time: to the meetup whose date is moved, else to the latest one here."""
    latest = (
        select(Occurrence.id)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .where(Item.space_id == here.space.id, Occurrence.ends_at <= now(), Occurrence.state == OccurrenceState.PLANNED)
        .order_by(Occurrence.starts_at.desc(), Occurrence.id.desc())
        .limit(1)
    )
    if poll.moves_id is not None:
        latest = latest.where(
            Occurrence.series_id == select(Occurrence.series_id).where(Occurrence.id == poll.moves_id).scalar_subquery()
        )
    query = select(Rsvp.person_id).where(Rsvp.occurrence_id == latest.scalar_subquery(), Rsvp.status == Answer.NO)
    return db.session.scalars(query).all()
