"""Tables of two kinds of duties: the champion's seat of a department, and an account that somebody looks after."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.people.asked import Asked
from forum.people.models import NAME_LENGTH

WAITS = text("state = 'waiting'")
UNANSWERED = text("given_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL")


class Endorsement(Asked, Base):
    """A sponsor stands behind a seat: asked by a link that was mailed to their address, and bound to it. They need no account."""

    __tablename__ = "endorsement"
    __table_args__ = (
        CheckConstraint("(given_at IS NULL) = (name = '')", name="given_by_name"),
        CheckConstraint("given_at IS NULL OR declined_at IS NULL", name="answered_once"),
        CheckConstraint("expires_at > asked_at", name="expires_later"),
        Index("ix_endorsement_duty", "duty_id"),
        Index("uq_endorsement_open", "duty_id", unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))


class VolunteerState(enum.StrEnum):
    """What became of it that somebody put themselves forward."""

    WAITING = "waiting"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Volunteer(Base):
    """Somebody puts themselves forward for a duty; an organiser agrees."""

    __tablename__ = "volunteer"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name="answered_once"),
        Index("uq_volunteer_waiting", "duty_id", "person_id", unique=True, sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[VolunteerState] = mapped_column(one_of(VolunteerState), default=VolunteerState.WAITING)
    at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    answer: Mapped[str] = mapped_column(String(500), default="")


class SeatCall(Base):
    """That a colleague of its department was asked whether they would take a vacant seat: once in a while at the most."""

    __tablename__ = "seat_call"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]


class Account(Base):
    """What is known of an account: never its password, only where the vault is that holds it (D8)."""

    __tablename__ = "account"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    platform: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(500), default="")
    purpose: Mapped[str] = mapped_column(String(500), default="")
    second_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """The second administrator, of the members."""
    second_other: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    """Or by name, somebody who isn't one."""
    recovery: Mapped[str] = mapped_column(String(200), default="")
    """Who or what gets it back when nobody can sign in."""
    vault: Mapped[str] = mapped_column(String(200), default="")
    checked_on: Mapped[date | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    asked_on: Mapped[date | None]
    """When its holder was asked whether this is still right, and hasn't said so since."""
