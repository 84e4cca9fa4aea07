"""Somebody who is told of a meetup: what they said of its dates, and what a calendar programme of theirs needs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

from flask import current_app
from sqlalchemy import select

from forum.config import Settings
from forum.core.db import db
from forum.core.events import Recipient
from forum.core.time import now
from forum.meetups.calendars import Whole, Writer
from forum.meetups.models import COMES, Answer, Occurrence, OccurrenceState, Rsvp, Series
from forum.meetups.queries.calendars import Row, needed, row_of, whole_of
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import visible_items


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody who may be told of a meetup now."""

    person: Person
    row: Row

    @property
    def series(self) -> Series:
        """The meetup."""
        return self.row[0]

    @property
    def item(self) -> Item:
        """Its item."""
        return self.row[1]

    @property
    def space(self) -> Space:
        """Its space."""
        return self.row[2]

    def writer(self) -> Writer:
        """Who invites: the space, by the installation's address (C6)."""
        settings: Settings = current_app.extensions["baton"].settings
        return Writer(
            organiser=self.space.name, address=parseaddr(settings.mail_from)[1], invited=self.person.email or ""
        )

    def dates(self) -> list[Occurrence]:
        """Return dates of the meetup to come."""
        query = select(Occurrence).where(Occurrence.series_id == self.series.id, Occurrence.ends_at > now())
        return list(db.session.scalars(query.order_by(Occurrence.starts_at)))

    def known(self) -> list[Occurrence]:
        """Return the dates of the meetup of which a calendar must be told."""
        query = select(Occurrence).where(Occurrence.series_id == self.series.id, needed(now()))
        return list(db.session.scalars(query.order_by(Occurrence.starts_at)))

    def has_been(self) -> bool:
        """Whether it took place before."""
        query = select(Occurrence.id).where(
            Occurrence.series_id == self.series.id,
            Occurrence.starts_at <= now(),
            Occurrence.state == OccurrenceState.PLANNED,
        )
        return db.session.scalar(query.limit(1)) is not None

    def said(self, *answers: Answer) -> list[datetime]:
        """Return the slots of all dates of which the person said so."""
        query = (
            select(Occurrence.original_local_start)
            .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
            .where(Occurrence.series_id == self.series.id, Rsvp.person_id == self.person.id, Rsvp.status.in_(answers))
        )
        return list(db.session.scalars(query))

    def answers(self) -> dict[int, Rsvp]:
        """Return what the person said of dates to come, by the date's key."""
        query = (
            select(Rsvp)
            .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
            .where(Occurrence.series_id == self.series.id, Rsvp.person_id == self.person.id, Rsvp.status.in_(COMES))
            .where(Occurrence.ends_at > now())
        )
        return {one.occurrence_id: one for one in db.session.scalars(query)}

    def whole(self, dates: Collection[Occurrence], *, going: Collection[int] = (), always: bool = False) -> Whole:
        """Return what a calendar says of the meetup."""
        return whole_of(self.row, list(dates), going=going, always=always)


def told_of(series_id: int | None, recipient: Recipient) -> Told | None:
    """Return who is told of which meetup, None when they may not be any more: they left, or can't see it (A3)."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    row = row_of(series_id or 0)
    if person is None or not person.is_active or not person.email or row is None:
        return None
    sees = db.session.scalar(select(Item.id).where(Item.id == row[1].id, visible_items(person, now())))
    belongs = select(Membership.id).where(
        Membership.space_id == row[2].id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    if sees is None or db.session.scalar(belongs) is None:
        return None
    return Told(person=person, row=row)
