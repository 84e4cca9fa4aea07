"""Tables of calls for help. What happened is the first post of a case's item; its title says it in one sentence."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of

KIND = "help"
AFFECTS_LENGTH = 300
USUAL_MINUTES, FEWEST_MINUTES, MOST_MINUTES = 15, 5, 240
GAVE_BACK, ON_DUTY, DEPUTY, ORGANISERS, WILLING, EVERYBODY = range(6)
"""The steps, in order: who is on duty, their deputy, the organisers, those who said that they may be asked; then everybody was.
Whoever gave a case back stands before the first: they aren't asked again."""


class CaseState(enum.StrEnum):
    """How far a case has come."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Case(Base):
    """A call for help. Whoever has it is `holder_id`, also once it is closed; `helped_number` is the post that says what helped.

    `round` counts how often it was asked round: anew when it is given back or opened again. `step` is how far that has come in this
    round, `next_at` when it goes further if nobody has taken it by then. In a drill everything is as in earnest, but fewer are asked.
    """

    __tablename__ = "help_case"
    __table_args__ = (
        CheckConstraint("state <> 'taken' OR holder_id IS NOT NULL", name="taken_by_somebody"),
        CheckConstraint("state <> 'open' OR holder_id IS NULL", name="open_is_nobodys"),
        CheckConstraint("(holder_id IS NULL) = (taken_at IS NULL)", name="taken_at_some_time"),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_some_time"),
        CheckConstraint("state = 'open' OR next_at IS NULL", name="only_open_ones_go_further"),
        CheckConstraint("(offered_to_id IS NULL) = (offered_at IS NULL)", name="offered_at_some_time"),
        CheckConstraint("offered_to_id IS NULL OR state = 'taken'", name="offered_by_who_has_it"),
        Index("ix_help_case_next", "next_at"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    is_drill: Mapped[bool] = mapped_column(Boolean)
    affects: Mapped[str] = mapped_column(String(AFFECTS_LENGTH), default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    until: Mapped[datetime | None]
    state: Mapped[CaseState] = mapped_column(one_of(CaseState), default=CaseState.OPEN)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    step: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_at: Mapped[datetime | None]
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    taken_at: Mapped[datetime | None]
    offered_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    offered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    helped_number: Mapped[int | None] = mapped_column(Integer)

    @property
    def is_open(self) -> bool:
        """Whether nobody has it yet."""
        return self.state is CaseState.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self.state is CaseState.CLOSED


class Step(Base):
    """That a case went a step further. The key is what keeps two workers from taking the same step."""

    __tablename__ = "help_step"

    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    people: Mapped[int] = mapped_column(SmallInteger)
    """How many were asked; 0: there was nobody."""


class Page(Base):
    """That somebody was asked, in a round once."""

    __tablename__ = "help_page"

    case_id: Mapped[int] = mapped_column(ForeignKey("help_case.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    step: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]


class Willing(Base):
    """That a member may be asked for help when nobody else has it: their own choice, for one space."""

    __tablename__ = "help_willing"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    since: Mapped[datetime]


class Rules(Base):
    """How a space asks for help: after how many minutes it goes a step further. Without a row it is USUAL_MINUTES."""

    __tablename__ = "help_rules"
    __table_args__ = (CheckConstraint(f"minutes BETWEEN {FEWEST_MINUTES} AND {MOST_MINUTES}", name="some_minutes"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    minutes: Mapped[int] = mapped_column(SmallInteger)
