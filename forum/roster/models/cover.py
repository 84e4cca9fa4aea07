"""Tables of who is away, what was asked of whom, and who covers.

There is no field for why somebody is away, and there must never be one (D6).
"""

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.core.halves import Half, Span, day_of, half_of, part_of

ENDS_AFTER_START = "end_day > start_day OR (end_day = start_day AND end_half >= start_half)"
ARE_HALVES = "start_half IN (0, 1) AND end_half IN (0, 1)"


class Spanned:
    """Mixin: from a half-day to a half-day, both included."""

    start_day: Mapped[date]
    start_half: Mapped[int] = mapped_column(SmallInteger)
    end_day: Mapped[date]
    end_half: Mapped[int] = mapped_column(SmallInteger)

    @property
    def span(self) -> Span:
        """The half-days."""
        return Span(half_of(self.start_day, self.start_half), half_of(self.end_day, self.end_half))

    @span.setter
    def span(self, span: Span) -> None:
        self.start_day, self.start_half = day_of(span.first), part_of(span.first)
        self.end_day, self.end_half = day_of(span.last), part_of(span.last)


def columns_of(span: Span) -> dict[str, object]:
    """Return the columns of a `Spanned` row."""
    return {
        "start_day": day_of(span.first),
        "start_half": part_of(span.first),
        "end_day": day_of(span.last),
        "end_half": part_of(span.last),
    }


class Seen(enum.StrEnum):
    """Who sees that somebody is away."""

    MEMBERS = "members"
    """Everybody in their spaces."""
    ORGANISERS = "organisers"
    """Only who looks after their spaces. Others see that the duty is covered."""


class Absence(Spanned, Base):
    """That somebody is away. It is the person's, not a space's: in each of their spaces its days are that space's days (D1).

    `returned_at` is when they said that they are back before the end: from that instant on they aren't away.
    `filed_by_id` is themselves, or the organiser who filed it for them in `filed_in_id`.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint(ENDS_AFTER_START, name="ends_after_start"),
        CheckConstraint(ARE_HALVES, name="halves"),
        Index("ix_absence_person", "person_id", "end_day"),
        Index("uq_absence_uid", "person_id", "uid", unique=True),
        Index("uq_absence_once", "filed_by_id", "once", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    seen: Mapped[Seen] = mapped_column(one_of(Seen), default=Seen.MEMBERS)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    filed_in_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    filed_at: Mapped[datetime]
    changed_at: Mapped[datetime | None]
    """When its days were corrected last, for calendars that follow."""
    returned_at: Mapped[datetime | None]
    briefed_at: Mapped[datetime | None]
    """When the page of what happened meanwhile was marked as read."""
    calendar_version: Mapped[int | None]
    """The version that a calendar wrote last: while it is that, nobody corrected it here."""
    uid: Mapped[str | None] = mapped_column(String(64))
    """The hash of the UID under which a calendar that was imported knows it, so that a second import finds it."""
    once: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(Integer, default=1)


class CoverState(enum.StrEnum):
    """How far a request for cover has come."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    """Nobody took it, and it isn't needed any more."""
    ENDED = "ended"
    """It was accepted, and the cover or the absence ended before it began, or in the midst of it."""


class CoverRequest(Spanned, Base):
    """Somebody is asked to do a duty while its holder is away, or (`away_id` None) while it is vacant.

    It is always for the duty and whoever holds it, never for another cover: so there are no chains (D3). Taking a part of it
    leaves the rest as requests of their own (`rest_of_id`). With `to_all` anyone may take it; whom else it asks stands in `CoverAsk`.
    """

    __tablename__ = "cover_request"
    __table_args__ = (
        CheckConstraint(ENDS_AFTER_START, name="ends_after_start"),
        CheckConstraint(ARE_HALVES, name="halves"),
        CheckConstraint("(state IN ('accepted', 'ended')) = (accepted_by_id IS NOT NULL)", name="accepted_by_somebody"),
        CheckConstraint("(accepted_by_id IS NULL) = (accepted_at IS NULL)", name="accepted_at_some_time"),
        CheckConstraint("accepted_by_id <> away_id", name="covers_another"),
        Index("ix_cover_request_duty", "duty_id", "state", "end_day"),
        Index("ix_cover_request_next", "state", "escalate_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(10), unique=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    away_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    absence_id: Mapped[int | None] = mapped_column(ForeignKey("absence.id", ondelete="SET NULL"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    asked_at: Mapped[datetime]
    to_all: Mapped[bool] = mapped_column(Boolean, default=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    """What whoever takes it should know, about the duty."""
    state: Mapped[CoverState] = mapped_column(one_of(CoverState), default=CoverState.OPEN)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    accepted_at: Mapped[datetime | None]
    though_away: Mapped[bool] = mapped_column(Boolean, default=False)
    """They took it knowing that they are away themselves, and so they do it."""
    ended_at: Mapped[datetime | None]
    rest_of_id: Mapped[int | None] = mapped_column(ForeignKey("cover_request.id", ondelete="SET NULL"), index=True)
    escalated: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How far it was taken further: 0 not yet, 1 the deputy was asked, 2 the organisers were."""
    escalate_at: Mapped[datetime | None]
    """When it is taken further, if nobody has taken it by then."""
    version: Mapped[int] = mapped_column(Integer, default=1)


class CoverAsk(Base):
    """Somebody in particular is asked to cover, and may say that they can't."""

    __tablename__ = "cover_ask"

    request_id: Mapped[int] = mapped_column(ForeignKey("cover_request.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    asked_at: Mapped[datetime]
    declined_at: Mapped[datetime | None]


class CoverSlot(Base):
    """Who covers a duty on a half-day. The key is what keeps a second cover out (D2)."""

    __tablename__ = "cover_slot"
    __table_args__ = (
        CheckConstraint("half IN (0, 1)", name="halves"),
        Index("ix_cover_slot_person", "person_id", "day"),
    )

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    half: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    request_id: Mapped[int] = mapped_column(ForeignKey("cover_request.id", ondelete="CASCADE"), index=True)

    @property
    def at(self) -> Half:
        """The half-day."""
        return half_of(self.day, self.half)


class CoverGrant(Base):
    """A right that is lent because of a cover, so that it ends with it (D5)."""

    __tablename__ = "cover_grant"

    grant_id: Mapped[int] = mapped_column(ForeignKey("grant.id", ondelete="CASCADE"), primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("cover_request.id", ondelete="CASCADE"), index=True)
