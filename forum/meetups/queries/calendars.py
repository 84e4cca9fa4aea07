"""Meetups as `forum.meetups.calendars` writes them, for one person: the joining link is for who has a seat."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select

from forum.core.db import db
from forum.core.markup import plain
from forum.core.time import now
from forum.meetups.calendars import Dated, Told, Whole
from forum.meetups.models import Answer, Occurrence, OccurrenceState, Rsvp, Series, StandingRsvp
from forum.meetups.queries.hosts import HostNames, host_names
from forum.meetups.recurrence import not_in
from forum.people.models import Person
from forum.spaces.models import Item, Space
from forum.web.links import absolute
from forum.web.words import _

KEPT = timedelta(days=92)
"""So long ago may be what a calendar still shows."""
Row = tuple[Series, Item, Space]


def whole_of(
    row: Row, dates: Sequence[Occurrence], *, going: Collection[int], always: bool, hosts: HostNames | None = None
) -> Whole:
    """Return a meetup with its dates. `going`: the keys of dates in which the reader has a seat; `hosts`: who hosts, if it was read.

    `always`: they come every time. The series itself has the link if they have a seat in all that is to come; else each date by itself.
    """
    series, item, space = row
    hosts = host_names([series], dates) if hosts is None else hosts
    ahead = [one.id for one in dates if one.is_planned and one.ends_at > now()]
    has_link = always and bool(ahead) and all(key in going for key in ahead)
    about, host = plain(series.about_html, counts=True), hosts.of_series.get(series.id, "")
    told = Told(
        title=item.title,
        place=series.place,
        link=series.link if has_link else "",
        words=_with_host(about, host),
        url=absolute("meetups.series", slug=space.slug, ref=item.ref),
        changed_at=series.changed_at,
        sequence=series.sequence,
    )
    words = {
        one.id: _with_host(one.topic or about, hosts.of_date.get(one.id, host))
        for one in dates
        if one.topic or one.id in hosts.of_date
    }
    return Whole(
        uid=series.uid,
        plan=series.plan,
        told=told,
        dates=[_dated(one, series, told, words=words, has_link=one.id in going) for one in dates],
        exdates=[one.original_local_start for one in dates if not one.is_planned],
        rdates=_strays(series, dates),
    )


def _strays(series: Series, dates: Sequence[Occurrence]) -> Sequence[datetime]:
    """Return the slots of dates that take place after all, though the series ended or has another rule."""
    planned = [one.original_local_start for one in dates if one.is_planned]
    return not_in(series.plan, planned) if series.comes_back else ()


def needed(since: datetime) -> ColumnElement[bool]:
    """Return the condition on the dates of which calendars must be told: from `since` on, and all that aren't as the rule says (C2)."""
    return or_(
        Occurrence.ends_at >= since,
        Occurrence.state != OccurrenceState.PLANNED,
        Occurrence.local_start != Occurrence.original_local_start,
    )


def _with_host(words: str, host: str) -> str:
    return "\n\n".join(filter(None, (words, _("Host: %(name)s", name=host) if host else "")))


def _dated(one: Occurrence, series: Series, whole: Told, *, words: Mapping[int, str], has_link: bool) -> Dated:
    """Return a date. `words`: what is said of those that differ from their series in it. A date's page stands below its meetup's."""
    link = series.link if one.link is None else one.link
    told = Told(
        title=one.title or whole.title,
        place=series.place if one.place is None else one.place,
        link=link if has_link else "",
        words=words.get(one.id, whole.words),
        url=f"{whole.url}{one.id}/",
        changed_at=max(one.changed_at, series.changed_at),
        sequence=one.sequence + series.sequence,
    )
    is_other = one.is_moved or one.minutes != series.minutes or bool(one.title) or one.id in words
    return Dated(
        original=one.original_local_start,
        fold=one.fold,
        starts_at=one.starts_at,
        minutes=one.minutes,
        takes_place=one.is_planned,
        is_exception=is_other or one.place is not None or one.link is not None or told.link != whole.link,
        told=told,
    )


def wholes_of(
    person: Person, which: ColumnElement[bool], *, since: datetime, values: Mapping[str, object] | None = None
) -> list[Whole]:
    """Return whole meetups of visible items, with the dates from `since` on that calendars need.

    Five queries, and a few more with duties that host.
    """
    found = db.session.execute(
        select(Series, Item, Space)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .where(which)
        .order_by(Series.id),
        values or {},
    )
    rows: dict[int, Row] = {series.id: (series, item, space) for series, item, space in found}
    standing = set(
        db.session.scalars(
            select(StandingRsvp.series_id).where(StandingRsvp.person_id == person.id, StandingRsvp.series_id.in_(rows))
        )
    )
    dates = db.session.scalars(
        select(Occurrence).where(Occurrence.series_id.in_(rows), needed(since)).order_by(Occurrence.id)
    ).all()
    going = set(
        db.session.scalars(
            select(Rsvp.occurrence_id).where(
                Rsvp.person_id == person.id,
                Rsvp.status == Answer.GOING,
                Rsvp.occurrence_id.in_([one.id for one in dates]),
            )
        )
    )
    by_series: dict[int, list[Occurrence]] = {}
    for one in dates:
        by_series.setdefault(one.series_id, []).append(one)
    hosts = host_names([series for series, _item, _space in rows.values()], dates)
    return [
        whole_of(row, by_series.get(key, []), going=going, always=key in standing, hosts=hosts)
        for key, row in rows.items()
    ]


def row_of(series_id: int) -> Row | None:
    """Return a meetup with its item and space."""
    row = db.session.execute(
        select(Series, Item, Space)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .where(Series.id == series_id)
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None
