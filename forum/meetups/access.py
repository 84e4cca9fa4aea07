"""Loading a meetup and authorising are one step."""

from flask import current_app
from sqlalchemy import Select, bindparam, select

from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.secrets import hashed, token_from
from forum.core.time import now
from forum.meetups.models import Occurrence, Rsvp, Series
from forum.meetups.queries.hosts import holder_of
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_items, visible_to_viewer

PURPOSE = "turn up"


def series_for(here: Here, ref: str) -> tuple[Series, Item]:
    """Load the meetup at `ref` in this space. Raises Missing when the person can't see it, or it stands elsewhere (A1, A2)."""
    if not (ref.isascii() and ref.isalnum()):
        raise Missing
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_series(), values).one_or_none()
    if row is None:
        raise Missing
    series, item = row
    return series, item


def occurrence_for(here: Here, ref: str, key: int) -> tuple[Occurrence, Series, Item]:
    """Load one date of the meetup at `ref`. Raises Missing, likewise; its series has its own address."""
    series, item = series_for(here, ref)
    occurrence = date_of(series, key)
    if occurrence is None:
        raise Missing
    return occurrence, series, item


def date_of(series: Series, key: int) -> Occurrence | None:
    """Return a date by its key, None when it is no date of this meetup."""
    occurrence = db.session.get(Occurrence, key) if key < 2**31 else None
    return occurrence if occurrence is not None and occurrence.series_id == series.id else None


def moved_on(here: Here, key: int) -> str | None:
    """Return the ref of the meetup in which a date stands now, if it was carried into one that goes on from another."""
    if key >= 2**31:
        return None
    return db.session.scalar(
        select(Item.ref)
        .join(Occurrence, Occurrence.series_id == Item.id)
        .where(Occurrence.id == key, Item.space_id == here.space.id, visible_items(here.actor, now()))
    )


@prepared
def _visible_series() -> Select[Series, Item]:
    return (
        select(Series, Item)
        .join(Item, Item.id == Series.id)
        .where(Item.ref == bindparam("ref"), Item.space_id == bindparam("space_id"), visible_to_viewer())
    )


def why_not_change(here: Here, series: Series, item: Item, one: Occurrence | None = None) -> str:
    """Return "" when the person may change this meetup now, or this date of it: an organiser, or who hosts it.

    Who hosts by a duty does so as long as they have it: what they may do to `one` is theirs if they have it on that day.
    Else the sentence that says why not.
    """
    if here.may(Can.SCHEDULE_MEETUP, item):
        return ""
    if here.may(Can.WRITE_POST) and _hosts(here.actor, series, one):  # who reads along writes nothing, host or not
        return ""
    return here.why_not(Can.SCHEDULE_MEETUP)


def _hosts(person: Person, series: Series, one: Occurrence | None) -> bool:
    if series.host_duty_id is None:
        return series.host_id == person.id
    return holder_of(series, one.starts_at if one else now()) == person.id


def require_change(here: Here, series: Series, item: Item, one: Occurrence | None = None) -> None:
    """Raise Denied with the reason when `here.actor` may not change this meetup now, or this date of it."""
    why = why_not_change(here, series, item, one)
    if why:
        raise Denied(why)


def token_of(nonce: str) -> str:
    """Return the token of somebody's own link, for their mail and for nothing else."""
    return token_from(nonce, key=current_app.config["SECRET_KEY"], purpose=PURPOSE)


def rsvp_by(token: str) -> tuple[Rsvp, Person, Occurrence, Series, Item, Space]:
    """Return whose answer for which date a link is about. Raises Missing for one that leads nowhere, or to what they may not see."""
    row = db.session.execute(
        select(Rsvp, Person, Occurrence, Series, Item, Space)
        .join(Person, Person.id == Rsvp.person_id)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
        .join(Series, Series.id == Occurrence.series_id)
        .join(Item, Item.id == Series.id)
        .join(Space, Space.id == Item.space_id)
        .where(Rsvp.token_hash == hashed(token))
    ).one_or_none()
    if row is None:
        raise Missing
    rsvp, person, occurrence, series, item, space = row
    sees = select(Item.id).where(Item.id == item.id, visible_items(person, now()))
    if not person.is_active or db.session.scalar(sees) is None:
        raise Missing
    return rsvp, person, occurrence, series, item, space
