"""Tables of archives: those that stewards asked for, and those that are restored."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, Keyed, one_of
from forum.core.leased import Leased, WorkState
from forum.core.shelf import Fetched
from forum.spaces.models import SLUG_LENGTH, SPACE_NAME_LENGTH

HASH_LENGTH, KIND_LENGTH = 64, 40
NO_ROOM = "full"
"""The `error` of a restore that stopped since the disk was full: it can go on when it isn't any more."""
BUSY = "busy"
"""The `error` of one that waits since Baton is busy with other files or texts: it is tried again as often as it takes."""


class SpaceArchive(Fetched, Base):
    """An archive of a space, asked for by a steward.

    The constraint lets a space have one under way.
    """

    __tablename__ = "space_archive"
    __table_args__ = (
        Index(
            "uq_space_archive_under_way",
            "space_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'working')"),
            postgresql_where=text("state IN ('waiting', 'working')"),
        ),
        Index("ix_space_archive_person", "person_id", "asked_at"),
        CheckConstraint("state <> 'ready' OR expires_at IS NOT NULL", name="ready_for_a_time"),
    )

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    with_names: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether people are in it by name and address."""
    as_pages: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether it is pages to read, and not a file to restore."""
    size: Mapped[int] = mapped_column(BigInteger, default=0)


class Stage(enum.StrEnum):
    """What is done with an archive that came in."""

    LOOK = "look"
    """It is looked through, and nothing is made."""
    RESTORE = "restore"
    UNDO = "undo"
    """What was made of it is taken back."""


class Restore(Leased, Keyed, Base):
    """An archive that came in. The file lies on disk under `uuid`, and is the one with `sha256`.

    `report` is what looking found. While it is restored, `at_table` and `at_row` say how far that got. The space is there from the
    beginning, and nobody belongs to it and sees it before `done_at`.
    """

    __tablename__ = "space_restore"
    __table_args__ = (CheckConstraint("done_at IS NULL OR space_id IS NOT NULL", name="done_with_a_space"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    """The admin who restores it, and its steward then."""
    stage: Mapped[Stage] = mapped_column(one_of(Stage), default=Stage.LOOK)
    sha256: Mapped[str] = mapped_column(String(HASH_LENGTH))
    file_name: Mapped[str] = mapped_column(String(120), default="")
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH), default="")
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), default="")
    by_address: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether people of the file are those who have an account here with their address."""
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), unique=True)
    at_table: Mapped[str] = mapped_column(String(KIND_LENGTH), default="")
    at_row: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None]

    @property
    def goes_on(self) -> bool:
        """Whether it stopped on its way, and goes on with a press: under the name and the address that it has, if it has any."""
        is_stopped = self.state is WorkState.FAILED and (self.stage is Stage.RESTORE or self.error == NO_ROOM)
        return self.stage is not Stage.UNDO and (self.space_id is not None or is_stopped)


class RestoredRow(Base):
    """What became of a row of an archive: its key in the file, and the one here. Gone when the space is complete."""

    __tablename__ = "restored_row"

    restore_id: Mapped[int] = mapped_column(ForeignKey("space_restore.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH), primary_key=True)
    key: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    new_id: Mapped[int] = mapped_column(Integer)
    is_new: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether it was made, and not there already: a person with an account, a department."""
