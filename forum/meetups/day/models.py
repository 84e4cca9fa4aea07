"""Tables of the day itself: agenda, attendance, minutes with their versions, decisions and actions."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.content.promises import WORDS_LENGTH, Promise, PromiseState, rules_of
from forum.core.db import Base
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH

KIND = "minutes"
"""Published minutes are an item, so that they are found by themselves and by the rights of their meetup's space."""
NOTE_LENGTH = 500
ActionState = PromiseState


class AgendaItem(Base):
    """Something to talk about on a date, in the order of `place`. `item_id` is what it carries along: a thread, say.

    "" for a title: what it carries is called by its own, to those who may see it. One that was taken out has no place any more.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        Index("uq_agenda_item_place", "occurrence_id", "place", unique=True),
        CheckConstraint("(place IS NULL) = (removed_at IS NOT NULL)", name="taken_out_has_no_place"),
        CheckConstraint("minutes > 0", name="takes_time"),
        CheckConstraint("title <> '' OR item_id IS NOT NULL", name="is_called_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), index=True)
    place: Mapped[int | None] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    brought_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), index=True)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    once: Mapped[str | None] = mapped_column(String(36), unique=True)


class Attendance(Base):
    """Somebody was there, as they said themselves or as who kept the list noted."""

    __tablename__ = "attendance"

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]


class Minutes(Base):
    """The minutes of a date. `version` is the latest, `first_seen` the one that was published first: with it they have an item."""

    __tablename__ = "meetup_minutes"
    __table_args__ = (
        CheckConstraint("(published_at IS NULL) = (item_id IS NULL)", name="published_has_an_item"),
        CheckConstraint("(published_at IS NULL) = (first_seen IS NULL)", name="published_from_a_version"),
        CheckConstraint("version > 0 AND first_seen <= version", name="versions_in_order"),
    )

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="RESTRICT"), primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), unique=True)
    version: Mapped[int] = mapped_column(Integer)
    first_seen: Mapped[int | None] = mapped_column(Integer)
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)

    @property
    def is_published(self) -> bool:
        """Whether everybody who sees the meetup reads them."""
        return self.published_at is not None


class MinutesVersion(Base):
    """What the minutes said. Each stays, to be read and compared."""

    __tablename__ = "minutes_version"

    occurrence_id: Mapped[int] = mapped_column(
        ForeignKey("meetup_minutes.occurrence_id", ondelete="RESTRICT"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]


class Decision(Base):
    """Something that was decided on a date, in a sentence. It is read with the minutes, once these are published."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint("words <> ''", name="says_something"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="RESTRICT"), index=True)
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    noted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    once: Mapped[str | None] = mapped_column(String(36), unique=True)


class Action(Promise, Base):
    """What somebody promised on a date. Open, it comes back on the next agenda of the series."""

    __tablename__ = "meetup_action"
    __table_args__ = rules_of("meetup_action")

    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrence.id", ondelete="RESTRICT"), index=True)
