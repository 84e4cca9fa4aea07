"""Tables of home: the nudges of a space's organisers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base

MOST_A_WEEK = 3
KEY_LENGTH = 40


class Nudge(Base):
    """Something that an organiser could do in a week. A week has three places: the key is what keeps a fourth out.

    One is chosen once for what it is about (`key`); while nobody has dismissed it and it holds, it may move on to a later week.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 1 AND {MOST_A_WEEK}", name="few_places"),
        CheckConstraint("dismissed_at IS NOT NULL OR dismissed_by_id IS NULL", name="dismissed_by_somebody"),
        Index("uq_nudge_place", "space_id", "week", "place", unique=True),
        Index("uq_nudge_about", "space_id", "kind", "key", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    week: Mapped[date]
    """Its Monday, in the space's zone."""
    place: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str] = mapped_column(String(KEY_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    chosen_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
