"""Tables of threads."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.content.models import WatchLevel
from forum.core.db import Base, Keyed, one_of
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, Item

SECTION_NAME_LENGTH = 40
DESCRIPTION_LENGTH = 200
MOST_PINNED = 5
MOST_TAGS = 5
TAG_LENGTH = 30


class Section(Keyed, Base):
    """A named part of a space's threads."""

    __tablename__ = "section"
    __table_args__ = (Index("uq_section_space_slug", "space_id", "slug", unique=True),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    slug: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(SECTION_NAME_LENGTH))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")
    position: Mapped[int] = mapped_column(Integer, default=0)


class SectionAlias(Base):
    """The address of a section that was merged into another: it leads there."""

    __tablename__ = "section_alias"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"), index=True)


class WatchSection(Base):
    """The level at which a person chose to watch all of a section."""

    __tablename__ = "watch_section"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[WatchLevel] = mapped_column(one_of(WatchLevel))


class Thread(Base):
    """A conversation with a title. A question may have one accepted answer, named by its post number. A closed one says why."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("accepted_number IS NULL OR accepted_number > 1", name="answer_is_a_reply"),
        CheckConstraint("accepted_number IS NULL OR is_question", name="only_questions_are_answered"),
        CheckConstraint("(accepted_number IS NULL) = (accepted_at IS NULL)", name="accepted_whole"),
        CheckConstraint("(closed_at IS NULL) = (close_reason IS NULL)", name="closed_for_a_reason"),
        CheckConstraint("part_of_id <> id", name="part_of_another"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="RESTRICT"), index=True)
    is_question: Mapped[bool] = mapped_column(Boolean, default=False)
    accepted_number: Mapped[int | None] = mapped_column(Integer)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    accepted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    close_reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"), unique=True)
    """The thread that this one goes on from. A thread goes on in one other at the most."""

    item: Mapped[Item] = relationship(lazy="raise")
    section: Mapped[Section] = relationship(lazy="raise")
    accepted_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[accepted_by_id])


class Pin(Base):
    """A thread that stands first. A space has five places: the key is what keeps a sixth out. An `until` that has passed frees one."""

    __tablename__ = "pin"
    __table_args__ = (
        CheckConstraint(f"place BETWEEN 1 AND {MOST_PINNED}", name="few_places"),
        CheckConstraint("until IS NULL OR until > pinned_at", name="ends_after_start"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), unique=True)
    pinned_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    pinned_at: Mapped[datetime]
    until: Mapped[datetime | None]


class Announcement(Base):
    """What makes a thread an announcement: all members were told of it. It stands out until a moment, or for good."""

    __tablename__ = "announcement"
    __table_args__ = (CheckConstraint("until IS NULL OR until > made_at", name="ends_after_start"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    made_at: Mapped[datetime]
    until: Mapped[datetime | None]


class ThreadSummary(Base):
    """What stands on top of a long thread, one row for each version: a text, or a post by its number, or nothing any more."""

    __tablename__ = "thread_summary"
    __table_args__ = (
        CheckConstraint("post_number IS NULL OR source IS NULL", name="text_or_post"),
        CheckConstraint("(source IS NULL) = (html IS NULL)", name="text_is_rendered"),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    renderer: Mapped[int | None] = mapped_column(SmallInteger)
    post_number: Mapped[int | None] = mapped_column(Integer)
    as_of: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    at: Mapped[datetime]

    author: Mapped[Person | None] = relationship(lazy="raise")


class Tag(Keyed, Base):
    """A word that a space's organisers keep for its threads. A retired one stays where it is and is put nowhere new.

    One that was merged into another is retired, and its address leads to the other.
    """

    __tablename__ = "tag"
    __table_args__ = (
        Index("uq_tag_space_slug", "space_id", "slug", unique=True),
        CheckConstraint("merged_into_id IS NULL OR retired_at IS NOT NULL", name="merged_is_retired"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    slug: Mapped[str] = mapped_column(String(TAG_LENGTH))
    name: Mapped[str] = mapped_column(String(TAG_LENGTH))
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="RESTRICT"))


class ThreadTag(Base):
    """A tag on a thread, which has five places for them: the key is what keeps a sixth out."""

    __tablename__ = "thread_tag"
    __table_args__ = (
        Index("uq_thread_tag_thread_tag", "thread_id", "tag_id", unique=True),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_TAGS}", name="few_places"),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id", ondelete="RESTRICT"), index=True)


class TagWish(Base):
    """A tag that a member suggests. Until organisers accept it, nobody else sees it."""

    __tablename__ = "tag_wish"
    __table_args__ = (
        Index(
            "uq_tag_wish_open",
            "space_id",
            "person_id",
            "slug",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        CheckConstraint("tag_id IS NULL OR decided_at IS NOT NULL", name="accepted_is_decided"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"), index=True)
    slug: Mapped[str] = mapped_column(String(TAG_LENGTH))
    name: Mapped[str] = mapped_column(String(TAG_LENGTH))
    at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tag.id", ondelete="RESTRICT"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
