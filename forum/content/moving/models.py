"""Tables of posts that were moved."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.spaces.models import REASON_LENGTH


class PostMove(Base):
    """Posts of an item were put at the end of another, together: all of them (`is_whole`), or some.

    `first_number` is what the first of them got there. `posts` counts those that could be read then, gaps included.
    """

    __tablename__ = "post_move"
    __table_args__ = (
        CheckConstraint("from_item_id <> to_item_id", name="to_another"),
        CheckConstraint("posts >= 0", name="counts"),
        Index("ix_post_move_from_item", "from_item_id"),
        Index("ix_post_move_to_item", "to_item_id", "first_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"))
    to_item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"))
    is_whole: Mapped[bool] = mapped_column(Boolean)
    first_number: Mapped[int] = mapped_column(Integer)
    posts: Mapped[int] = mapped_column(Integer)
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    moved_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))


class MovedPost(Base):
    """A number that a post had in an item before it was moved, and `to_number`, the one that it got by that.

    It names the post and not where that stands, so an old address leads there however often the post is moved again.
    """

    __tablename__ = "moved_post"
    __table_args__ = (
        CheckConstraint("number > 0 AND to_number > 0", name="numbers_are_positive"),
        Index("uq_moved_post_post_move", "post_id", "move_id", unique=True),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    move_id: Mapped[int] = mapped_column(ForeignKey("post_move.id", ondelete="RESTRICT"), index=True)
    to_number: Mapped[int] = mapped_column(Integer)
