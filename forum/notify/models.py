"""Tables of what people are told in the app, and of how they want their mail."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.core.notices import Reason
from forum.spaces.models import REASON_LENGTH


class Notification(Base):
    """That a person is told of a post. The key of person and post is what keeps a second one out (B4).

    `read_at` is when they saw the post, or said that they don't need to; `mailed_at` when a message told of it. `fact_id` is of what
    they were told because of; once a message told of it, of that message's, so that the delivery of fact and person is the one that
    tells. `is_quiet`: no message about posts tells of
    it ever: they are away (D9), or a message of its own does. Where the post stands is asked of the post: it may be moved.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("uq_notification_person_post", "person_id", "post_id", unique=True),
        Index("ix_notification_person_at", "person_id", "at"),
        Index(
            "ix_notification_unread",
            "person_id",
            "post_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id", ondelete="SET NULL"), index=True)
    reason: Mapped[Reason] = mapped_column(one_of(Reason))
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    is_quiet: Mapped[bool] = mapped_column(Boolean, default=False)


class HeadsUp(Base):
    """That a person is told in the app of something which is no post: what a room says of this `kind` (`Feature.heads_up`), once each.

    `path` is where it is read on this site, `number` how many things it is about, `day` which day, and `words` are those of whoever
    did it. Who may not see the item any more isn't told of it.
    """

    __tablename__ = "heads_up"
    __table_args__ = (
        Index("uq_heads_up_person_key", "person_id", "key", unique=True),
        Index(
            "ix_heads_up_unread",
            "person_id",
            "item_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(300))
    number: Mapped[int] = mapped_column(SmallInteger, default=0)
    day: Mapped[date | None] = mapped_column(Date)
    words: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class MailRhythm(enum.StrEnum):
    """When somebody wants to have mail about posts."""

    AT_ONCE = "at once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class MailChoice(Base):
    """When a person wants mail about posts, if they chose.

    A digest comes at `hour` on their clock, a weekly one on `weekday` (0: Monday); `next_at` is when the next one is due. All
    other mail that can wait comes from `from_hour` until `to_hour`. `stopped` is the rhythm of the digest that its own link stopped.
    """

    __tablename__ = "mail_choice"
    __table_args__ = (
        CheckConstraint("(rhythm IN ('daily', 'weekly')) = (next_at IS NOT NULL)", name="digests_are_due"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="day_of_a_week"),
        CheckConstraint("from_hour >= 0 AND from_hour < to_hour AND to_hour <= 24", name="hours_in_order"),
        Index("ix_mail_choice_next", "next_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    rhythm: Mapped[MailRhythm] = mapped_column(one_of(MailRhythm))
    hour: Mapped[int] = mapped_column(SmallInteger)
    weekday: Mapped[int] = mapped_column(SmallInteger)
    from_hour: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    to_hour: Mapped[int] = mapped_column(SmallInteger, default=24, server_default="24")
    next_at: Mapped[datetime | None]
    stopped: Mapped[MailRhythm | None] = mapped_column(one_of(MailRhythm))


class QuietSpace(Base):
    """That somebody has a space's announcements in the app only, and since when."""

    __tablename__ = "quiet_space"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True, index=True)
    since: Mapped[datetime]


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class QuietKind(Base):
    """That somebody has no mail of a kind (of fact), from one space or, where it is of none, at all; and since when.

    Somebody without an account is known by the hash of their address.
    """

    __tablename__ = "quiet_kind"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (address_hash IS NULL)", name="quiet_for_one"),
        Index("uq_quiet_kind_person", "person_id", "kind", unique=True, **_where("space_id IS NULL")),
        Index("uq_quiet_kind_person_space", "person_id", "kind", "space_id", unique=True),
        Index("uq_quiet_kind_address", "address_hash", "kind", unique=True, **_where("space_id IS NULL")),
        Index("uq_quiet_kind_address_space", "address_hash", "kind", "space_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    address_hash: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(60))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime]


IS_CURRENT = "replaced_at IS NULL"
CURRENT = _where(IS_CURRENT)


class StopLink(Base):
    """The link that stops mail: about an item, of a kind, announcements of a space, or (none of these) a digest. It never runs out.

    It is a person's, or of somebody without an account, known by the hash of their address: then it stops a kind. As with other
    links, the token is derived from `nonce` when a message is made, and its hash is stored. `replaced_at` is set where the secret
    key changed since: messages hold another one then, and this one goes on working.
    """

    __tablename__ = "stop_link"
    __table_args__ = (
        CheckConstraint("item_id IS NULL OR space_id IS NULL", name="stops_one_thing"),
        CheckConstraint("(person_id IS NULL) <> (address_hash IS NULL)", name="stops_for_one"),
        CheckConstraint("kind IS NULL OR item_id IS NULL", name="kind_of_no_item"),
        Index("uq_stop_link_person_item", "person_id", "item_id", unique=True, **CURRENT),
        Index(
            "uq_stop_link_person_space",
            "person_id",
            "space_id",
            unique=True,
            **_where(f"kind IS NULL AND {IS_CURRENT}"),
        ),
        Index(
            "uq_stop_link_digest",
            "person_id",
            unique=True,
            **_where(f"item_id IS NULL AND space_id IS NULL AND kind IS NULL AND {IS_CURRENT}"),
        ),
        Index("uq_stop_link_kind", "person_id", "kind", unique=True, **_where(f"space_id IS NULL AND {IS_CURRENT}")),
        Index("uq_stop_link_kind_space", "person_id", "kind", "space_id", unique=True, **CURRENT),
        Index(
            "uq_stop_link_address", "address_hash", "kind", unique=True, **_where(f"space_id IS NULL AND {IS_CURRENT}")
        ),
        Index("uq_stop_link_address_space", "address_hash", "kind", "space_id", unique=True, **CURRENT),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    address_hash: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str | None] = mapped_column(String(60))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class ReplyKey(Base):
    """The key in the address at which a person answers a post by mail; without a post it stands in a digest, and says so.

    As with other links, the key is derived from `nonce` when a message is made, and its hash is stored; `replaced_at` as
    with these. Where the post stands is asked of the post: it may be moved.
    """

    __tablename__ = "reply_key"
    __table_args__ = (
        Index("uq_reply_key_person_post", "person_id", "post_id", unique=True, **CURRENT),
        Index("uq_reply_key_digest", "person_id", unique=True, **_where(f"post_id IS NULL AND {IS_CURRENT}")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
