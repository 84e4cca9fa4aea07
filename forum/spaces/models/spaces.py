"""Spaces and who belongs to them."""

import enum
from datetime import datetime, time

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, Time, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed, one_of
from forum.core.halves import EARLIEST_MIDDAY, LATEST_MIDDAY, MIDDAY
from forum.people.models import Person

SPACE_NAME_LENGTH = 60
PURPOSE_LENGTH = 300
SLUG_LENGTH = 40


class Visibility(enum.StrEnum):
    """Who may see a space."""

    OPEN = "open"
    BY_REQUEST = "by request"
    PRIVATE = "private"


class Cloth(enum.StrEnum):
    """The colour in which a space is bound."""

    TEAL = "teal"
    PLUM = "plum"
    NAVY = "navy"
    MOSS = "moss"


class Role(enum.StrEnum):
    """What a member is in a space. VISITOR is nobody's membership: it is what an open space gives to everyone signed in."""

    VISITOR = "visitor"
    READER = "reader"
    CHAMPION = "champion"
    ORGANISER = "organiser"
    STEWARD = "steward"


class Space(Keyed, Base):
    """A community's own place. `maker_id` and `once` make a double press of "Make the space" one space.

    With `holds_newcomers` the first thing that somebody writes here waits for an organiser.
    """

    __tablename__ = "space"
    __table_args__ = (
        Index("uq_space_maker_once", "maker_id", "once", unique=True),
        CheckConstraint(
            f"midday BETWEEN '{EARLIEST_MIDDAY:%H:%M:%S.%f}' AND '{LATEST_MIDDAY:%H:%M:%S.%f}'", name="midday_by_day"
        ),
    )

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH))
    purpose: Mapped[str] = mapped_column(String(PURPOSE_LENGTH), default="")
    about_source: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    about_renderer: Mapped[int] = mapped_column(SmallInteger, default=0)
    visibility: Mapped[Visibility] = mapped_column(one_of(Visibility), default=Visibility.OPEN)
    cloth: Mapped[Cloth] = mapped_column(one_of(Cloth), default=Cloth.TEAL)
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    midday: Mapped[time] = mapped_column(Time, default=MIDDAY)
    """When the second half-day begins, on the clock of `zone`."""
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    holds_newcomers: Mapped[bool] = mapped_column(Boolean, default=False)
    origin_uuid: Mapped[str | None] = mapped_column(String(36))
    maker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    once: Mapped[str | None] = mapped_column(String(32))


class Membership(Base):
    """A person's time in a space. Ended rows stay; a partial index keeps one open row for each person."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_open",
            "space_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("role <> 'visitor'", name="role_is_a_members"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    role: Mapped[Role] = mapped_column(one_of(Role))
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    space: Mapped[Space] = relationship(lazy="raise")
