"""The table of downloads of one's own data."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, Keyed, one_of


class DownloadState(enum.StrEnum):
    """How far a download has come."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OVER = "over"
    """It could be had, and its time is over: the file is gone."""


UNDER_WAY = (DownloadState.WAITING, DownloadState.WORKING)


class Download(Keyed, Base):
    """Everything of one person's, asked for once. The file lies on disk under `uuid`, and only while the state is READY.

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
    state: Mapped[DownloadState] = mapped_column(one_of(DownloadState), default=DownloadState.WAITING)
    asked_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    ready_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)

    @property
    def is_under_way(self) -> bool:
        """Whether it is waited for."""
        return self.state in UNDER_WAY
