"""Tables of duties: what there is to do, who holds it from when to when, and whose turn it is."""

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of

ABOUT_LENGTH = 2_000
OFTEN_LENGTH = 80
LABEL_LENGTH, URL_LENGTH = 120, 1_000


class DutyKind(enum.StrEnum):
    """What sort of duty it is."""

    TASK = "task"
    SEAT = "seat"
    """The champion of a department."""
    ACCOUNT = "account"
    """A profile or a page that somebody looks after."""
    ON_DUTY = "on duty"
    """First response."""


class Criticality(enum.StrEnum):
    """How much it matters when nobody does it, the least first."""

    ROUTINE = "routine"
    IMPORTANT = "important"
    CRITICAL = "critical"


class Engagement(enum.StrEnum):
    """What it is to the public."""

    COMMUNICATING = "communicating"
    ENGAGING = "engaging"
    COLLABORATING = "collaborating"


class Mode(enum.StrEnum):
    """Whether it is everyday work, or something that ends."""

    USUAL = "business as usual"
    CAMPAIGN = "campaign"


class Duty(Base):
    """A duty. Its name is its item's title, its zone its space's. Who holds it stands in `Holding`, or in its turns.

    One that is a campaign has a last day. `ended_on` is the first day on which it isn't there any more: somebody ended it.
    With `is_strict` nobody covers it while they are away or cover something else; otherwise they are warned.
    """

    __tablename__ = "duty"
    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="ends_after_start"),
        CheckConstraint("kind <> 'seat' OR department_id IS NOT NULL", name="seat_of_department"),
        CheckConstraint("(ended_on IS NULL) = (ended_by_id IS NULL)", name="ended_by_somebody"),
        CheckConstraint("turn_weeks IS NULL OR turn_weeks IN (1, 2)", name="weekly_or_fortnightly"),
        CheckConstraint("(turn_weeks IS NULL) = (turns_from IS NULL)", name="turns_begin"),
        Index("uq_duty_maker_once", "made_by_id", "once", unique=True),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[DutyKind] = mapped_column(one_of(DutyKind), default=DutyKind.TASK)
    what: Mapped[str] = mapped_column(Text, default="")
    why: Mapped[str] = mapped_column(Text, default="")
    often: Mapped[str] = mapped_column(String(OFTEN_LENGTH), default="")
    criticality: Mapped[Criticality] = mapped_column(one_of(Criticality), default=Criticality.ROUTINE)
    engagement: Mapped[Engagement | None] = mapped_column(one_of(Engagement))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    """Of a campaign. None: business as usual."""
    is_strict: Mapped[bool] = mapped_column(Boolean, default=False)
    note_source: Mapped[str] = mapped_column(Text, default="")
    """The handover note: what whoever takes it on has to know."""
    note_html: Mapped[str] = mapped_column(Text, default="")
    note_renderer: Mapped[int] = mapped_column(SmallInteger, default=0)
    turn_weeks: Mapped[int | None] = mapped_column(SmallInteger)
    """How many weeks a turn has; None: it doesn't rotate."""
    turns_from: Mapped[date | None]
    """The Monday on which the first turn of the first in the order begins."""
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    once: Mapped[str | None] = mapped_column(String(32))
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    end_reason: Mapped[str] = mapped_column(String(500), default="")
    end_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Another one each time that it ends, or goes on after all."""

    @property
    def rotates(self) -> bool:
        """Whether several people take turns."""
        return self.turn_weeks is not None


class DutyLink(Base):
    """Something that helps with a duty, elsewhere."""

    __tablename__ = "duty_link"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    url: Mapped[str] = mapped_column(String(URL_LENGTH))


class DutyRight(Base):
    """A power of the space that goes with the duty: lent to whoever covers, as far as its holder has it (D5)."""

    __tablename__ = "duty_right"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    power: Mapped[str] = mapped_column(String(40), primary_key=True)


class Place(enum.StrEnum):
    """As what somebody holds a duty."""

    HOLDER = "holder"
    DEPUTY = "deputy"


class HoldingState(enum.StrEnum):
    """How far an appointment has come."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = text("state = 'accepted' AND until_day IS NULL")
OFFERED = text("state = 'offered'")


class Holding(Base):
    """That somebody holds a duty, or is its deputy: from `from_day` until before `until_day`. Offered until they accept.

    These rows are the duty's passport: they stay. One that was over on the day it began has no day at all.
    """

    __tablename__ = "holding"
    __table_args__ = (
        CheckConstraint("until_day IS NULL OR until_day >= from_day", name="ends_after_start"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name="answered_once"),
        CheckConstraint("until_day IS NULL OR state = 'accepted'", name="held_before_it_ends"),
        Index("uq_holding_open", "duty_id", "place", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_holding_offered", "duty_id", "place", unique=True, sqlite_where=OFFERED, postgresql_where=OFFERED),
        Index("ix_holding_person", "person_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    place: Mapped[Place] = mapped_column(one_of(Place))
    state: Mapped[HoldingState] = mapped_column(one_of(HoldingState), default=HoldingState.OFFERED)
    from_day: Mapped[date]
    until_day: Mapped[date | None]
    offered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    offered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="")

    @property
    def lasts(self) -> bool:
        """Whether it is of any day at all: who had it for a moment only never held it."""
        return self.until_day != self.from_day


class Turn(Base):
    """Somebody's place in the order in which a duty rotates, from 1 on."""

    __tablename__ = "turn"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime]


class SwapState(enum.StrEnum):
    """How far a swap has come."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TurnSwap(Base):
    """Somebody asks a colleague to take their turn that begins on `day`, for the colleague's that begins on `other_day`."""

    __tablename__ = "turn_swap"
    __table_args__ = (
        CheckConstraint("asker_id <> asked_id", name="two_people"),
        CheckConstraint("day <> other_day", name="two_turns"),
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_once"),
        Index(
            "uq_turn_swap_asked",
            "duty_id",
            "day",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]
    other_day: Mapped[date]
    state: Mapped[SwapState] = mapped_column(one_of(SwapState), default=SwapState.ASKED)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class SwappedTurn(Base):
    """Who has the turn that begins on `day` instead of whom the order names. One for each turn, whatever was swapped before.

    With `until_day` only until before that day: then the turn is handed over. A row before the first turn of an order says whose
    the week was by the order before.
    """

    __tablename__ = "swapped_turn"

    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime]
    until_day: Mapped[date | None]


class EntryKind(enum.StrEnum):
    """What is written into a duty's passport."""

    INCIDENT = "incident"
    NOTE = "note"
    """The handover note as it was until somebody changed it."""


class DutyEntry(Base):
    """A line of a duty's passport: something that happened on `day`, or what the handover note said until `at`. It stays."""

    __tablename__ = "duty_entry"
    __table_args__ = (Index("ix_duty_entry_duty_day", "duty_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    duty_id: Mapped[int] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"))
    kind: Mapped[EntryKind] = mapped_column(one_of(EntryKind))
    day: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
