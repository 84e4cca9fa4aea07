"""Who writes nothing in a space for a time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.spaces.models.log import REASON_LENGTH


class Suspension(Base):
    """A person reads in a space and does nothing else there, while now < until. It is the person's: leaving doesn't lift it.

    One that was ended early is gone from here; the log holds what was.
    """

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("until > since", name="ends_after_start"),
        CheckConstraint("by_id <> person_id", name="not_oneself"),
        Index("ix_suspension_person", "person_id"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
