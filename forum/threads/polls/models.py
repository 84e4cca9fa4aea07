"""Tables of polls."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of

FEWEST_OPTIONS, MOST_OPTIONS = 2, 10
POLL_QUESTION_LENGTH = 200
OPTION_LENGTH = 100


class Results(enum.StrEnum):
    """From when on the counts are seen."""

    ALWAYS = "always"
    AFTER_VOTING = "after voting"
    AT_THE_END = "at the end"


class Poll(Base):
    """The one poll of a thread. It ends at `ends_at`, or when somebody closes it. `version` is the one of its words."""

    __tablename__ = "poll"
    __table_args__ = (
        Index("uq_poll_id_most", "id", "most", unique=True),
        CheckConstraint(f"most BETWEEN 1 AND {MOST_OPTIONS}", name="few_choices"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), unique=True)
    question: Mapped[str] = mapped_column(String(POLL_QUESTION_LENGTH))
    most: Mapped[int] = mapped_column(SmallInteger, default=1)
    results: Mapped[Results] = mapped_column(one_of(Results), default=Results.ALWAYS)
    ends_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, default=1)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    def has_ended(self, at: datetime) -> bool:
        """Whether no vote counts any more."""
        return self.closed_at is not None or (self.ends_at is not None and self.ends_at <= at)


class PollOption(Base):
    """One of the options of a poll, in its place from 1 on."""

    __tablename__ = "poll_option"
    __table_args__ = (CheckConstraint(f"place BETWEEN 1 AND {MOST_OPTIONS}", name="few_places"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(String(OPTION_LENGTH))


class PollVote(Base):
    """One choice of one person. Everybody has as many slots as the poll allows choices: the keys are what keeps one more out.

    Whose it is stands here so that it can be changed; no page, mail or log says it.
    """

    __tablename__ = "poll_vote"
    __table_args__ = (
        Index("uq_poll_vote_choice", "poll_id", "person_id", "place", unique=True),
        CheckConstraint("slot BETWEEN 1 AND most", name="few_slots"),
        ForeignKeyConstraint(["poll_id", "most"], ["poll.id", "poll.most"], name="fk_poll_vote_poll_id_most"),
        ForeignKeyConstraint(
            ["poll_id", "place"], ["poll_option.poll_id", "poll_option.place"], name="fk_poll_vote_poll_id_place"
        ),
        Index("ix_poll_vote_option", "poll_id", "place"),
    )

    poll_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    most: Mapped[int] = mapped_column(SmallInteger)
    place: Mapped[int] = mapped_column(SmallInteger)
    at: Mapped[datetime]
