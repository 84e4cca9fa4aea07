"""Tables of copies: what a space shows of itself to others, who agreed to it, copies that are being made, and where one came from."""

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.spaces.models import SLUG_LENGTH, SPACE_NAME_LENGTH, Cloth

TOKEN_LENGTH, NONCE_LENGTH, UUID_LENGTH, KEY_LENGTH = 64, 32, 36, 32
STARTER_LENGTH = 40


class Showcase(Base):
    """What outsiders see of a space, and what comes along when they begin one like it. `parts` are names of parts.

    `is_open`: everybody of the installation may look. The private link opens it to who has it; only its hash is kept (A14).
    `version` counts what stewards changed of it.
    """

    __tablename__ = "showcase"
    __table_args__ = (CheckConstraint("(nonce IS NULL) = (token_hash IS NULL)", name="link_is_whole"),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    is_open: Mapped[bool] = mapped_column(Boolean, default=False)
    offers_copy: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether the space is marked as shareable: without it, one may look and not take."""
    shows_numbers: Mapped[bool] = mapped_column(Boolean, default=True)
    parts: Mapped[list[str]] = mapped_column(JSON, default=list)
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Addresses of single things of these parts that stay: what is made later comes along until a steward says so."""
    how_source: Mapped[str] = mapped_column(Text, default="")
    how_html: Mapped[str] = mapped_column(Text, default="")
    how_renderer: Mapped[int] = mapped_column(SmallInteger, default=0)
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    nonce: Mapped[str | None] = mapped_column(String(NONCE_LENGTH))
    token_hash: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH), unique=True)


class ShowcaseItem(Base):
    """A story or thread that a steward chose to show, and to let come along. It shows once everybody agreed who wrote it."""

    __tablename__ = "showcase_item"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    chosen_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    chosen_at: Mapped[datetime]


class Consent(Base):
    """Whether somebody who wrote in a chosen item agrees that others read it. `agreed` None: they haven't said yet."""

    __tablename__ = "showcase_consent"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None] = mapped_column(Boolean)


class Origin(enum.StrEnum):
    """What a copy is made from."""

    SPACE = "space"
    STARTER = "starter"
    FILE = "file"


class CloneJob(Base):
    """A copy that somebody is making, step by step. It can be left and gone on with; once made, `target_id` is the space.

    `via_hash` is of the private link by which the maker came in, which has to open still when it is made.
    """

    __tablename__ = "clone_job"
    __table_args__ = (
        CheckConstraint("(origin = 'space') = (source_id IS NOT NULL)", name="source_of_space"),
        CheckConstraint("(origin = 'file') = (file IS NOT NULL)", name="file_of_file"),
        Index(
            "uq_clone_job_begun",
            "maker_id",
            "source_id",
            unique=True,
            sqlite_where=text("target_id IS NULL AND source_id IS NOT NULL"),
            postgresql_where=text("target_id IS NULL AND source_id IS NOT NULL"),
        ),
        Index(
            "uq_clone_job_starter",
            "maker_id",
            "starter",
            unique=True,
            sqlite_where=text("target_id IS NULL AND starter <> ''"),
            postgresql_where=text("target_id IS NULL AND starter <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    maker_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    origin: Mapped[Origin] = mapped_column(one_of(Origin))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    starter: Mapped[str] = mapped_column(String(STARTER_LENGTH), default="")
    file: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The template file, as it was checked when it was taken in."""
    via_hash: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH))
    name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH), default="")
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), default="")
    cloth: Mapped[Cloth] = mapped_column(one_of(Cloth), default=Cloth.PLUM)
    first_day: Mapped[date | None]
    parts: Mapped[list[str]] = mapped_column(JSON, default=list)
    begun_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), unique=True)


class Lineage(Base):
    """Where a copied space came from. `origin_id` None: a starter or a file, which `origin_name` names."""

    __tablename__ = "lineage"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    origin: Mapped[Origin] = mapped_column(one_of(Origin))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    origin_name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH), default="")
    version: Mapped[int] = mapped_column(Integer, default=1)
    at: Mapped[datetime]
    tasks_hidden_at: Mapped[datetime | None]
    is_followed: Mapped[bool] = mapped_column(Boolean, default=True)
    """Whether its stewards hear of what changes there."""

    @property
    def of_showcase(self) -> int | None:
        """The version of the showcase that was copied; None for a starter or a file, which don't change."""
        return self.version if self.origin is Origin.SPACE else None


class LineageItem(Base):
    """What an item was in the original when it was copied, or last taken from there: its version, and a mark of its words.

    Its `origin_uuid` says which. `base` is what the original said when it was taken last, in words of the copy, and `at` when; None:
    when it was copied. `mark` is one of its own words there when a steward of the copy answered last, where these tell whether anything
    is new; None: nobody knows.
    """

    __tablename__ = "lineage_item"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    content_hash: Mapped[str] = mapped_column(String(TOKEN_LENGTH))
    base: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    mark: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH))
    at: Mapped[datetime | None]


class LineageRow(Base):
    """The same of what is no item: of a section, a tag, an entry of a list, or the space itself. `origin_key` names it in the original.

    `own_key` names it here. None: it isn't here, as it stayed behind when the space was copied, or was declined: then it has a `mark`.
    """

    __tablename__ = "lineage_row"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    origin_key: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    kind: Mapped[str] = mapped_column(String(STARTER_LENGTH))
    """The name of its table."""
    own_key: Mapped[str | None] = mapped_column(String(UUID_LENGTH))
    base: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    mark: Mapped[str | None] = mapped_column(String(TOKEN_LENGTH))
    at: Mapped[datetime | None]


class UpstreamAnswer(Base):
    """What a steward of a copy said of something in the original as it was at a `version`: it isn't offered again while that stands.

    `before` is what taking it back needs: what the copy said, and what it was told by. None for what is new here, or was declined.
    """

    __tablename__ = "upstream_answer"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True)
    origin_uuid: Mapped[str] = mapped_column(String(UUID_LENGTH), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="SET NULL"), index=True)
    is_taken: Mapped[bool] = mapped_column(Boolean)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
