"""What of meetups calendar programmes can follow: one’s own, a space’s, one series (C5). It says nobody’s name."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, cast, exists, func, or_, select, true

from forum.content.feeds.entries import stands_in
from forum.core.db import db
from forum.core.feeds import FeedNow, Followed
from forum.core.prepared import prepared
from forum.core.time import now
from forum.meetups.calendars import Whole, calendar, every_time
from forum.meetups.models import Answer, Occurrence, Rsvp, Series, StandingRsvp
from forum.meetups.queries.calendars import KEPT, wholes_of
from forum.meetups.queries.hosts import KNOWN, hosted_by
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space, Visibility
from forum.spaces.parts import FeedKind
from forum.spaces.queries import viewing, visible_items, visible_to_viewer
from forum.spaces.queries.visible import VIEWER
from forum.web.words import _, _l

ICS = "text/calendar"
MINE, OF_SPACE, OF_SERIES = "meetups of mine", "meetups of space", "meetups of series"
COMES = (Answer.GOING, Answer.WAITING, Answer.MAYBE)

Name = Callable[[], str | None]


def _mine_now(person: Person, key: str) -> FeedNow | None:
    del key
    return _feed(person, MINE, "", name=lambda: _("My meetups"), narrow=lambda wholes: _own(person, wholes))


def _space_now(person: Person, key: str) -> FeedNow | None:
    return _feed(person, OF_SPACE, key, name=lambda: _name(_spaces(person, [key]), key))


def _series_now(person: Person, key: str) -> FeedNow | None:
    return _feed(person, OF_SERIES, key, name=lambda: _name(_series(person, [key]), key))


def _feed(
    person: Person,
    kind: str,
    key: str,
    *,
    name: Name,
    narrow: Callable[[list[Whole]], list[Whole]] = lambda wholes: wholes,
) -> FeedNow | None:
    """Return a feed; None when what it is of can't be seen any more. With nothing new it costs one query."""
    at = now()
    values = {**viewing(person, at), "key": key}
    said = db.session.execute(_state(kind), values).one()
    if not said.meetups and name() is None:
        return None
    hosts = _hosts(kind, values) if said.by_duty else []

    def write(_urn: str) -> bytes:
        wholes = narrow(wholes_of(person, _which(kind), since=at - KEPT, values=values))
        return calendar(wholes, at=said.changed or at, name=name() or "").encode()

    return FeedNow(state=repr((at.date(), tuple(said), hosts)), write=write)


@prepared
def _which(kind: str) -> ColumnElement[bool]:
    """Return the condition on `Item` of a kind of feed, for VIEWER and "key". Built once: that takes longer than asking it."""
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    stands_there = or_(Space.visibility == Visibility.OPEN, Space.id.in_(mine))
    if kind == MINE:
        return and_(Item.space_id.in_(mine), _takes_part(), visible_to_viewer())
    if kind == OF_SPACE:
        inside = select(Space.id).where(Space.uuid == bindparam("key"), stands_there)
        return and_(Item.space_id.in_(inside), visible_to_viewer())
    inside = select(Space.id).where(stands_there)
    chain = select(Item.id).where(Item.uuid == bindparam("key")).cte(recursive=True)
    chain = chain.union(select(Series.id).join(chain, Series.continues_id == chain.c.id))  # what goes on from it (C3)
    return and_(Item.id.in_(select(chain.c.id)), Item.space_id.in_(inside), visible_to_viewer())


@prepared
def _state(kind: str) -> Select[*tuple[Any, ...]]:
    """Build what tells whether a feed changed: its meetups, their dates, and what its reader answered, in one row."""
    which = select(Series.id).join(Item, Item.id == Series.id).where(_which(kind)).cte()
    ids = select(which.c.id)
    meetups = (
        select(
            func.count().label("meetups"),
            func.sum(Series.sequence),
            func.max(Series.changed_at).label("changed"),
            func.count(Series.host_duty_id).label("by_duty"),
            func.sum(cast(Series.host_id, BigInteger) * Series.id),  # who hosts is named, and leaves without a change
        )
        .where(Series.id.in_(ids))
        .subquery()
    )
    dates = (
        select(func.count(), func.sum(Occurrence.sequence), func.max(Occurrence.changed_at))
        .where(Occurrence.series_id.in_(ids))
        .subquery()
    )
    own = select(func.count(), func.sum(Rsvp.seat_no), func.max(Rsvp.at)).where(Rsvp.person_id == VIEWER).subquery()
    standing = (
        select(func.count(), func.max(StandingRsvp.made_at), func.max(StandingRsvp.until_day))
        .where(StandingRsvp.person_id == VIEWER)
        .subquery()
    )
    joined = meetups.join(dates, true()).join(own, true()).join(standing, true())
    return select(*meetups.c, *dates.c, *own.c, *standing.c).select_from(joined)


def _hosts(kind: str, values: Mapping[str, object]) -> list[tuple[int, int | None]]:
    """Return who hosts by a duty the dates whose calendars name them: another one is another feed."""
    at = now()
    rows = db.session.execute(
        select(Occurrence.id, Series.host_duty_id, Occurrence.starts_at)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .where(_which(kind), Series.host_duty_id.is_not(None), Occurrence.starts_at.between(at - KNOWN, at + KNOWN))
        .order_by(Occurrence.id),
        values,
    )
    return hosted_by([(key, duty, starts) for key, duty, starts in rows if duty is not None])


def _takes_part() -> ColumnElement[bool]:
    single = exists().where(
        Occurrence.series_id == Item.id,
        Rsvp.occurrence_id == Occurrence.id,
        Rsvp.person_id == VIEWER,
        Rsvp.status.in_(COMES),
    )
    always = exists().where(StandingRsvp.series_id == Item.id, StandingRsvp.person_id == VIEWER)
    return or_(single, always)


def _own(person: Person, wholes: list[Whole]) -> list[Whole]:
    """Leave what somebody comes to: of a series to which they always come all but what they declined, of others single dates."""
    rows = db.session.execute(
        select(Series.uid, Occurrence.original_local_start, Rsvp.status)
        .join(Occurrence, Occurrence.series_id == Series.id)
        .join(Rsvp, and_(Rsvp.occurrence_id == Occurrence.id, Rsvp.person_id == person.id))
    ).all()
    standing = db.session.execute(
        select(Series.uid, StandingRsvp.until_day)
        .join(StandingRsvp, StandingRsvp.series_id == Series.id)
        .where(StandingRsvp.person_id == person.id)
    )
    always = {row.uid: row.until_day for row in standing}
    comes: dict[str, set[datetime]] = defaultdict(set)
    declined: dict[str, set[datetime]] = defaultdict(set)
    for uid, original, status in rows:
        (comes if status in COMES else declined)[uid].add(original)
    return [
        every_time(one, comes=comes[one.uid], declined=declined[one.uid], until=always[one.uid], at=now())
        if one.uid in always and one.plan.comes_back
        else _single(one, comes[one.uid])
        for one in wholes
    ]


def _single(one: Whole, comes: Collection[datetime]) -> Whole:
    """Leave single dates. What takes place once is written whole, or not at all."""
    dates = [date for date in one.dates if date.original in comes and date.takes_place]
    return replace(one, dates=dates, only_dates=one.plan.comes_back or not dates)


def _name(found: Mapping[str, Followed], key: str) -> str | None:
    return found[key].name if key in found else None


def _all_mine(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    del person
    return {key: Followed(name=_("My meetups"), url="/") for key in keys}


def _spaces(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    rows = db.session.execute(select(Space.uuid, Space.name, Space.slug).where(Space.uuid.in_(keys), stands_in(person)))
    return {
        row.uuid: Followed(name=_("Meetups of %(space)s", space=row.name), url=url_for("meetups.index", slug=row.slug))
        for row in rows
    }


def _series(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    rows = db.session.execute(
        select(Item.uuid, Item.title, Item.ref, Space.slug)
        .join(Space, Space.id == Item.space_id)
        .join(Series, Series.id == Item.id)
        .where(Item.uuid.in_(keys), stands_in(person), visible_items(person, now()))
    )
    return {
        row.uuid: Followed(name=row.title, url=url_for("meetups.series", slug=row.slug, ref=row.ref)) for row in rows
    }


KINDS = (
    FeedKind(name=MINE, label=_l("Calendar"), ending="ics", media_type=ICS, now=_mine_now, followed=_all_mine),
    FeedKind(name=OF_SPACE, label=_l("Calendar"), ending="ics", media_type=ICS, now=_space_now, followed=_spaces),
    FeedKind(name=OF_SERIES, label=_l("Calendar"), ending="ics", media_type=ICS, now=_series_now, followed=_series),
)
