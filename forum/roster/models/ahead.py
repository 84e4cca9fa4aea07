"""Tables of what was looked at ahead: which gaps organisers were warned of, and absences that were read and wait to be taken over."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.roster.models.cover import ARE_HALVES, ENDS_AFTER_START, Spanned


class GapWarning(Spanned, Base):
    """That a gap was told of, `days_before` it. The key is what tells it once, whoever looks and however often (D4)."""

    __tablename__ = "gap_warning"
    __table_args__ = (
        CheckConstraint(ENDS_AFTER_START, name="ends_after_start"),
        CheckConstraint(ARE_HALVES, name="halves"),
        CheckConstraint("days_before IN (14, 7, 1)", name="some_days_before"),
    )

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    days_before: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    start_day: Mapped[date] = mapped_column(primary_key=True)
    start_half: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    warned_at: Mapped[datetime]


class AbsencePlan(Base):
    """Absences that were read from a calendar and shown: what is taken over is just this, and then nothing of it is left here.

    `lines` is JSON: whose, from when to when. Why somebody is away isn't read from the calendar, so it is in no plan (D6).
    """

    __tablename__ = "absence_plan"
    __table_args__ = (Index("ix_absence_plan_person", "person_id", "made_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(10), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    """Who read the calendar in."""
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    is_for_members: Mapped[bool]
    """Whether an organiser notes it for members. If not, it is all theirs."""
    lines: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
