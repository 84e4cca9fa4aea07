"""Tables of what happened and of what has to be sent because of it.

Delivery is at least once, with a stable Message-ID and one row for each (fact, recipient, channel): a crash between sending and
noting it repeats a message, and mail programmes show the repeat as one.
"""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, one_of

MESSAGE_ID_LENGTH = 120
BOUNCE_LENGTH = 300


class FactRow(Base):
    """One fact. `expanded_at` is set when its deliveries stand; a fact that can't be expanded keeps its `error` and is retried."""

    __tablename__ = "fact"
    __table_args__ = (
        Index(
            "ix_fact_waiting",
            "due_at",
            sqlite_where=text("expanded_at IS NULL"),
            postgresql_where=text("expanded_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    expanded_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str | None] = mapped_column(Text)


class DeliveryState(enum.StrEnum):
    """How far a delivery has come. FAILED stays visible until somebody looks."""

    DUE = "due"
    SENT = "sent"
    DROPPED = "dropped"
    FAILED = "failed"


class Delivery(Base):
    """One message to one recipient through one channel.

    `sent_as` is the Message-ID that it left with; `bounced_at` and `bounce_reason` say that it came back, or was refused for good.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (address IS NULL)", name="one_recipient"),
        CheckConstraint("(bounced_at IS NULL) = (bounce_reason IS NULL)", name="bounced_for_a_reason"),
        Index("uq_delivery_fact_channel_person", "fact_id", "channel", "person_id", unique=True),
        Index("uq_delivery_fact_channel_address", "fact_id", "channel", "address", unique=True),
        Index(
            "ix_delivery_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fact_id: Mapped[int] = mapped_column(ForeignKey("fact.id", ondelete="RESTRICT"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    address: Mapped[str | None] = mapped_column(String(254))
    channel: Mapped[str] = mapped_column(String(12), default="mail")
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState), default=DeliveryState.DUE)
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    sent_at: Mapped[datetime | None]
    sent_as: Mapped[str | None] = mapped_column(String(MESSAGE_ID_LENGTH), index=True)
    error: Mapped[str | None] = mapped_column(Text)
    bounced_at: Mapped[datetime | None]
    bounce_reason: Mapped[str | None] = mapped_column(String(BOUNCE_LENGTH))

    fact: Mapped[FactRow] = relationship(lazy="raise")


class KeptMail(Base):
    """A mail that was kept instead of sent: in development, where there is no mail server."""

    __tablename__ = "kept_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    kept_at: Mapped[datetime]
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)


class Heartbeat(Base):
    """When a worker was last alive, and since when it can't reach the mail server, if it can't."""

    __tablename__ = "heartbeat"
    __table_args__ = (CheckConstraint("(mail_down_since IS NULL) = (mail_error IS NULL)", name="down_for_a_reason"),)

    worker: Mapped[str] = mapped_column(String(40), primary_key=True)
    beat_at: Mapped[datetime]
    mail_down_since: Mapped[datetime | None]
    mail_error: Mapped[str | None] = mapped_column(Text)


class Mailbox(Base):
    """When a mailbox (IMAP) was last looked into, and since when it can't be, if it can't."""

    __tablename__ = "mailbox"
    __table_args__ = (CheckConstraint("(down_since IS NULL) = (error IS NULL)", name="down_for_a_reason"),)

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    good_at: Mapped[datetime | None]
    down_since: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)


class RateWindow(Base):
    """Counts tries within a window of time, for all processes. `key` is hashed: no address is stored."""

    __tablename__ = "rate_window"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(Integer)
