"""What of the roster can be counted: departments with a champion, and duties with a deputy."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select

from forum.core.db import db
from forum.core.time import local
from forum.roster.models import Duty, DutyKind
from forum.roster.queries.book import book_of, who_hold
from forum.spaces.health import drawn_number, drawn_share
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.parts import Drawn, Figure
from forum.web.words import _l


def departments(space: Space, at: datetime) -> Drawn | None:
    """Return how many departments have somebody on a champion's seat; who is away for a while still has it."""
    query = select(Duty.id, Duty.department_id).join(Item, Item.id == Duty.id)
    rows = db.session.execute(query.where(_in_sight(space, at), Duty.kind == DutyKind.SEAT)).all()
    held = who_hold([row.id for row in rows], at) if rows else {}
    return drawn_number(
        len({row.department_id for row in rows if row.id in held and held[row.id].owner_id is not None})
    )


def deputies(space: Space, at: datetime) -> Drawn | None:
    """Return how many in a hundred of the duties have a deputy on that day."""
    day = local(at, space.zone).date()
    book = book_of(_in_sight(space, at), day, day)
    return drawn_share(sum(duty.deputy_on(day) is not None for duty in book.duties.values()), len(book.duties))


def _in_sight(space: Space, at: datetime) -> ColumnElement[bool]:
    """The condition for the duties of a space that every member sees and that aren't over."""
    return and_(
        Item.space_id == space.id,
        Item.state == ItemState.PUBLISHED,
        Item.audience == Audience.SPACE,
        or_(Duty.ended_on.is_(None), Duty.ended_on > local(at, space.zone).date()),
    )


FIGURES: Sequence[Figure] = (
    Figure(name="departments", label=_l("Departments with a champion"), unit="", value=departments),
    Figure(name="deputies", label=_l("Duties with a deputy"), unit="%", value=deputies),
)
