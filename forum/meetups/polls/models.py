"""Tables of date polls."""

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, WallTime, one_of
from forum.meetups.models import LINK_LENGTH, PLACE_LENGTH, ZONE_LENGTH
from forum.spaces.models import REASON_LENGTH

POLL_KIND = "date poll"
KEY_LENGTH = 32
FEWEST_OPTIONS, MOST_OPTIONS = 2, 12


class Vote(enum.StrEnum):
    """What somebody says of a day."""

    YES = "yes"
    IF_NEED_BE = "if need be"
    NO = "no"


class DatePoll(Base):
    """A question for a date. Its title and space are its item's. `minutes` is how long the meetup takes.

    `moves_id`: the date of a meetup that is moved to what is chosen; without it a new meetup is planned. `occurrence_id`: what came
    of it. `answer_by` is a day until which answers are wished for; they count until it is decided.
    """

    __tablename__ = "date_poll"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="takes_time"),
        CheckConstraint("decided_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        CheckConstraint("occurrence_id IS NULL OR decided_at IS NOT NULL", name="decided_on_a_date"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    key: Mapped[str | None] = mapped_column(String(KEY_LENGTH), unique=True)
    zone: Mapped[str] = mapped_column(String(ZONE_LENGTH))
    minutes: Mapped[int] = mapped_column(Integer)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    link: Mapped[str] = mapped_column(String(LINK_LENGTH), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    renderer: Mapped[int | None] = mapped_column(SmallInteger)
    answer_by: Mapped[date | None] = mapped_column(Date)
    moves_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id", ondelete="SET NULL"), index=True)
    occurrence_id: Mapped[int | None] = mapped_column(ForeignKey("occurrence.id", ondelete="SET NULL"), unique=True)
    decided_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    asked_at: Mapped[datetime | None]
    """When members were asked last: as it was opened, or went on after all. None for polls of before that was kept."""
    reminded_at: Mapped[datetime | None]

    @property
    def asked(self) -> str:
        """The version of the question: another one each time that members are asked."""
        return max(self.asked_at, self.reminded_at or self.asked_at).isoformat() if self.asked_at else ""

    @property
    def is_open(self) -> bool:
        """Whether answers are taken."""
        return self.decided_at is None and self.cancelled_at is None


class DateOption(Base):
    """A day, or a time on a day on the wall of the poll's zone. Without a time it is that day wherever one is (C8)."""

    __tablename__ = "date_option"
    __table_args__ = (
        Index("uq_date_option_start", "poll_id", "local_start", "has_time", unique=True),
        Index(
            "uq_date_option_chosen",
            "poll_id",
            unique=True,
            sqlite_where=text("is_chosen"),
            postgresql_where=text("is_chosen"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id", ondelete="CASCADE"))
    local_start: Mapped[datetime] = mapped_column(WallTime())
    has_time: Mapped[bool] = mapped_column(Boolean)
    is_chosen: Mapped[bool] = mapped_column(Boolean, default=False)


class DateVote(Base):
    """What a person says of an option. No row: not answered. A row goes with its option, and no other row does (C8)."""

    __tablename__ = "date_vote"

    option_id: Mapped[int] = mapped_column(ForeignKey("date_option.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    answer: Mapped[Vote] = mapped_column(one_of(Vote))
    at: Mapped[datetime]
