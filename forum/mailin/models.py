"""The table of mail that came in: what it was, from whom, and what became of it."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.mailin.reading import ADDRESS_LENGTH, LONGEST_ID

DETAIL_LENGTH = 1000


class Became(enum.StrEnum):
    """What became of a message. Which of them are answered, and how, stands in `words.py`."""

    POSTED = "posted"
    PARTLY = "without files"
    HELD = "held"
    BOUNCE = "bounce"
    AUTOMATIC = "automatic"
    LOOP = "loop"
    UNREADABLE = "unreadable"
    STUMBLED = "stumbled"
    UNKNOWN_SENDER = "unknown sender"
    WRONG_SENDER = "wrong sender"
    NO_KEY = "no key"
    TOO_OLD = "too old"
    DIGEST = "digest"
    SUSPENDED = "suspended"
    NOT_MEMBER = "not a member"
    GONE = "gone"
    CLOSED = "closed"
    EMPTY = "empty"
    TOO_BIG = "too big"
    FILES = "files"
    NOT_LAID_OUT = "not laid out"
    LIMIT = "limit"


class ReceivedMail(Base):
    """A message that came in. The key of its id and its sender is what keeps a second copy out.

    `text` is what was typed, as long as it must be sent back; `detail` is the sentence of the rule that stopped it. Neither is shown to
    admins, who have no right to read private spaces. `post_id` is the post that it answers.
    """

    __tablename__ = "received_mail"
    __table_args__ = (
        Index("uq_received_mail_message", "message_id", "sender", unique=True),
        Index("ix_received_mail_came_at", "came_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(LONGEST_ID))
    sender: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    came_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(Integer)
    became: Mapped[Became] = mapped_column(one_of(Became))
    is_answered: Mapped[bool] = mapped_column(Boolean)
    copies: Mapped[int] = mapped_column(Integer, default=1)
    detail: Mapped[str] = mapped_column(String(DETAIL_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
