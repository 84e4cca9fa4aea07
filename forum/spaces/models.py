"""Tables of spaces, their members and the items in them."""

import enum
from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed, one_of
from forum.core.text import REF_LENGTH, new_ref
from forum.people.models import ADDRESS_LENGTH, Person

SPACE_NAME_LENGTH = 60
PURPOSE_LENGTH = 300
TITLE_LENGTH = 200
REASON_LENGTH = 500


class Visibility(enum.StrEnum):
    """Who may see a space."""

    OPEN = "open"
    BY_REQUEST = "by request"
    PRIVATE = "private"


class Cloth(enum.StrEnum):
    """The colour in which a space is bound."""

    TEAL = "teal"
    PLUM = "plum"
    NAVY = "navy"
    MOSS = "moss"


class Role(enum.StrEnum):
    """What a member is in a space. VISITOR is nobody's membership: it is what an open space gives to everyone signed in."""

    VISITOR = "visitor"
    READER = "reader"
    CHAMPION = "champion"
    ORGANISER = "organiser"
    STEWARD = "steward"


class Space(Keyed, Base):
    """A community's own place."""

    __tablename__ = "space"

    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(SPACE_NAME_LENGTH))
    purpose: Mapped[str] = mapped_column(String(PURPOSE_LENGTH), default="")
    about_source: Mapped[str] = mapped_column(Text, default="")
    about_html: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[Visibility] = mapped_column(one_of(Visibility), default=Visibility.OPEN)
    cloth: Mapped[Cloth] = mapped_column(one_of(Cloth), default=Cloth.TEAL)
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]
    origin_uuid: Mapped[str | None] = mapped_column(String(36))


class Membership(Base):
    """A person's time in a space. Ended rows stay; a partial index keeps one open row for each person."""

    __tablename__ = "membership"
    __table_args__ = (
        Index(
            "uq_membership_open",
            "space_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("role <> 'visitor'", name="role_is_a_members"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    role: Mapped[Role] = mapped_column(one_of(Role))
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")
    space: Mapped[Space] = relationship(lazy="raise")


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


class JoinState(enum.StrEnum):
    """What became of a request to join."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class JoinRequest(Base):
    """Somebody asks to join a space that is joined by request."""

    __tablename__ = "join_request"
    __table_args__ = (
        Index(
            "uq_join_request_waiting",
            "space_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    state: Mapped[JoinState] = mapped_column(one_of(JoinState), default=JoinState.WAITING)
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Invitation(Base):
    """A way into a space: to one address (works once, for that address) or by a link (for `uses_left` people)."""

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("uses_left >= 0", name="uses_not_negative"),
        CheckConstraint("role <> 'visitor'", name="role_is_a_members"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"), index=True)
    role: Mapped[Role] = mapped_column(one_of(Role))
    address: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    uses_left: Mapped[int] = mapped_column(Integer)
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    invited_by: Mapped[Person] = relationship(lazy="raise")
    space: Mapped[Space] = relationship(lazy="raise")


class LogAudience(enum.StrEnum):
    """Who may read a line of the log."""

    MEMBERS = "members"
    ORGANISERS = "organisers"
    ADMINS = "admins"


class LogEntry(Base):
    """What was done, by whom, for whom, to what and why."""

    __tablename__ = "log_entry"
    __table_args__ = (Index("ix_log_entry_space_id_at", "space_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    verb: Mapped[str] = mapped_column(String(40))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")
    audience: Mapped[LogAudience] = mapped_column(one_of(LogAudience), default=LogAudience.MEMBERS)

    actor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[actor_id])
    person: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[person_id])
    on_behalf_of: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[on_behalf_of_id])
    item: Mapped[Item | None] = relationship(lazy="raise")


class Installation(Base):
    """The one row that says what this installation is."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    organisation: Mapped[str] = mapped_column(String(80), default="")
    first_code_hash: Mapped[str | None] = mapped_column(String(64))
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    started_at: Mapped[datetime | None]
