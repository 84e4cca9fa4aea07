"""Tables of what members ask through an organiser."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH


class RelayState(enum.StrEnum):
    """How far something has come that is asked through an organiser."""

    WAITING = "waiting"
    PASSED = "passed on"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Relay(Base):
    """A question (or, with `about_id`, something to add to one) as its asker wrote it. Only the asker and the keeper may read it.

    A keeper is an organiser or a steward. What was passed on is the keeper's post `post_id`; what that says stands there.
    """

    __tablename__ = "relay"
    __table_args__ = (
        Index("uq_relay_asker_once", "asker_id", "once", unique=True),
        Index("ix_relay_keeper", "keeper_id", "space_id", "state"),
        CheckConstraint("asker_id <> keeper_id", name="through_somebody_else"),
        CheckConstraint("(state = 'passed on') = (post_id IS NOT NULL)", name="passed_on_as_a_post"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled_at_some_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    keeper_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("relay.id", ondelete="RESTRICT"), index=True)
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[RelayState] = mapped_column(one_of(RelayState), default=RelayState.WAITING)
    asked_at: Mapped[datetime]
    chosen_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), unique=True)
    once: Mapped[str | None] = mapped_column(String(32))

    asker: Mapped[Person] = relationship(lazy="raise", foreign_keys=[asker_id])
    keeper: Mapped[Person] = relationship(lazy="raise", foreign_keys=[keeper_id])


class RelayAct(enum.StrEnum):
    """What was done with a relay, by the asker or by the keeper."""

    ASKED = "asked"
    ASKED_ANOTHER = "asked another"
    PASSED = "passed on"
    DECLINED = "declined"
    WITHDREW = "withdrew"
    ACCEPTED = "accepted"
    THANKED = "thanked"


class RelayStep(Base):
    """The log of a relay. The asker reads all of it, a keeper what was between the asker and them; nobody else reads anything."""

    __tablename__ = "relay_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    relay_id: Mapped[int] = mapped_column(ForeignKey("relay.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    act: Mapped[RelayAct] = mapped_column(one_of(RelayAct))
    keeper_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    keeper: Mapped[Person] = relationship(lazy="raise")
