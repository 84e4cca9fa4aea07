"""The table of feeds."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base, Keyed

KIND_LENGTH = 40


class FeedLink(Keyed, Base):
    """A person's own address for following something: one for each person, kind and `key` (the uuid of what is followed, "" for all).

    The token in the address is random and shown once; its hash is stored. What the address gives out is asked anew each time.
    """

    __tablename__ = "feed_link"
    __table_args__ = (Index("uq_feed_link_person_kind_key", "person_id", "kind", "key", unique=True),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(KIND_LENGTH))
    key: Mapped[str] = mapped_column(String(36), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
