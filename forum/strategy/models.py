"""Tables of the strategy: its versions, who was asked to sign one, what is measured, and what was answered at reviews."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.people.asked import Asked
from forum.people.models import ADDRESS_LENGTH
from forum.spaces.models import REASON_LENGTH

KIND = "strategy"
KEY_LENGTH, NOTE_LENGTH, ANSWER_LENGTH, CODE_LENGTH, HASH_LENGTH = 10, 200, 1_000, 10, 64
QUESTIONS = 4
NOT_REVIEWED = text("review_id IS NULL")
NOT_TAKEN_BACK = text("withdrawn_at IS NULL")
DRAWN = text("is_drawn AND corrects_id IS NULL")


class Strategy(Base):
    """The strategy of a space, one for each. `version` is the latest; `signed` the one that everybody is shown once there is one."""

    __tablename__ = "strategy"
    __table_args__ = (
        CheckConstraint("version > 0", name="has_a_version"),
        CheckConstraint("signed IS NULL OR signed <= version", name="signed_is_a_version"),
        CheckConstraint("(signed IS NULL) = (signed_at IS NULL)", name="signed_at_a_time"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), unique=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    signed: Mapped[int | None] = mapped_column(Integer)
    signed_at: Mapped[datetime | None]
    """When the last of those who were asked had signed that version."""
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """Who keeps it: sees that it is reviewed."""

    @property
    def shown(self) -> int:
        """The version that everybody is shown: the signed one, or the latest while none is."""
        return self.signed or self.version


class Version(Base):
    """What a strategy said. Each stays as it is: `digest` is the SHA-256 of it, to which signatures are bound (G1)."""

    __tablename__ = "strategy_version"
    __table_args__ = (
        UniqueConstraint("strategy_id", "number", "digest", name="uq_strategy_version_digest"),
        CheckConstraint("substr(content, 1, 1) = '{'", name="holds_an_object"),
    )

    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="RESTRICT"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(HASH_LENGTH))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    """When the last of those who were asked had signed it: it was shown to everybody, and may be read later, too."""


class SignOff(Asked, Base):
    """Somebody is asked to sign a version, in the order of `place`: the link is sent when those before have signed.

    The key to the version's digest keeps a signature from standing under anything else (G1). `code` verifies it.
    """

    __tablename__ = "strategy_signoff"
    __table_args__ = (
        ForeignKeyConstraint(
            ["strategy_id", "number", "digest"],
            ["strategy_version.strategy_id", "strategy_version.number", "strategy_version.digest"],
            name="fk_strategy_signoff_digest",
            ondelete="RESTRICT",
        ),
        CheckConstraint("(given_at IS NULL) = (name = '')", name="given_by_name"),
        CheckConstraint("given_at IS NULL OR declined_at IS NULL", name="answered_once"),
        CheckConstraint("(given_at IS NULL) = (code IS NULL)", name="given_has_a_code"),
        CheckConstraint("given_at IS NULL OR (sent_at IS NOT NULL AND withdrawn_at IS NULL)", name="given_when_asked"),
        Index(
            "uq_strategy_signoff_address",
            "strategy_id",
            "number",
            "address_key",
            unique=True,
            sqlite_where=NOT_TAKEN_BACK,
            postgresql_where=NOT_TAKEN_BACK,
        ),
        Index("uq_strategy_signoff_place", "strategy_id", "number", "place", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    strategy_id: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(HASH_LENGTH))
    place: Mapped[int] = mapped_column(SmallInteger)
    address_key: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    sent_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    """Why they declined."""
    code: Mapped[str | None] = mapped_column(String(CODE_LENGTH), unique=True)
    reminders: Mapped[int] = mapped_column(SmallInteger, default=0)


class Value(Base):
    """What a measure was on a day: noted by somebody, or drawn from the community. A correction is a row of its own."""

    __tablename__ = "strategy_value"
    __table_args__ = (
        Index("ix_strategy_value_measure", "strategy_id", "measure", "day"),
        Index(
            "uq_strategy_value_drawn",
            "strategy_id",
            "measure",
            "day",
            unique=True,
            sqlite_where=DRAWN,
            postgresql_where=DRAWN,
        ),
        UniqueConstraint("corrects_id", name="uq_strategy_value_corrects_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="RESTRICT"))
    measure: Mapped[str] = mapped_column(String(KEY_LENGTH))
    day: Mapped[date]
    amount: Mapped[float] = mapped_column(Float)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    is_drawn: Mapped[bool] = mapped_column(Boolean, default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("strategy_value.id", ondelete="RESTRICT"))
    once: Mapped[str | None] = mapped_column(String(36), unique=True)


class Review(Base):
    """A review that was closed: of which version, when it was due, what came of it, and the draft that it made."""

    __tablename__ = "strategy_review"
    __table_args__ = (UniqueConstraint("strategy_id", "made", name="uq_strategy_review_made"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(Integer)
    """The version that was reviewed."""
    made: Mapped[int] = mapped_column(Integer)
    """The version that it was closed into."""
    due_on: Mapped[date]
    closed_on: Mapped[date]
    closed_at: Mapped[datetime]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    conclusion: Mapped[str] = mapped_column(String(ANSWER_LENGTH))


class Answer(Base):
    """What somebody answers to one of the four questions: for the review that is to come, until that is closed."""

    __tablename__ = "strategy_answer"
    __table_args__ = (
        CheckConstraint(f"question BETWEEN 1 AND {QUESTIONS}", name="four_questions"),
        CheckConstraint("words <> ''", name="says_something"),
        Index(
            "uq_strategy_answer_open",
            "strategy_id",
            "question",
            "person_id",
            unique=True,
            sqlite_where=NOT_REVIEWED,
            postgresql_where=NOT_REVIEWED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    strategy_id: Mapped[int] = mapped_column(ForeignKey("strategy.id", ondelete="RESTRICT"), index=True)
    review_id: Mapped[int | None] = mapped_column(ForeignKey("strategy_review.id", ondelete="RESTRICT"), index=True)
    question: Mapped[int] = mapped_column(SmallInteger)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    words: Mapped[str] = mapped_column(String(ANSWER_LENGTH))
    at: Mapped[datetime]
