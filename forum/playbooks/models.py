"""Tables of playbooks: an item of its own, its versions with their steps, what is proposed, and how it was run."""

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.roster.keeping import KeptTrue
from forum.spaces.models import REASON_LENGTH, SPACE_NAME_LENGTH, TITLE_LENGTH

KIND = "playbook"
PURPOSE_LENGTH = 200
NOTE_LENGTH = 1000
ASIDE_LENGTH = 500
ONCE_LENGTH = 32


class Stage(enum.StrEnum):
    """How far a proposed change has come."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Outcome(enum.StrEnum):
    """What came of a run."""

    WORKED = "worked"
    PARTLY = "partly"
    FAILED = "did not work"
    STOPPED = "not needed"


class Playbook(KeptTrue, Base):
    """A playbook: which of its versions is in force, and who keeps it true."""

    __tablename__ = "playbook"
    __table_args__ = (
        CheckConstraint("holder_id IS NULL OR duty_id IS NULL", name="one_holder"),
        CheckConstraint("version > 0", name="has_a_version"),
        Index("ix_playbook_due", "due_on"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    once: Mapped[str | None] = mapped_column(String(ONCE_LENGTH), unique=True)


class Edition(Base):
    """A title, when to use it, and steps: a version of a playbook, or, without a number, what is proposed. It never changes.

    `reason`, `story_id` and `proposer_id` say of an accepted change why it was made, which story caused it, and whose idea it was.
    """

    __tablename__ = "playbook_edition"
    __table_args__ = (
        Index("uq_playbook_edition_number", "playbook_id", "number", unique=True),
        CheckConstraint("number > 0", name="numbers_from_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbook.id", ondelete="RESTRICT"))
    number: Mapped[int | None] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    when_used: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime]
    editor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="SET NULL"), index=True)
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    credit: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH), default="")
    """The space whose idea it was, as it wanted to be named."""


class Step(Base):
    """A step of an edition. Its key stays the same in later versions, so that ticks and notes find it again."""

    __tablename__ = "playbook_step"
    __table_args__ = (Index("uq_playbook_step_place", "edition_id", "place", unique=True),)

    edition_id: Mapped[int] = mapped_column(ForeignKey("playbook_edition.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    renderer: Mapped[int] = mapped_column(SmallInteger)
    warning: Mapped[str] = mapped_column(String(ASIDE_LENGTH), default="")
    proof: Mapped[str] = mapped_column(String(ASIDE_LENGTH), default="")


class Cite(Base):
    """A story that a playbook comes from."""

    __tablename__ = "playbook_cite"

    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbook.id", ondelete="CASCADE"), primary_key=True)
    story_id: Mapped[int] = mapped_column(ForeignKey("story.id", ondelete="CASCADE"), primary_key=True, index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date]


class Proposal(Base):
    """A change that somebody proposes: the whole text as it would be, made from version `base`, why, and the story that caused it.

    One that a copy of the playbook sent back names that as `from_item_id`, who sent it as `sender_id`, and its space as this wants to
    be named as `credit`. `proposer_id` is the sender then, if they want to be named.
    """

    __tablename__ = "playbook_proposal"
    __table_args__ = (
        Index("uq_playbook_proposal_once", "proposer_id", "once", unique=True),
        Index("ix_playbook_proposal_stage", "playbook_id", "stage"),
        CheckConstraint("(stage = 'open') = (decided_at IS NULL)", name="decided_with_a_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbook.id", ondelete="RESTRICT"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("playbook_edition.id", ondelete="RESTRICT"), unique=True)
    base: Mapped[int] = mapped_column(Integer)
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH))
    story_id: Mapped[int | None] = mapped_column(ForeignKey("story.id", ondelete="SET NULL"), index=True)
    made_at: Mapped[datetime]
    stage: Mapped[Stage] = mapped_column(one_of(Stage), default=Stage.OPEN)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    answer: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    once: Mapped[str | None] = mapped_column(String(ONCE_LENGTH))
    from_item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    credit: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH), default="")


class Run(Base):
    """A playbook that somebody goes through: their own, or, when it is shared, one that the members of the space tick together.

    `gives_notes`: whoever keeps the playbook reads what differed, though the run itself stays its owner's.
    """

    __tablename__ = "playbook_run"
    __table_args__ = (
        Index("uq_playbook_run_once", "person_id", "once", unique=True),
        Index("ix_playbook_run_latest", "playbook_id", "started_at"),
        CheckConstraint("(finished_at IS NULL) = (outcome IS NULL)", name="finished_with_an_outcome"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    playbook_id: Mapped[int] = mapped_column(ForeignKey("playbook.id", ondelete="RESTRICT"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("playbook_edition.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"), index=True)
    purpose: Mapped[str] = mapped_column(String(PURPOSE_LENGTH), default="")
    is_shared: Mapped[bool] = mapped_column(default=False)
    gives_notes: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome))
    result: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")
    once: Mapped[str | None] = mapped_column(String(ONCE_LENGTH))


class Tick(Base):
    """The last that was said of a step of a run: done, or not done after all; by whom."""

    __tablename__ = "playbook_tick"

    run_id: Mapped[int] = mapped_column(ForeignKey("playbook_run.id", ondelete="CASCADE"), primary_key=True)
    step_key: Mapped[str] = mapped_column(String(REF_LENGTH), primary_key=True)
    is_done: Mapped[bool]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]


class Note(Base):
    """What differed at a step of a run, as one of those who went through it noted: nobody writes over another's."""

    __tablename__ = "playbook_note"
    __table_args__ = (Index("uq_playbook_note_step", "run_id", "step_key", "person_id", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("playbook_run.id", ondelete="CASCADE"))
    step_key: Mapped[str] = mapped_column(String(REF_LENGTH))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    words: Mapped[str] = mapped_column(String(NOTE_LENGTH))
    at: Mapped[datetime]
