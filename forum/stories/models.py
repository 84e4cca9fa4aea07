"""Tables of stories. What was told is the first post of a story's item; its title is the symptom."""

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.content.promises import Promise, rules_of
from forum.core.db import Base, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.roster.keeping import KeptTrue
from forum.roster.models import Engagement, Mode
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH, Audience

KIND = "story"
CHOICE_LENGTH = 60
VARIANT_LENGTH = 300
SKIPPED_LENGTH = 120
STEP_LENGTH = 200
TOKEN_LENGTH = 64


class StoryKind(enum.StrEnum):
    """What sort of thing happened."""

    WENT_WRONG = "went wrong"
    NEAR_MISS = "near miss"


class ListName(enum.StrEnum):
    """The lists that a space keeps itself."""

    CHANNEL = "channel"
    AREA = "area"
    CAUSE = "cause"


class Result(enum.StrEnum):
    """What came of trying a fix."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "did not work"


class Choice(Base):
    """An entry of one of a space's lists. One that is retired isn't offered any more; stories keep it."""

    __tablename__ = "story_choice"
    __table_args__ = (Index("uq_story_choice_name", "space_id", "list", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    list: Mapped[ListName] = mapped_column(one_of(ListName))
    name: Mapped[str] = mapped_column(String(CHOICE_LENGTH))
    position: Mapped[int] = mapped_column(Integer)
    retired_at: Mapped[datetime | None]


class Story(KeptTrue, Base):
    """What lists and the page ask of a story. `is_lasting` None: nobody has said yet. `skipped`: questions that were put off.

    Whoever holds the fix keeps it true: a person, or whoever holds a duty. `key_hash`: it was told without a name, and who has the key
    changes it.
    """

    __tablename__ = "story"
    __table_args__ = (
        CheckConstraint("holder_id IS NULL OR duty_id IS NULL", name="one_holder"),
        CheckConstraint("key_hash IS NULL OR holder_id IS NULL", name="unnamed_is_held_by_a_duty"),
        CheckConstraint("verified_on IS NULL OR due_on IS NULL OR due_on > verified_on", name="due_after_verified"),
        Index("ix_story_due", "due_on"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    kind: Mapped[StoryKind] = mapped_column(one_of(StoryKind))
    mode: Mapped[Mode | None] = mapped_column(one_of(Mode))
    engagement: Mapped[Engagement | None] = mapped_column(one_of(Engagement))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("story_choice.id", ondelete="RESTRICT"), index=True)
    area_id: Mapped[int | None] = mapped_column(ForeignKey("story_choice.id", ondelete="RESTRICT"), index=True)
    cause_id: Mapped[int | None] = mapped_column(ForeignKey("story_choice.id", ondelete="RESTRICT"), index=True)
    is_lasting: Mapped[bool | None] = mapped_column(Boolean)
    skipped: Mapped[str] = mapped_column(String(SKIPPED_LENGTH), default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    source_number: Mapped[int | None] = mapped_column(Integer)
    key_hash: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH), unique=True)

    @property
    def is_unnamed(self) -> bool:
        """Whether it was told without a name."""
        return self.key_hash is not None


class Unnamed(Base):
    """A story told without a name that isn't published yet. Its key is random, and the day is all it knows of when (E3)."""

    __tablename__ = "story_unnamed"

    ref: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True, default=new_ref)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[StoryKind] = mapped_column(one_of(StoryKind))
    audience: Mapped[Audience] = mapped_column(one_of(Audience))
    told_on: Mapped[date]
    key_hash: Mapped[str] = mapped_column(String(TOKEN_LENGTH), unique=True)


class SpaceRule(Base):
    """How a space wants its stories told: with `asks_reader` somebody else reads each one before the others do."""

    __tablename__ = "story_rule"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    asks_reader: Mapped[bool] = mapped_column(Boolean)


class Waiting(Base):
    """A story that waits before others see it: until `publish_at`, as who told it wished; else for a second reader.

    Sent back it waits for who told it, with the `note` of who read it.
    """

    __tablename__ = "story_wait"
    __table_args__ = (
        CheckConstraint("publish_at IS NULL OR sent_back_at IS NULL", name="waits_for_one_thing"),
        CheckConstraint("(sent_back_at IS NULL) = (note = '')", name="sent_back_with_a_note"),
        Index("ix_story_wait_publish_at", "publish_at"),
    )

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    publish_at: Mapped[datetime | None]
    sent_back_at: Mapped[datetime | None]
    sent_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")


class CoAuthor(Base):
    """Somebody who tells a story together with its author."""

    __tablename__ = "story_co_author"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)


class Same(Base):
    """A team to which the same happened: once for each team, however many of it say so (E2)."""

    __tablename__ = "story_same"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        ForeignKey("department.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]
    variant: Mapped[str] = mapped_column(String(VARIANT_LENGTH), default="")


class Try(Base):
    """What came of the fix in a team: the last thing that one of it said."""

    __tablename__ = "story_try"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    department_id: Mapped[int] = mapped_column(
        ForeignKey("department.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    result: Mapped[Result] = mapped_column(one_of(Result))
    because: Mapped[str] = mapped_column(String(VARIANT_LENGTH), default="")
    day: Mapped[date]


class Saved(Base):
    """Somebody whom a story saved, and the step of the fix that did it: its number, 0 for all of it, and what it said then."""

    __tablename__ = "story_saved"

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    step: Mapped[int] = mapped_column(SmallInteger)
    words: Mapped[str] = mapped_column(String(STEP_LENGTH), default="")
    day: Mapped[date]


class StoryAction(Promise, Base):
    """What is to change because of a story. It is offered to its holder until they accept it; `accepted_at` says when they did."""

    __tablename__ = "story_action"
    __table_args__ = rules_of("story_action")

    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="RESTRICT"), index=True)
    accepted_at: Mapped[datetime | None]

    @property
    def is_offered(self) -> bool:
        """Whether somebody is asked who has not said yes."""
        return self.is_open and self.holder_id is not None and self.accepted_at is None
