"""What of meetups counts on somebody: those that they host, and what they promised. For "what breaks" and the leaving kit (D7)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, select

from forum.core.db import db
from forum.core.halves import Span, begins, ends
from forum.core.time import now
from forum.meetups.day.actions.follow_up import leave_all
from forum.meetups.day.models import Action, ActionState
from forum.meetups.day.queries.follow_up import open_of
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.meetups.words import day_words, local_words
from forum.people.models import Person
from forum.spaces.feature import Obligation
from forum.spaces.log import record
from forum.spaces.models import Item, Membership, Space
from forum.web.links import path_of
from forum.web.words import _, _n

MEETUP, ACTION = "meetup", "action"


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the meetups that somebody hosts, and their actions that are open: on these half-days, or whenever."""
    return [*(_hosted(person) if span is None else _hosted_on(person, span)), *_promised(person, span)]


def pass_meetup(key: str, giver: Person, taker: Person) -> None:
    """Let somebody host the meetup that a colleague leaves."""
    series = db.session.get(Series, int(key), populate_existing=True)
    if series is not None and series.host_id == giver.id:
        series.host_id = taker.id
        db.session.flush()


def pass_action(key: str, giver: Person, taker: Person) -> None:
    """Let somebody have the action that a colleague leaves."""
    action = db.session.get(Action, int(key), populate_existing=True)
    if action is not None and action.holder_id == giver.id and action.state is ActionState.OPEN:
        action.holder_id, action.version = taker.id, action.version + 1
        db.session.flush()


def lets_go(space: Space, person: Person, at: datetime) -> None:
    """Let nobody host what somebody hosted in a space, and nobody have what they promised there: it is vacant, and shown so."""
    hosted = select(Series, Item).join(Item, Item.id == Series.id)
    for series, item in db.session.execute(hosted.where(Item.space_id == space.id, Series.host_id == person.id)).all():
        series.host_id = None
        record("left meetup", actor=None, space=space, item=item, person=person, at=at)
    leave_all(space, person.id, at=at)


def _hosted(person: Person) -> list[Obligation]:
    """Return the meetups that somebody hosts and that have dates to come, one each."""
    rows = db.session.execute(_dates(person, Occurrence.ends_at > now())).all()
    found: dict[int, Obligation] = {}
    dates: dict[int, list[Occurrence]] = {}
    for one, item, space in rows:
        dates.setdefault(item.id, []).append(one)
        number = len(dates[item.id])
        found[item.id] = Obligation(
            kind=MEETUP,
            key=str(item.id),
            title=item.title,
            url=path_of("meetups.series", slug=space.slug, ref=item.ref),
            space=space,
            item_id=item.id,
            note=_n("You host it: one date is to come.", "You host it: %(num)d dates are to come.", number),
        )
    return list(found.values())


def _hosted_on(person: Person, span: Span) -> list[Obligation]:
    found = []
    for one, item, space in db.session.execute(_dates(person, Occurrence.ends_at > now())):
        first = begins(span.first, zone=space.zone, midday=space.midday)
        last = ends(span.last, zone=space.zone, midday=space.midday)
        if one.starts_at >= last or one.ends_at <= first:
            continue
        found.append(
            Obligation(
                kind=MEETUP,
                key=f"{item.id}:{one.id}",
                title=one.title or item.title,
                url=path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id),
                space=space,
                item_id=item.id,
                note=_("You host it: %(when)s.", when=local_words(one, person.zone)),
            )
        )
    return found


def _promised(person: Person, span: Span | None) -> list[Obligation]:
    return [
        Obligation(
            kind=ACTION,
            key=str(one.action.id),
            title=one.action.words,
            url=path_of("meetups.action", slug=one.space.slug, action_ref=one.action.ref),
            space=one.space,
            item_id=one.item.id,
            note=_("You promised it, by %(day)s.", day=day_words(one.action.due_on, zone=person.zone))
            if one.action.due_on
            else _("You promised it."),
            ask_url=path_of("meetups.action", slug=one.space.slug, action_ref=one.action.ref),
        )
        for one in open_of(person)
        if span is None or _is_due_in(one.action.due_on, span)
    ]


def _is_due_in(day: date | None, span: Span) -> bool:
    return day is not None and span.first_day <= day <= span.last_day


def _dates(person: Person, *where: ColumnElement[bool]) -> Select[Occurrence, Item, Space]:
    return (
        select(Occurrence, Item, Space)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, and_(Membership.space_id == Space.id, Membership.person_id == person.id))
        .where(
            Membership.ended_at.is_(None),
            Series.host_id == person.id,
            Occurrence.state == OccurrenceState.PLANNED,
            *where,
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
