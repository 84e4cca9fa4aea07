"""Tables of threads."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.db import Base, Keyed
from forum.people.models import Person
from forum.spaces.models import Item

SECTION_NAME_LENGTH = 40
DESCRIPTION_LENGTH = 200


class Section(Keyed, Base):
    """A named part of a space's threads."""

    __tablename__ = "section"
    __table_args__ = (Index("uq_section_space_slug", "space_id", "slug", unique=True),)

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="RESTRICT"))
    slug: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(SECTION_NAME_LENGTH))
    description: Mapped[str] = mapped_column(String(DESCRIPTION_LENGTH), default="")
    position: Mapped[int] = mapped_column(Integer, default=0)


class Thread(Base):
    """A conversation with a title. A question may have one accepted answer, named by its post number."""

    __tablename__ = "thread"
    __table_args__ = (
        CheckConstraint("accepted_number IS NULL OR accepted_number > 1", name="answer_is_a_reply"),
        CheckConstraint("accepted_number IS NULL OR is_question", name="only_questions_are_answered"),
        CheckConstraint("(accepted_number IS NULL) = (accepted_at IS NULL)", name="accepted_whole"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("item.id", ondelete="RESTRICT"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id", ondelete="RESTRICT"), index=True)
    is_question: Mapped[bool] = mapped_column(Boolean, default=False)
    accepted_number: Mapped[int | None] = mapped_column(Integer)
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    accepted_at: Mapped[datetime | None]

    item: Mapped[Item] = relationship(lazy="raise")
    section: Mapped[Section] = relationship(lazy="raise")
    accepted_by: Mapped[Person | None] = relationship(lazy="raise")
