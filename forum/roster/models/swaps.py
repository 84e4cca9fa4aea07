"""The table of covers that colleagues swap."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.roster.models.duties import SwapState


class CoverSwap(Base):
    """Somebody asks a colleague to take the cover that they promised, for one that the colleague promised.

    Each cover is offered to one colleague at a time: the key is what keeps a second offer out.
    """

    __tablename__ = "cover_swap"
    __table_args__ = (
        CheckConstraint("asker_id <> asked_id", name="two_people"),
        CheckConstraint("mine_id <> theirs_id", name="two_covers"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_once"),
        Index(
            "uq_cover_swap_asked",
            "mine_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    mine_id: Mapped[int] = mapped_column(ForeignKey("cover_request.id", ondelete="CASCADE"))
    """What the asker covers."""
    theirs_id: Mapped[int] = mapped_column(ForeignKey("cover_request.id", ondelete="CASCADE"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    state: Mapped[SwapState] = mapped_column(one_of(SwapState), default=SwapState.ASKED)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
