"""Tables of what waits for an organiser: flags, posts that are held or hidden, and whose posts are held."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.content.models import Post
from forum.core.db import Base, one_of
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, Audience

KEPT = (Audience.SPACE, Audience.ORGANISERS, Audience.ON_DUTY)
"""Whom an item may be for, so that those who look after the space keep order in it."""


class FlagReason(enum.StrEnum):
    """Why somebody wants an organiser to look at a post."""

    UNKIND = "unkind"
    PERSONAL = "personal data"
    HARM = "could do harm"
    ADVERT = "off topic"
    OTHER = "something else"


class FlagOutcome(enum.StrEnum):
    """What became of a flag."""

    LEFT = "left"
    HIDDEN = "hidden"
    EDITED = "edited"
    REMOVED = "removed"


class PostFlag(Base):
    """A member's wish that an organiser looks at a post: one open flag for each person and post. Taken back, it is gone.

    `answer` is what was said when it was settled. Who flagged is for organisers and stewards only.
    """

    __tablename__ = "post_flag"
    __table_args__ = (
        Index(
            "uq_post_flag_open",
            "post_id",
            "person_id",
            unique=True,
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
        Index("ix_post_flag_post", "post_id"),
        CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name="settled_with_an_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[FlagReason] = mapped_column(one_of(FlagReason))
    note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    outcome: Mapped[FlagOutcome | None] = mapped_column(one_of(FlagOutcome))
    answer: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    post: Mapped[Post] = relationship(lazy="raise")
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class WaitWhy(enum.StrEnum):
    """Why a post waits for an organiser."""

    NEWCOMER = "newcomer"
    MEMBER = "member"
    HIDDEN = "hidden"


class WaitOutcome(enum.StrEnum):
    """What became of a post that waited."""

    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    PUT_BACK = "put back"
    REMOVED = "removed"


class PostWait(Base):
    """A post that nobody sees until an organiser decides: held from its beginning, or hidden later. One open row for each post."""

    __tablename__ = "post_wait"
    __table_args__ = (
        Index(
            "uq_post_wait_open",
            "post_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_post_wait_post", "post_id"),
        CheckConstraint("(decided_at IS NULL) = (outcome IS NULL)", name="decided_with_an_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    why: Mapped[WaitWhy] = mapped_column(one_of(WaitWhy))
    since: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    outcome: Mapped[WaitOutcome | None] = mapped_column(one_of(WaitOutcome))
    answer: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    post: Mapped[Post] = relationship(lazy="raise")


class MemberHold(Base):
    """What a member writes in a space is held until a moment. Ended early, the row is gone; the log remembers."""

    __tablename__ = "member_hold"
    __table_args__ = (CheckConstraint("until > at", name="ends_after_start"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    held_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    held_by: Mapped[Person] = relationship(lazy="raise", foreign_keys=[held_by_id])
