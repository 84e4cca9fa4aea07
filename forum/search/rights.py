"""How rights are asked inside the match: as words of the index, or by a condition on the items that are met. Both say the same (A3).

Words cost the same however little is found: those of forty spaces 5 to 23 ms at a million texts, where the condition takes a tenth
of one. But who may see little would walk through much for it: for them it is words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from forum.core.db import db
from forum.core.prepared import prepared
from forum.people.models import Person
from forum.search.models import SearchEntry
from forum.search.scopes import kinds_for_members
from forum.spaces.models import Item, ItemState, Membership
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.visible import VIEWER

FEW_WORDS = 6
SAMPLE = 200
A_GOOD_PART = 8
"""Who sees one in so many of the newest texts is asked by the condition."""


@dataclass(frozen=True, kw_only=True)
class Rights:
    """What somebody may find: `words` of `scopes.py`, or by the condition `may_find` with these values if there are any."""

    words: Collection[str]
    values: Mapping[str, object] = field(default_factory=dict)


def rights_of(actor: Person, words: Collection[str], at: datetime) -> Rights:
    """Return the quicker way to ask for what `actor` may find at `at`."""
    return Rights(words=words, values=viewing(actor, at) if is_wide(actor, words, at) else {})


def is_wide(actor: Person, words: Collection[str], at: datetime) -> bool:
    """Say whether somebody may see a good part of all that can be found, by the newest of it."""
    if len(words) <= FEW_WORDS:
        return False
    seen = db.session.scalar(_seen_of_newest(kinds_for_members()), viewing(actor, at)) or 0
    return seen * A_GOOD_PART >= SAMPLE


@prepared
def may_find(for_members: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition on `Item` that the VIEWER may find it, once for each kinds that are for members only."""
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    is_inside = or_(Item.kind.not_in(for_members), Item.space_id.in_(mine))
    return and_(Item.state == ItemState.PUBLISHED, visible_to_viewer(), is_inside)


@prepared
def _seen_of_newest(for_members: tuple[str, ...]) -> Select[int]:
    newest = select(SearchEntry.item_id).order_by(SearchEntry.id.desc()).limit(SAMPLE).subquery()
    return select(func.count()).select_from(newest).join(Item, Item.id == newest.c.item_id).where(may_find(for_members))
