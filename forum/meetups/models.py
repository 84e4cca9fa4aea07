"""Tables of meetups. A meetup that takes place once is a series of one date."""

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, WallTime, one_of
from forum.meetups.recurrence import Plan, Rhythm, slot_at
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH

KIND = "meetup"
PLACE_LENGTH = 200
ACCESS_LENGTH = 500
LINK_LENGTH = 500
TOPIC_LENGTH = 500
UID_LENGTH = 100
ZONE_LENGTH = 64
TOKEN_LENGTH = 64
NONCE_LENGTH = 32


class OccurrenceState(enum.StrEnum):
    """Whether a date takes place. One that is paused comes back with its series; one that is cancelled stays so."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    PAUSED = "paused"


class Mode(enum.StrEnum):
    """How somebody takes part."""

    ROOM = "room"
    ONLINE = "online"


class Answer(enum.StrEnum):
    """What somebody said, and what became of it."""

    GOING = "going"
    WAITING = "waiting"
    MAYBE = "maybe"
    NO = "no"


COMES = (Answer.GOING, Answer.WAITING, Answer.MAYBE)
"""Who says one of these is told what becomes of a date."""


class Series(Base):
    """What comes back, or takes place once. Its title and space are its item's. `made_to`: its dates are rows as far as that."""

    __tablename__ = "meetup_series"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="takes_time"),
        CheckConstraint("every > 0", name="comes_back_some_time"),
        CheckConstraint("until_day IS NULL OR count IS NULL", name="one_end"),
        CheckConstraint("room_seats > 0", name="seats_in_the_room"),
        CheckConstraint("online_seats > 0", name="seats_online"),
        CheckConstraint("continues_id <> id", name="continues_another"),
        CheckConstraint("host_id IS NULL OR host_duty_id IS NULL", name="one_host"),
        CheckConstraint("paused_until IS NULL OR paused_at IS NOT NULL", name="pause_has_a_start"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    uid: Mapped[str] = mapped_column(String(UID_LENGTH), unique=True)
    local_start: Mapped[datetime] = mapped_column(WallTime())
    fold: Mapped[int] = mapped_column(SmallInteger, default=0)
    zone: Mapped[str] = mapped_column(String(ZONE_LENGTH))
    minutes: Mapped[int] = mapped_column(Integer)
    rhythm: Mapped[Rhythm] = mapped_column(one_of(Rhythm), default=Rhythm.ONCE)
    every: Mapped[int] = mapped_column(SmallInteger, default=1)
    until_day: Mapped[date | None] = mapped_column(Date)
    count: Mapped[int | None] = mapped_column(Integer)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    continues_id: Mapped[int | None] = mapped_column(ForeignKey("meetup_series.id", ondelete="SET NULL"), unique=True)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    access: Mapped[str] = mapped_column(String(ACCESS_LENGTH), default="")
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    link: Mapped[str] = mapped_column(String(LINK_LENGTH), default="")
    room_seats: Mapped[int | None] = mapped_column(Integer)
    online_seats: Mapped[int | None] = mapped_column(Integer)
    host_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    host_duty_id: Mapped[int | None] = mapped_column(ForeignKey("duty.id", ondelete="SET NULL"), index=True)
    """Whoever has this duty on the day is the host of it."""
    about: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    renderer: Mapped[int | None] = mapped_column(SmallInteger)
    changed_at: Mapped[datetime]
    made_to: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[date | None] = mapped_column(Date)
    ended_at: Mapped[datetime | None]
    """When all dates from one on were cancelled, as long as that can be taken back; why; and where the rule ended before."""
    end_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))
    until_before: Mapped[date | None] = mapped_column(Date)
    count_before: Mapped[int | None] = mapped_column(Integer)

    @property
    def plan(self) -> Plan:
        """When it takes place."""
        return Plan(
            start=self.local_start,
            zone=self.zone,
            minutes=self.minutes,
            rhythm=self.rhythm,
            every=self.every,
            until=self.until_day,
            count=self.count,
            fold=self.fold,
        )

    @property
    def comes_back(self) -> bool:
        """Whether it takes place more than once."""
        return self.rhythm is not Rhythm.ONCE


class Occurrence(Base):
    """One date of a series. `original_local_start` is what the rule says and never changes with a move of this date (C2).

    `title`, `place` and `link` are "" and None where they are the series' own. Seats are always the date's own. `moves`: how often
    its time was changed.
    """

    __tablename__ = "occurrence"
    __table_args__ = (
        Index("uq_occurrence_slot", "series_id", "original_local_start", "fold", unique=True),
        Index("ix_occurrence_series_starts", "series_id", "starts_at"),
        Index("ix_occurrence_starts", "starts_at"),
        CheckConstraint("minutes > 0", name="takes_time"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("room_seats > 0", name="seats_in_the_room"),
        CheckConstraint("online_seats > 0", name="seats_online"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("meetup_series.id", ondelete="CASCADE"))
    original_local_start: Mapped[datetime] = mapped_column(WallTime())
    fold: Mapped[int] = mapped_column(SmallInteger, default=0)
    local_start: Mapped[datetime] = mapped_column(WallTime())
    zone: Mapped[str] = mapped_column(String(ZONE_LENGTH))
    minutes: Mapped[int] = mapped_column(Integer)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    state: Mapped[OccurrenceState] = mapped_column(one_of(OccurrenceState), default=OccurrenceState.PLANNED)
    moves: Mapped[int] = mapped_column(SmallInteger, default=0)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    topic: Mapped[str] = mapped_column(String(TOPIC_LENGTH), default="")
    place: Mapped[str | None] = mapped_column(String(PLACE_LENGTH))
    link: Mapped[str | None] = mapped_column(String(LINK_LENGTH))
    room_seats: Mapped[int | None] = mapped_column(Integer)
    online_seats: Mapped[int | None] = mapped_column(Integer)
    changed_at: Mapped[datetime]

    @property
    def is_moved(self) -> bool:
        """Whether it takes place at another time than its series says."""
        return self.local_start != slot_at(self.original_local_start, self.zone, fold=self.fold).local

    @property
    def is_planned(self) -> bool:
        """Whether it takes place."""
        return self.state is OccurrenceState.PLANNED

    def seats(self, mode: Mode) -> int | None:
        """Return how many seats there are, None for as many as people come."""
        return self.room_seats if mode is Mode.ROOM else self.online_seats


class Rsvp(Base):
    """What a person said of one date. Who goes has a numbered seat, who waits a place in the line: the keys keep one more out (C7).

    `nonce` makes the link in the person's mail; what is stored of the link is its hash.
    """

    __tablename__ = "rsvp"
    __table_args__ = (
        CheckConstraint("(status = 'going') = (seat_no IS NOT NULL)", name="going_has_a_seat"),
        CheckConstraint("(status = 'waiting') = (wait_pos IS NOT NULL)", name="waiting_has_a_place"),
        CheckConstraint("seat_no > 0 AND wait_pos > 0", name="numbers_from_one"),
        Index(
            "uq_rsvp_seat",
            "occurrence_id",
            "mode",
            "seat_no",
            unique=True,
            sqlite_where=text("seat_no IS NOT NULL"),
            postgresql_where=text("seat_no IS NOT NULL"),
        ),
        Index(
            "uq_rsvp_line",
            "occurrence_id",
            "mode",
            "wait_pos",
            unique=True,
            sqlite_where=text("wait_pos IS NOT NULL"),
            postgresql_where=text("wait_pos IS NOT NULL"),
        ),
    )

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    mode: Mapped[Mode] = mapped_column(one_of(Mode), default=Mode.ROOM)
    status: Mapped[Answer] = mapped_column(one_of(Answer))
    seat_no: Mapped[int | None] = mapped_column(Integer)
    wait_pos: Mapped[int | None] = mapped_column(Integer)
    is_late: Mapped[bool] = mapped_column(Boolean, default=False)
    is_standing: Mapped[bool] = mapped_column(Boolean, default=False)
    at: Mapped[datetime]
    nonce: Mapped[str] = mapped_column(String(NONCE_LENGTH))
    token_hash: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)

    @property
    def version(self) -> str:
        """Another one with each answer."""
        return self.at.isoformat()


class StandingRsvp(Base):
    """Somebody comes every time until they say no, or until a day."""

    __tablename__ = "standing_rsvp"

    series_id: Mapped[int] = mapped_column(ForeignKey("meetup_series.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    mode: Mapped[Mode] = mapped_column(one_of(Mode), default=Mode.ROOM)
    until_day: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]
    said_at: Mapped[datetime | None]
    """When they said last how, if that is later: whose turn it is for seats hangs on `made_at`."""

    @property
    def version(self) -> str:
        """Another one with each thing that somebody says about it."""
        return (self.said_at or self.made_at).isoformat()


class OccurrenceTalk(Base):
    """The conversation that a date has: an item of another room, which begins with what is written first."""

    __tablename__ = "occurrence_talk"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), unique=True)
    once: Mapped[str] = mapped_column(String(32), default="")
    """The key of the form that began it: pressed again it is no reply."""


class ReminderChoice(Base):
    """How long before a meetup somebody wants to be reminded. Without a row: a day before."""

    __tablename__ = "reminder_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    week_before: Mapped[bool] = mapped_column(Boolean, default=False)
    day_before: Mapped[bool] = mapped_column(Boolean, default=True)
    hours_before: Mapped[bool] = mapped_column(Boolean, default=False)


class Reminder(Base):
    """A reminder that went out: once for each date, person, offset and version of the date's time (C9)."""

    __tablename__ = "meetup_reminder"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    minutes_before: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
