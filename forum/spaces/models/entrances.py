"""Ways into a space: requests to join, and invitations."""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, one_of
from forum.people.models import ADDRESS_LENGTH, Person
from forum.spaces.models.log import REASON_LENGTH
from forum.spaces.models.spaces import Role, Space

LABEL_LENGTH = 80


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
    answer: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class Invitation(Base):
    """A way into a space: to one address (works once, for that address) or by a link (for `uses_left` people).

    `label` tells links apart in the organisers' list; `mailed_at` is when an address was last written to.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        CheckConstraint("uses_left >= 0", name="uses_not_negative"),
        CheckConstraint("role <> 'visitor'", name="role_is_a_members"),
        Index("uq_invitation_once", "invited_by_id", "once", unique=True),
        Index(
            "uq_invitation_address",
            "space_id",
            "address",
            unique=True,
            sqlite_where=text("address IS NOT NULL AND uses_left > 0 AND revoked_at IS NULL"),
            postgresql_where=text("address IS NOT NULL AND uses_left > 0 AND revoked_at IS NULL"),
        ),
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
    once: Mapped[str | None] = mapped_column(String(32))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH), default="")
    mailed_at: Mapped[datetime | None]

    invited_by: Mapped[Person] = relationship(lazy="raise")
    space: Mapped[Space] = relationship(lazy="raise")
