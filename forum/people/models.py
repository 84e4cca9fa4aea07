"""Tables of people. No deletion by cascade from a person: people are deactivated, so keys to them are RESTRICT."""

import enum
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from forum.core import text
from forum.core.db import Base, Keyed, one_of

NAME_LENGTH = 80
ADDRESS_LENGTH = 254
EVERY_WEEKDAY = 0b0011111


class PersonState(enum.StrEnum):
    """What an account may do."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Department(Keyed, Base):
    """A part of the organisation that people work in. A team, where effects are counted.

    `name_key` is its name with the difference of capitals gone: "Housing" and "HOUSING" are one. It follows the name by itself.
    """

    __tablename__ = "department"
    __table_args__ = (Index("uq_department_name_key", "name_key", unique=True),)

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), unique=True)
    name_key: Mapped[str] = mapped_column(String(3 * NAME_LENGTH), server_default=sql("''"))
    position: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None]

    @validates("name")
    def _follow(self, _attribute: str, name: str) -> str:
        self.name_key = name.casefold()
        return name


class Person(Keyed, Base):
    """Somebody with an account. `email` is where mail goes; how they get in stands in `Identity`."""

    __tablename__ = "person"

    handle: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH), unique=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="RESTRICT"), index=True)
    about: Mapped[str] = mapped_column(Text, default="")
    zone: Mapped[str] = mapped_column(String(64), default="Europe/London")
    working_days: Mapped[int] = mapped_column(SmallInteger, default=EVERY_WEEKDAY)
    language: Mapped[str] = mapped_column(String(8), default="en")
    is_admin: Mapped[bool] = mapped_column(Boolean, default=False)
    is_demo: Mapped[bool] = mapped_column(Boolean, default=False)
    state: Mapped[PersonState] = mapped_column(one_of(PersonState), default=PersonState.ACTIVE)
    created_at: Mapped[datetime]
    closes_at: Mapped[datetime | None]
    """When the account will be closed for good, if nobody takes that back."""
    mail_paused_at: Mapped[datetime | None]
    """Since when mail waits, because what went to the address came back."""
    mail_again_at: Mapped[datetime | None]
    """When somebody last said that mail arrives, or gave another address: what came back before says nothing any more."""

    department: Mapped[Department | None] = relationship(lazy="raise")

    @property
    def initials(self) -> str:
        """One or two capitals for the person's tile."""
        return text.initials(self.name)

    @property
    def hue(self) -> int:
        """The colour of the person's tile, 1 to 8."""
        return text.hue(self.id)

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""
        return self.state == PersonState.ACTIVE

    def works_on(self, weekday: int) -> bool:
        """Say whether `weekday` (0 is Monday) is a working day."""
        return bool(self.working_days >> weekday & 1)


class Identity(Base):
    """One way in: `provider` says who vouches, `subject` who it is there. A password is a secret of provider "email"."""

    __tablename__ = "identity"
    __table_args__ = (Index("uq_identity_provider_subject", "provider", "subject", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    provider: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    secret_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    secret_changed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class WebSession(Base):
    """One signed-in browser. The cookie holds the token, the row its hash, so that a copied cookie can be killed."""

    __tablename__ = "web_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    is_kept: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LinkPurpose(enum.StrEnum):
    """What a secret link does."""

    SIGN_IN = "sign in"
    RESET = "reset"
    CHANGE_ADDRESS = "change address"
    UNDO_ADDRESS = "undo address"
    JOIN = "join"


class SecretLink(Base):
    """A link in a mail that acts once. The token is derived when the mail is sent; only its hash is kept.

    `nonce` (128 random bits) and the installation's secret key make the token, so neither the database nor the key alone gives it.
    `invitation_id` is of the invitation on whose page it was asked for, so that it leads back there on any device.
    """

    __tablename__ = "secret_link"
    __table_args__ = (CheckConstraint("expires_at > created_at", name="expires_later"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(one_of(LinkPurpose))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))
    nonce: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="RESTRICT"), index=True)

    person: Mapped[Person | None] = relationship(lazy="raise")
