"""Tables of webhooks."""

import enum
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed, one_of
from forum.core.outbox import DeliveryState, FactRow

LABEL_LENGTH = 60
HOST_LENGTH = 253
ANSWER_LENGTH = 400


class HookShape(enum.StrEnum):
    """What the other side understands."""

    TEAMS = "teams"
    SLACK = "slack"
    JSON = "json"


class HookHost(Base):
    """A host that webhooks may be sent to, or "*.host" for all below it. Admins of the installation keep the list."""

    __tablename__ = "hook_host"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(String(HOST_LENGTH), unique=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    added_at: Mapped[datetime]


class Hook(Keyed, Base):
    """A webhook of a space. It stays with the space, whoever made it.

    `url` opens a door elsewhere, so it is shown to nobody and never logged. The secret is derived from `nonce`, as links in mail
    are, and stored nowhere. After a failure nothing is sent before `rest_until`; while something is on its way, neither.
    """

    __tablename__ = "hook"
    __table_args__ = (Index("uq_hook_space_address", "space_id", "url_hash", unique=True),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    shape: Mapped[HookShape] = mapped_column(one_of(HookShape))
    url: Mapped[str] = mapped_column(Text)
    url_hash: Mapped[str] = mapped_column(String(64))
    events: Mapped[list[str]] = mapped_column(JSON)
    nonce: Mapped[str] = mapped_column(String(32))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, default=0)
    rest_until: Mapped[datetime | None]


class HookDelivery(Keyed, Base):
    """One thing to tell a webhook. Its uuid goes along, so that the other side sees what it has already.

    Without a fact it is a test. `status` and `answer` are the last that came back.
    """

    __tablename__ = "hook_delivery"
    __table_args__ = (
        Index("uq_hook_delivery_hook_fact", "hook_id", "fact_id", unique=True),
        Index("ix_hook_delivery_fact", "fact_id"),
        Index(
            "ix_hook_delivery_due",
            "due_at",
            sqlite_where=text("state = 'due'"),
            postgresql_where=text("state = 'due'"),
        ),
        CheckConstraint("attempts >= 0", name="attempts_are_counted"),
    )

    hook_id: Mapped[int] = mapped_column(ForeignKey("hook.id", ondelete="CASCADE"))
    fact_id: Mapped[int | None] = mapped_column(ForeignKey("fact.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(40))
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState), default=DeliveryState.DUE)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(SmallInteger)
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")

    hook: Mapped[Hook] = relationship(lazy="raise")
    fact: Mapped[FactRow | None] = relationship(lazy="raise")
