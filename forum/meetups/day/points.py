"""What somebody brings to meetups to come counts on them: it is for "what breaks" and the leaving kit (D7)."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, select

from forum.core.db import db, lock
from forum.core.halves import Span
from forum.core.time import local, now
from forum.meetups.day.models import AgendaItem
from forum.meetups.models import Occurrence, OccurrenceState
from forum.meetups.words import day_words
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items
from forum.web.links import path_of
from forum.web.words import _

POINT = "agenda"


def points_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return what somebody brings to dates in these half-days, or to any to come.

    What it carries along isn't named: who is asked to bring it instead may not see that (A3).
    """
    rows = db.session.execute(
        select(AgendaItem, Occurrence, Item, Space)
        .join(Occurrence, Occurrence.id == AgendaItem.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .join(Space, Space.id == Item.space_id)
        .join(Membership, and_(Membership.space_id == Space.id, Membership.person_id == person.id))
        .where(
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            AgendaItem.brought_by_id == person.id,
            AgendaItem.place.is_not(None),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.ends_at > now(),
            visible_items(person, now()),
        )
        .order_by(Occurrence.starts_at, AgendaItem.place)
    )
    found = []
    for point, one, item, space in rows:
        day = local(one.starts_at, space.zone).date()
        if span is not None and not span.first_day <= day <= span.last_day:
            continue
        url = path_of("meetups.occurrence", slug=space.slug, ref=item.ref, key=one.id)
        found.append(
            Obligation(
                kind=POINT,
                key=str(point.id),
                title=point.title or item.title,
                url=url,
                space=space,
                item_id=item.id,
                span=Span.of_days(day, day),
                note=_("You bring it to %(title)s on %(day)s.", title=item.title, day=day_words(day, zone=space.zone)),
                ask_url=url,
                ask_label=_("Go to the agenda"),
            )
        )
    return found


def pass_point(key: str, giver: Person, taker: Person) -> None:
    """Let a colleague bring what somebody put forward."""
    point = _held(key, giver)
    if point is not None:
        point.brought_by_id = taker.id
        db.session.flush()


def end_point(key: str, giver: Person) -> None:
    """Take off the agenda what somebody put forward and nobody brings."""
    point = _held(key, giver)
    if point is not None and point.place is not None:
        point.place, point.removed_at, point.removed_by_id, point.reason = None, now(), giver.id, ""
        db.session.flush()


def points_settled(keys: Collection[str]) -> Collection[str]:
    """Return what nobody has to look for any more: somebody who belongs there brings it, it was taken off, or the day is over."""
    waiting = (
        select(AgendaItem.id)
        .join(Occurrence, Occurrence.id == AgendaItem.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .outerjoin(
            Membership,
            and_(
                Membership.space_id == Item.space_id,
                Membership.person_id == AgendaItem.brought_by_id,
                Membership.ended_at.is_(None),
            ),
        )
        .where(
            AgendaItem.id.in_([int(key) for key in keys]),
            AgendaItem.place.is_not(None),
            Occurrence.ends_at > now(),
            Occurrence.state == OccurrenceState.PLANNED,
            Membership.person_id.is_(None),
        )
    )
    return set(keys) - {str(one) for one in db.session.scalars(waiting)}


def _held(key: str, giver: Person) -> AgendaItem | None:
    """Return what somebody brings, with its meetup held."""
    series = select(Occurrence.series_id).join(AgendaItem, AgendaItem.occurrence_id == Occurrence.id)
    series_id = db.session.scalar(series.where(AgendaItem.id == int(key)))
    if series_id is None or lock(Item, series_id) is None:
        return None
    point = db.session.get(AgendaItem, int(key), populate_existing=True)
    return point if point is not None and point.brought_by_id == giver.id else None
