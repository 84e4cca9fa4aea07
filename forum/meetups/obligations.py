"""What of meetups counts on somebody: the dates that they host, the seats that they have, and that they come every time."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.halves import Span
from forum.core.time import local, now
from forum.meetups.actions.turning_up import give_up, stop_coming
from forum.meetups.models import Answer, Occurrence, OccurrenceState, Rsvp, Series, StandingRsvp
from forum.meetups.words import day_words
from forum.people.models import Person
from forum.spaces.log import record
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items
from forum.web.links import path_of
from forum.web.words import _

SEAT = "seat"
EVERY_TIME = "standing"
FARTHEST = timedelta(days=1)
"""How far a day may lie from the same one in UTC, and more."""


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return each date that somebody hosts while they are away; or each meetup that has dates to come, which they would leave."""
    found: dict[str, Obligation] = {}
    for one, item, space in _hosted(person):
        day = local(one.starts_at, space.zone).date()
        if span is None:
            found[str(item.id)] = _left(item, space, last=day)
        elif span.first_day <= day <= span.last_day:
            found[f"{item.id}:{one.id}"] = Obligation(
                kind="meetup",
                key=f"{item.id}:{one.id}",
                title=one.title or item.title,
                url=path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id),
                space=space,
                item_id=item.id,
                span=Span.of_days(day, day),
                note=_("You host it on %(day)s.", day=day_words(day, zone=space.zone)),
                ask_url=path_of("meetups.change_series", slug=space.slug, ref=item.ref, first=one.id),
                ask_label=_("Choose another host"),
            )
    return [*found.values(), *_seats(person, span), *(() if span else _every_time(person))]


def _seats(person: Person, span: Span | None) -> Iterator[Obligation]:
    """Yield the seats that somebody has while they are away, or would leave: somebody else may be waiting for one.

    Of what they leave, those that come of coming every time aren't told one by one.
    """
    query = (
        select(Occurrence, Rsvp.status, Item, Space)
        .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Space, Space.id == Item.space_id)
        .where(
            Rsvp.person_id == person.id,
            Rsvp.status.in_((Answer.GOING, Answer.WAITING)),
            Space.archived_at.is_(None),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.ends_at > now(),
            visible_items(person, now()),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    if span is None:
        query = query.where(Rsvp.is_standing.is_(False))
    else:
        first = datetime.combine(span.first_day, time(), UTC) - FARTHEST
        query = query.where(
            Occurrence.starts_at.between(first, datetime.combine(span.last_day, time(), UTC) + 2 * FARTHEST)
        )
    for one, status, item, space in db.session.execute(query):
        day = local(one.starts_at, space.zone).date()
        if span is None or span.first_day <= day <= span.last_day:
            going = status is Answer.GOING
            yield Obligation(
                kind=SEAT,
                key=str(one.id),
                title=one.title or item.title,
                url=path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id),
                space=space,
                item_id=item.id,
                span=Span.of_days(day, day),
                note=(
                    _("You have a seat on %(day)s.", day=day_words(day, zone=space.zone))
                    if going
                    else _("You wait for a seat on %(day)s.", day=day_words(day, zone=space.zone))
                ),
                ask_url=path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id),
                ask_label=_("Give it up"),
            )


def _every_time(person: Person) -> Iterator[Obligation]:
    """Yield the meetups to which somebody comes every time."""
    rows = db.session.execute(
        select(Item, Space)
        .join(StandingRsvp, StandingRsvp.series_id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .where(
            StandingRsvp.person_id == person.id,
            StandingRsvp.until_day.is_(None) | (StandingRsvp.until_day >= now().date()),
            Space.archived_at.is_(None),
            Item.id.in_(
                select(Occurrence.series_id).where(
                    Occurrence.ends_at > now(), Occurrence.state == OccurrenceState.PLANNED
                )
            ),
            visible_items(person, now()),
        )
        .order_by(Item.title, Item.id)
    )
    for item, space in rows:
        yield Obligation(
            kind=EVERY_TIME,
            key=str(item.id),
            title=item.title,
            url=path_of("meetups.series", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_("You come every time."),
        )


def end_seat(key: str, person: Person) -> None:
    """Give a seat back, or a place in the line, so that the line moves."""
    one = db.session.get(Occurrence, int(key))
    if one is not None and lock(Item, one.series_id) is not None:
        give_up(person, one.series_id, one.id, at=now())


def end_every_time(key: str, person: Person) -> None:
    """Let somebody come every time no more, so that the lines move. What they said of single dates stays."""
    if lock(Item, int(key)) is not None:
        stop_coming(person.id, int(key), at=now())


def _left(item: Item, space: Space, *, last: date) -> Obligation:
    return Obligation(
        kind="meetup",
        key=str(item.id),
        title=item.title,
        url=path_of("meetups.series", slug=space.slug, ref=item.ref),
        space=space,
        item_id=item.id,
        span=Span.of_days(last, last),
        note=_("You host it."),
    )


def _hosted(person: Person) -> Sequence[tuple[Occurrence, Item, Space]]:
    rows = db.session.execute(
        select(Occurrence, Item, Space)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            Series.host_id == person.id,
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.ends_at > now(),
            visible_items(person, now()),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def pass_meetup(key: str, giver: Person, taker: Person) -> None:
    """Let whoever took a meetup host its dates to come."""
    series = _hosted_by(int(key), giver)
    if series is not None:
        series.host_id = taker.id
        item = db.session.get_one(Item, series.id)
        record("passed meetup", actor=taker, space=db.session.get_one(Space, item.space_id), item=item, person=giver)


def settled(keys: Collection[str]) -> Collection[str]:
    """Return which meetups have a host again, or take place no more."""
    to_come = select(Occurrence.series_id).where(
        Occurrence.ends_at > now(), Occurrence.state == OccurrenceState.PLANNED
    )
    waiting = select(Series.id).where(
        Series.id.in_([int(key) for key in keys]),
        Series.host_id.is_(None),
        Series.host_duty_id.is_(None),
        Series.id.in_(to_come),
    )
    return set(keys) - {str(one) for one in db.session.scalars(waiting)}


def let_go(space: Space, person: Person, _at: datetime) -> None:
    """Let what somebody hosts in a space have no host, as they stop belonging to it."""
    hosted = select(Series.id).join(Item, Item.id == Series.id)
    for series_id in db.session.scalars(
        hosted.where(Item.space_id == space.id, Series.host_id == person.id).order_by(Series.id)
    ).all():
        series = _hosted_by(series_id, person)
        if series is not None:
            series.host_id = None


def _hosted_by(series_id: int, person: Person) -> Series | None:
    if lock(Item, series_id) is None:
        return None
    series = db.session.get(Series, series_id, populate_existing=True)
    return series if series is not None and series.host_id == person.id else None
