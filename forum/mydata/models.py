"""The table of downloads of one's own data."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.shelf import Fetched


class Download(Fetched, Base):
    """Everything of one person's, asked for once.

    A worker holds it until `claimed_until`; the constraint lets a person have one under way.
    """

    __tablename__ = "download"
    __table_args__ = (
        Index(
            "uq_download_under_way",
            "person_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'working')"),
            postgresql_where=text("state IN ('waiting', 'working')"),
        ),
        Index("ix_download_person", "person_id", "asked_at"),
        CheckConstraint("state <> 'ready' OR expires_at IS NOT NULL", name="ready_for_a_time"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    size: Mapped[int] = mapped_column(Integer, default=0)
