"""The log of what was done, and the one row that says what this installation is."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, one_of
from forum.people.models import Person

if TYPE_CHECKING:
    from forum.spaces.models.items import Item

ORGANISATION_LENGTH = 80
REASON_LENGTH = 500


class LogAudience(enum.StrEnum):
    """Who may read a line of the log."""

    MEMBERS = "members"
    ORGANISERS = "organisers"
    ADMINS = "admins"


class LogEntry(Base):
    """What was done, by whom, for whom, to what and why."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_space_id_at", "space_id", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    verb: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    audience: Mapped[LogAudience] = mapped_column(one_of(LogAudience), default=LogAudience.MEMBERS)

    actor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[actor_id])
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    on_behalf_of: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[on_behalf_of_id])
    item: Mapped[Item | None] = relationship(lazy="raise")


class Installation(Base):
    """The one row that says what this installation is."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    organisation: Mapped[str] = mapped_column(String(ORGANISATION_LENGTH), default="")
    first_code_hash: Mapped[str | None] = mapped_column(String(64))
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    started_at: Mapped[datetime | None]
