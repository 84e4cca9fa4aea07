"""Tables of what people write and what they have read."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed, one_of
from forum.core.files import NAME_LENGTH, address_name
from forum.core.text import REF_LENGTH, new_ref
from forum.people.models import Person
from forum.spaces.models import REASON_LENGTH, Item

NOTE_LENGTH = 200

ALT_LENGTH = 300
PLACE_LENGTH = 80


class PostState(enum.StrEnum):
    """Whether a post can be seen. Its number stays whatever becomes of it."""

    PUBLISHED = "published"
    HELD = "held"
    HIDDEN = "hidden"
    REMOVED = "removed"


class ReactionKind(enum.StrEnum):
    """What a member can say about a post with one press."""

    THANKS = "thanks"
    SAME_HERE = "same here"
    WORKED = "worked"
    FAILED = "did not work"


class Post(Keyed, Base):
    """One numbered contribution to an item's conversation. HTML is made once, when it is written.

    A post that was removed or hidden leaves a marked gap: `gone_at`, `gone_by_id` and `gone_because` say when, by whom and why.
    A reply that is held for approval has no number, whatever the type says, and gets one when it is approved; declined, it never does.
    `for_colleague`: an organiser passed it on for somebody whose name isn't shown.
    """

    __tablename__ = "post"
    __table_args__ = (
        Index("uq_post_item_number", "item_id", "number", unique=True),
        Index("uq_post_author_once", "author_id", "once", unique=True),
        Index("ix_post_author", "author_id", "item_id"),
        Index(
            "ix_post_unseen",
            "item_id",
            "number",
            sqlite_where=text("state <> 'published'"),
            postgresql_where=text("state <> 'published'"),
        ),
        CheckConstraint("number > 0", name="number_is_positive"),
        CheckConstraint("in_reply_to < number", name="replies_to_earlier"),
        CheckConstraint("state <> 'removed' OR gone_at IS NOT NULL", name="removed_at_some_time"),
        CheckConstraint("number IS NOT NULL OR state IN ('held', 'removed')", name="shown_has_a_number"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"))
    number: Mapped[int] = mapped_column(Integer, nullable=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    in_reply_to: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[PostState] = mapped_column(one_of(PostState), default=PostState.PUBLISHED)
    created_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer, default=1)
    for_colleague: Mapped[bool] = mapped_column(Boolean, default=False)
    once: Mapped[str | None] = mapped_column(String(32))
    gone_at: Mapped[datetime | None]
    gone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    gone_because: Mapped[str | None] = mapped_column(String(REASON_LENGTH))

    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])
    item: Mapped[Item] = relationship(lazy="raise")

    @property
    def has_number(self) -> bool:
        """Whether it ever stood in the conversation: not, while a reply is held, nor when it was declined."""
        return self.number is not None


class PostMail(Base):
    """That a post came by mail, and what was trimmed from it: quoted text and a signature, for its author and those who keep order."""

    __tablename__ = "post_mail"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    trimmed: Mapped[str] = mapped_column(Text)


class PostRevision(Base):
    """What a post said before an edit: revision n is version n's text."""

    __tablename__ = "post_revision"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    written_at: Mapped[datetime]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    editor: Mapped[Person | None] = relationship(lazy="raise")


class PostMention(Base):
    """A person named in a post, found when it was rendered."""

    __tablename__ = "post_mention"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)


class Reaction(Base):
    """What a person said about a post with one press. It worked or it didn't: one of the two for each person."""

    __tablename__ = "reaction"
    __table_args__ = (
        Index(
            "uq_reaction_verdict",
            "post_id",
            "person_id",
            unique=True,
            sqlite_where=text("kind IN ('worked', 'did not work')"),
            postgresql_where=text("kind IN ('worked', 'did not work')"),
        ),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    kind: Mapped[ReactionKind] = mapped_column(one_of(ReactionKind), primary_key=True)
    at: Mapped[datetime]


class Bookmark(Base):
    """A post that a person wants to find again, with a note to themselves and a day on which they are reminded."""

    __tablename__ = "bookmark"
    __table_args__ = (Index("ix_bookmark_person", "person_id", "made_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True, index=True)
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    remind_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class Draft(Base):
    """What a person has begun to write at a place, such as "reply:8f3k2m9x4q". `version` grows with each save.

    `gone` is the text that was sent or thrown away there last, until something is begun again.
    """

    __tablename__ = "draft"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text, default="")
    in_reply_to: Mapped[int | None] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer, default=1)
    saved_at: Mapped[datetime]
    gone: Mapped[str | None] = mapped_column(Text)


class ReadMark(Base):
    """How far a person has read an item's conversation. `last_number` only grows."""

    __tablename__ = "read_mark"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True)
    last_number: Mapped[int] = mapped_column(Integer)
    read_at: Mapped[datetime]


class SpaceMark(Base):
    """The high-water mark: everything written in a space before `read_until` counts as read by the person. Reading only lets it grow.

    `marked_at` says when it was set last, and `read_before` what it was then (None: there was no mark), so that it can be undone.
    """

    __tablename__ = "space_mark"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    read_until: Mapped[datetime]
    read_before: Mapped[datetime | None]
    marked_at: Mapped[datetime | None]


class WatchLevel(enum.StrEnum):
    """How much of an item, or of all there is in a place, a person wants to hear of."""

    EVERYTHING = "everything"
    MINE = "mine and mentions"
    OFF = "off"


class WatchReason(enum.StrEnum):
    """What made a person watch an item without choosing to, the weakest first."""

    CARRIED = "carried"
    MENTIONED = "mentioned"
    REPLIED = "replied"
    STARTED = "started"


class Watch(Base):
    """How a person watches an item: at the `level` they chose, or at the one that `reason` brings about (B4).

    The reason stays beside a chosen level, so that the choice can be taken back.
    """

    __tablename__ = "watch"
    __table_args__ = (CheckConstraint("is_chosen OR reason IS NOT NULL", name="chosen_or_for_a_reason"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True, index=True)
    level: Mapped[WatchLevel] = mapped_column(one_of(WatchLevel))
    reason: Mapped[WatchReason | None] = mapped_column(one_of(WatchReason))
    is_chosen: Mapped[bool] = mapped_column(Boolean)
    since: Mapped[datetime]


class WatchSpace(Base):
    """The level that a person chose for all of a space."""

    __tablename__ = "watch_space"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    level: Mapped[WatchLevel] = mapped_column(one_of(WatchLevel))


class Attachment(Keyed, Base):
    """A file that somebody attached: to a post, or, not sent yet, to the place at which they write.

    Who may have it follows from the post's and the item's state, never from here. The bytes lie on disk under `sha256`; several rows
    may share them. A picture has a width and a height. What was taken out again has `removed_at`: nobody gets it any more, and it is
    cleaned when it no longer counts for its day's limit.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("(post_id IS NULL) = (place IS NOT NULL)", name="sent_or_at_a_place"),
        CheckConstraint("place IS NULL OR person_id IS NOT NULL", name="unsent_is_somebodys"),
        CheckConstraint("size > 0", name="not_empty"),
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="picture_has_a_size"),
        CheckConstraint("alt = '' OR NOT is_decorative", name="decorative_says_nothing"),
        Index("ix_attachment_bytes", "sha256"),
        Index("ix_attachment_person_made", "person_id", "created_at"),
        Index(
            "ix_attachment_place",
            "place",
            "person_id",
            sqlite_where=text("place IS NOT NULL"),
            postgresql_where=text("place IS NOT NULL"),
        ),
    )

    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"), index=True)
    place: Mapped[str | None] = mapped_column(String(PLACE_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    alt: Mapped[str] = mapped_column(String(ALT_LENGTH), default="")
    is_decorative: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    @property
    def url(self) -> str:
        """Its address, as texts name it."""
        return f"/attachments/{self.ref}/{address_name(self.name)}"

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.width is not None
