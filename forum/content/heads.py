"""What the page of an item with a conversation says besides its posts, whatever room it is of: for stories and calls for help.

A room's own head begins with these fields, and its query with these columns: one query for the whole page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func

from forum.content.models import Draft, ReadMark, Watch, WatchLevel, WatchReason, WatchSpace
from forum.content.order.holding import holds_viewer
from forum.content.order.queries import has_own_held
from forum.content.reading import first_told, my_mark
from forum.content.watching import effective_level
from forum.spaces.models import Item
from forum.spaces.queries.visible import VIEWER


@dataclass(frozen=True, kw_only=True)
class Talk:
    """How far one has read, what one has begun to write, and how much one hears."""

    read_to: int
    first_told: int | None
    draft_body: str
    draft_reply_to: int | None
    draft_version: int
    draft_at: datetime | None
    level: WatchLevel
    chosen_level: WatchLevel | None
    space_level: WatchLevel | None
    watch_reason: WatchReason | None
    has_own_held: bool
    holds_viewer: bool

    @property
    def answer(self) -> None:
        """Only a thread has an accepted answer: what fixed it, or helped, stands above the conversation."""
        return


def talk_columns() -> tuple[ColumnElement[Any], ...]:
    """Return the columns of `Talk`, in the order of its fields; the query joins as `with_talk` does."""
    return (
        func.coalesce(ReadMark.last_number, 0),
        first_told(),
        func.coalesce(Draft.body, ""),
        Draft.in_reply_to.expression,
        func.coalesce(Draft.version, 0),
        Draft.saved_at.expression,
        effective_level(VIEWER),
        case((Watch.is_chosen, Watch.level)),
        WatchSpace.level.expression,
        Watch.reason.expression,
        has_own_held(),
        holds_viewer(),
    )


def with_talk(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join what `talk_columns` ask for to a query from `Item`; the draft is the one at the parameter `place`."""
    return (
        query.outerjoin(ReadMark, my_mark())
        .outerjoin(Watch, and_(Watch.item_id == Item.id, Watch.person_id == VIEWER))
        .outerjoin(WatchSpace, and_(WatchSpace.space_id == Item.space_id, WatchSpace.person_id == VIEWER))
        .outerjoin(Draft, and_(Draft.person_id == VIEWER, Draft.place == bindparam("place")))
    )
