"""The table of what was read from calendar files."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base


class MeetupImport(Base):
    """Meetups that were read from a calendar file and shown: what is planned is just this, and then nothing of it is left here.

    `lines` is JSON: the drafts, and how many entries weren't used, by why. Who takes part in them isn't read.
    """

    __tablename__ = "meetup_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(10), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """Who read the file in."""
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    lines: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
