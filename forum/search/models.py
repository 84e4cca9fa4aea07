"""Tables of the search. What is asked with MATCH or @@ is made by the database from `search_entry`; see migration 0023."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.db import Base
from forum.core.text import REF_LENGTH, new_ref

QUERY_LENGTH = 300
KIND_LENGTH = 20


class SearchEntry(Base):
    """What can be found of an item: one row for each of its posts that can be read, or one row with the number 0.

    Texts are stems (see `stems.py`), so that both databases find the same. `scope` says who may find it, as words that a search
    asks for in the same breath (see `scopes.py`). The title and the tags stand in the item's first row.
    """

    __tablename__ = "search_entry"
    __table_args__ = (Index("uq_search_entry_item_number", "item_id", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    at: Mapped[datetime]
    scope: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    tags: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class SearchDue(Base):
    """What was written and isn't indexed yet: triggers note it, and the transaction that wrote it settles it before it commits.

    Without a number it is all of the item.
    """

    __tablename__ = "search_due"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="CASCADE"), index=True)
    number: Mapped[int | None] = mapped_column(Integer)


class SearchBuild(Base):
    """How far the index of what was written before has been made: of each kind of item up to `last_key`. Done, the row is gone."""

    __tablename__ = "search_build"

    kind: Mapped[str] = mapped_column(String(KIND_LENGTH), primary_key=True)
    last_key: Mapped[int] = mapped_column(Integer, default=0)


class RecentSearch(Base):
    """What somebody looked for last. Nobody else ever sees it."""

    __tablename__ = "recent_search"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    query: Mapped[str] = mapped_column(String(QUERY_LENGTH), primary_key=True)
    at: Mapped[datetime]


class SavedSearch(Base):
    """A search that somebody keeps. With `tells` they hear, in the app and by mail, of what was written since `looked_at`."""

    __tablename__ = "saved_search"
    __table_args__ = (
        Index("uq_saved_search_person_query", "person_id", "query", unique=True),
        Index("ix_saved_search_looked", "looked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(String(REF_LENGTH), unique=True, default=new_ref)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    query: Mapped[str] = mapped_column(String(QUERY_LENGTH))
    tells: Mapped[bool]
    looked_at: Mapped[datetime]
    made_at: Mapped[datetime]
