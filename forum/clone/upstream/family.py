"""The family of a space: where it came from and what grew from it, as far as one reader may know (A3, F6).

What the reader may not know of is left out, with all that lies behind it. How many copies were made of a space stands in its log, so
its stewards read that number; nobody else is told that there is anything.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from forum.clone.models import Lineage
from forum.clone.queries import may_be_known
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Membership, Role, Space
from forum.spaces.queries import belongs

FURTHEST = 12
"""Generations that are followed, up and down."""


@dataclass
class Kin:
    """A space of the family. No space: one that can't be named, or a starter or file, by its `name`."""

    space: Space | None
    name: str = ""
    at: datetime | None = None
    version: int | None = None
    """Of the showcase that was copied; None for a starter or a template file."""
    is_here: bool = False
    belongs: bool = False
    """Whether the reader is a member."""
    children: list["Kin"] = field(default_factory=list)
    hidden: int = 0
    """Copies of it that the reader may not know, where they may know their number."""


def family_of(here: Here) -> Kin:
    """Return the eldest of the family that the reader may know, with all that grew from it."""
    mine = set(db.session.scalars(select(Membership.space_id).where(belongs(here.actor))))
    kept = set(
        db.session.scalars(select(Membership.space_id).where(belongs(here.actor), Membership.role == Role.STEWARD))
    )
    eldest, nameless = _eldest(here)
    root = Kin(space=eldest)
    level = [root]
    for _generation in range(FURTHEST):
        level = _next(level, here.actor, kept=kept)
    _say(root, here=here, mine=mine)
    if nameless is not None:
        root.at, root.version = nameless.at, nameless.of_showcase
        return Kin(space=None, name=nameless.origin_name, children=[root])
    return root


def _eldest(here: Here) -> tuple[Space, Lineage | None]:
    """Return the eldest that can be named, and where that came from if it was from something else."""
    space = here.space
    for _generation in range(FURTHEST):
        lineage = db.session.get(Lineage, space.id)
        if lineage is None:
            return space, None
        query = select(Space).where(Space.id == lineage.origin_id, may_be_known(here.actor, Space))
        parent = db.session.scalar(query)
        if parent is None:
            # Where others came from is for their own people to know.
            return space, lineage if space.id == here.space.id else None
        space = parent
    return space, None


def _next(level: list[Kin], reader: Person, *, kept: set[int]) -> list[Kin]:
    """Find the copies of some spaces, and return them."""
    by_key = {kin.space.id: kin for kin in level if kin.space}
    if not by_key:
        return []
    rows = db.session.execute(
        select(Lineage, Space)
        .join(Space, Space.id == Lineage.space_id)
        .where(Lineage.origin_id.in_(by_key), may_be_known(reader, Space))
        .order_by(Lineage.at, Space.id)
    ).all()
    for lineage, space in rows:
        child = Kin(space=space, at=lineage.at, version=lineage.of_showcase)
        by_key[lineage.origin_id or 0].children.append(child)
    counts = db.session.execute(
        select(Lineage.origin_id, func.count())
        .where(Lineage.origin_id.in_(by_key.keys() & kept))
        .group_by(Lineage.origin_id)
    )
    for key, number in counts:
        by_key[key or 0].hidden = number - len(by_key[key or 0].children)
    return [child for kin in by_key.values() for child in kin.children]


def _say(kin: Kin, *, here: Here, mine: set[int]) -> None:
    if kin.space is not None:
        kin.is_here, kin.belongs = kin.space.id == here.space.id, kin.space.id in mine
    for child in kin.children:
        _say(child, here=here, mine=mine)
