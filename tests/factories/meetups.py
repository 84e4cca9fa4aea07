"""Meetups, and who comes to them."""

from datetime import date, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from forum.core.db import db, transaction
from forum.core.secrets import hashed
from forum.core.time import now
from forum.meetups.access import token_of
from forum.meetups.actions import AHEAD, extend
from forum.meetups.day.models import KIND as MINUTES
from forum.meetups.day.models import Action, Minutes, MinutesVersion
from forum.meetups.models import KIND, Answer, Mode, Occurrence, Rsvp, Series
from forum.meetups.polls.models import POLL_KIND, DateOption, DatePoll, DateVote, Vote
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.spaces.models import Item, Space
from tests.factories.numbers import next_number


def make_meetup(
    space: Space,
    *,
    by: Person,
    title: str = "Show and tell",
    start: datetime | None = None,
    rhythm: Rhythm = Rhythm.ONCE,
    seats: int | None = None,
    place: str = "Room 2",
    link: str = "",
    ref: str | None = None,
    **others: object,
) -> Series:
    """Make a meetup with its dates: tomorrow at ten on the space's clock for an hour, once, unless something else is said."""
    tomorrow = (now() + timedelta(days=1)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
    with transaction():
        item = Item(
            kind=KIND,
            space_id=space.id,
            author_id=by.id,
            title=title,
            created_at=now(),
            last_at=now(),
            last_by_id=by.id,
        )
        if ref is not None:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        values: dict[str, object] = {"zone": space.zone, "minutes": 60, **others}
        series = Series(
            id=item.id, uid=f"{next_number()}@tests", local_start=start or tomorrow, rhythm=rhythm, room_seats=seats,
            place=place, link=link, changed_at=now(), made_to=now() + AHEAD, sequence=0, every=1, fold=0, **values,
        )  # fmt: skip
        db.session.add(series)
        db.session.flush()
        extend(series, at=now())
    return series


def dates_of(series: Series) -> list[Occurrence]:
    """Return the dates of a meetup, in order."""
    query = db.select(Occurrence).where(Occurrence.series_id == series.id).order_by(Occurrence.starts_at)
    with transaction():  # a read outside of one would be rolled back by the next, and with it all that is loaded
        return list(db.session.scalars(query.execution_options(populate_existing=True)))


def make_rsvp(
    one: Occurrence, person: Person, *, status: Answer = Answer.GOING, number: int = 1, mode: Mode = Mode.ROOM
) -> str:
    """Make an answer, with the seat or place `number`; return the token of its link."""
    nonce = f"{next_number():032d}"
    with transaction():
        db.session.add(
            Rsvp(
                occurrence_id=one.id,
                person_id=person.id,
                mode=mode,
                status=status,
                seat_no=number if status is Answer.GOING else None,
                wait_pos=number if status is Answer.WAITING else None,
                at=now() - timedelta(days=30),
                nonce=nonce,
                token_hash=hashed(token_of(nonce)),
            )
        )
    return token_of(nonce)


def let_begin(one: Occurrence, *, ended: bool = True) -> Occurrence:
    """Let a date have begun an hour ago, or have been yesterday."""
    with transaction():
        held = db.session.merge(one)
        begins = now() - (timedelta(days=1) if ended else timedelta(minutes=10))
        held.starts_at, held.ends_at = begins, begins + timedelta(hours=1)
        held.local_start = begins.astimezone(ZoneInfo(held.zone)).replace(tzinfo=None)
    return held


def make_minutes(
    one: Occurrence,
    *,
    by: Person,
    text: str = "Forms.",
    title: str = "Show and tell",
    ref: str | None = None,
    published: bool = True,
) -> Minutes:
    """Make the minutes of a date, published unless something else is said."""
    with transaction():
        series = db.session.get_one(Item, one.series_id)
        minutes = Minutes(occurrence_id=one.id, version=1)
        if published:
            item = Item(
                kind=MINUTES, space_id=series.space_id, author_id=by.id, title=title, created_at=now(), last_at=now()
            )
            if ref is not None:
                item.ref = ref
            db.session.add(item)
            db.session.flush()
            minutes.item_id, minutes.first_seen = item.id, 1
            minutes.published_at, minutes.published_by_id = now(), by.id
        db.session.add(minutes)
        db.session.flush()
        db.session.add(
            MinutesVersion(
                occurrence_id=one.id,
                version=1,
                source=text,
                html=f"<p>{escape(text)}</p>",
                renderer=1,
                author_id=by.id,
                at=now(),
            )
        )
    return minutes


def make_action(
    one: Occurrence,
    *,
    by: Person,
    holder: Person | None,
    words: str = "Book room 2",
    ref: str | None = None,
    due_on: date | None = None,
) -> Action:
    """Make an action that is open."""
    action = Action(
        occurrence_id=one.id, words=words, holder_id=holder and holder.id, due_on=due_on, noted_by_id=by.id, noted_at=now(),
        version=1, reminded=0,
    )  # fmt: skip
    if ref is not None:
        action.ref = ref
    with transaction():
        db.session.add(action)
    return action


def make_date_poll(
    space: Space,
    *,
    by: Person,
    title: str = "When can you?",
    ref: str | None = None,
    answers: dict[Person, Vote] | None = None,
    **others: object,
) -> DatePoll:
    """Make a poll with two days next week at ten on the space's clock, the first of which is answered."""
    start = (now() + timedelta(days=7)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)
    with transaction():
        item = Item(
            kind=POLL_KIND,
            space_id=space.id,
            author_id=by.id,
            title=title,
            created_at=now(),
            last_at=now(),
            last_by_id=by.id,
        )
        if ref is not None:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        poll = DatePoll(id=item.id, **{"zone": space.zone, "minutes": 60, **others})
        db.session.add(poll)
        db.session.flush()
        days = [DateOption(poll_id=poll.id, local_start=start + timedelta(days=n), has_time=True) for n in (0, 1)]
        db.session.add_all(days)
        db.session.flush()
        db.session.add_all(
            DateVote(option_id=days[0].id, person_id=person.id, answer=vote, at=now())
            for person, vote in (answers or {}).items()
        )
    return poll
