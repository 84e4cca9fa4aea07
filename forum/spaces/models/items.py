"""Items, whom they are shown to, and rights that are lent."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.people.models import Person
from forum.spaces.models.log import REASON_LENGTH
from forum.spaces.models.spaces import Space

TITLE_LENGTH = 200


class ItemState(enum.StrEnum):
    """How far an item has come."""

    DRAFT = "draft"
    HELD = "held"
    PUBLISHED = "published"
    HIDDEN = "hidden"
    WITHDRAWN = "withdrawn"


class Audience(enum.StrEnum):
    """Who may see an item, besides what is shared by a row of its own."""

    SPACE = "space"
    ORGANISERS = "organisers"
    ON_DUTY = "on duty"
    NAMED = "named"


class Item(Keyed, Base):
    """Anything with an address of its own. A room's table shares its key.

    `last_number`, `last_at` and `last_by_id` are the counters of the item's conversation; numbers come from `last_number`, taken
    in the write that adds the post.
    """

    __tablename__ = "item"
    __table_args__ = (
        Index("ix_item_latest", "space_id", "kind", "last_at", "id"),
        Index("ix_item_author", "author_id", "space_id", "kind"),
        Index("ix_item_author_audience", "author_id", "audience", "space_id"),
    )

    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    kind: Mapped[str] = mapped_column(String(20))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    state: Mapped[ItemState] = mapped_column(one_of(ItemState), default=ItemState.PUBLISHED)
    audience: Mapped[Audience] = mapped_column(one_of(Audience), default=Audience.SPACE)
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer, default=1)
    last_number: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime]
    last_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    origin_uuid: Mapped[str | None] = mapped_column(String(36))
    base_hash: Mapped[str | None] = mapped_column(String(64))
    inherited: Mapped[int | None] = mapped_column(Integer)
    """The number of the last post that came along from the original, None for what began here."""

    space: Mapped[Space] = relationship(lazy="raise")
    author: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[author_id])


class ItemPerson(Base):
    """One of the named people who may see an item."""

    __tablename__ = "item_person"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True, index=True)


class ItemShare(Base):
    """An item shared to another space, or (no space) to the whole installation."""

    __tablename__ = "item_share"
    __table_args__ = (
        Index("uq_item_share_item_space", "item_id", "space_id", unique=True),
        Index(
            "uq_item_share_installation",
            "item_id",
            unique=True,
            sqlite_where=text("space_id IS NULL"),
            postgresql_where=text("space_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    shared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    shared_at: Mapped[datetime]


class FormerPlace(Base):
    """A space in which an item stood before it was moved to another: its old address leads on, for those who see it now."""

    __tablename__ = "former_place"

    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), primary_key=True, index=True)
    left_at: Mapped[datetime]


class Grant(Base):
    """A right lent for a time. It holds while starts <= now < ends and it is not revoked; it is read on each request."""

    __tablename__ = "grant"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("giver_id <> person_id", name="giver_is_not_taker"),
        Index("ix_grant_person_space", "person_id", "space_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    power: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
