"""Tables of passing on: a handover with its checklist, a rehearsal, and somebody's leaving with what they leave."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of

LINE_LENGTH = 500
IS_OPEN = text("state IN ('draft', 'offered')")
IS_COMING = text("ended_at IS NULL")


class HandoverState(enum.StrEnum):
    """How far a handover has come."""

    DRAFT = "draft"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Handover(Base):
    """A duty is passed from one to another on `day`, with a checklist. Offered until the taker accepts (D8)."""

    __tablename__ = "handover"
    __table_args__ = (
        Index("uq_handover_open", "duty_id", unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        CheckConstraint("giver_id <> taker_id", name="two_people"),
        CheckConstraint("(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name="answered_once"),
        CheckConstraint("state <> 'accepted' OR taker_id IS NOT NULL", name="accepted_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(10), unique=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), index=True)
    giver_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]
    state: Mapped[HandoverState] = mapped_column(one_of(HandoverState), default=HandoverState.DRAFT)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime]
    offered_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Another one each time that its day moves."""


class HandoverItem(Base):
    """A line of the checklist. What wasn't done when the taker accepted stays listed as accepted with that risk (`risk_at`)."""

    __tablename__ = "handover_item"
    __table_args__ = (
        Index("uq_handover_item_place", "handover_id", "place", unique=True),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name="done_by_somebody"),
        CheckConstraint("risk_at IS NULL OR done_at IS NULL OR done_at >= risk_at", name="risk_is_of_what_was_open"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id", ondelete="CASCADE"))
    place: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(LINE_LENGTH))
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    risk_at: Mapped[datetime | None]


class HandoverQuestion(Base):
    """Something asked beside a line of the checklist, and what was answered."""

    __tablename__ = "handover_question"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (answer = '')", name="answered_in_words"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("handover_item.id", ondelete="CASCADE"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    question: Mapped[str] = mapped_column(String(LINE_LENGTH))
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(LINE_LENGTH), default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    answered_at: Mapped[datetime | None]


class Rehearsal(Base):
    """The deputy runs a duty for a day, and notes what was missing."""

    __tablename__ = "rehearsal"
    __table_args__ = (Index("uq_rehearsal_day", "duty_id", "person_id", "day", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    missing: Mapped[str] = mapped_column(Text, default="")
    noted_at: Mapped[datetime | None]


class Leaving(Base):
    """Somebody leaves after `last_day`: their account closes, or with `space_id` their membership of that space ends.

    One at a time; ended when the day has come or it is taken back. Who went at once has one that ended as it began.
    """

    __tablename__ = "leaving"
    __table_args__ = (
        Index("uq_leaving_coming", "person_id", unique=True, sqlite_where=IS_COMING, postgresql_where=IS_COMING),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    last_day: Mapped[date] = mapped_column(index=True)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    filed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    is_taken_back: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Another one with each day that is set."""


class LeavingState(enum.StrEnum):
    """What became of something that somebody leaves."""

    OPEN = "open"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    VACANT = "vacant"
    CLOSED = "closed"
    """Nobody has to take it: it is done, or not needed any more."""


class LeavingItem(Base):
    """One obligation of somebody who leaves (D7). `kind` and `key` are what the room that registered it calls it."""

    __tablename__ = "leaving_item"
    __table_args__ = (
        Index("uq_leaving_item_kind_key", "leaving_id", "kind", "key", unique=True),
        CheckConstraint("state NOT IN ('offered', 'accepted') OR successor_id IS NOT NULL", name="offered_to_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    leaving_id: Mapped[int] = mapped_column(ForeignKey("leaving.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[LeavingState] = mapped_column(one_of(LeavingState), default=LeavingState.OPEN)
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    settled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Another one each time that somebody is asked."""
