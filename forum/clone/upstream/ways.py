"""How what came along with a part follows the original: what rooms declared, by part."""

from collections.abc import Mapping

from flask import current_app

from forum.clone.models import LineageRow
from forum.clone.rooms import house, is_items
from forum.clone.upstream.columns import grower_from
from forum.core.db import Base
from forum.spaces.copied import Follower, Grower
from forum.spaces.models import Item


def growers() -> Mapping[str, Grower]:
    """Return how copies follow the original, by the name of the part."""
    found: Mapping[str, Grower] | None = current_app.extensions.get("baton growers")
    if found is None:
        rooms = [room.cloner for room in house().rooms]
        made = [grower_from(one) for cloner in rooms for one in cloner.followers]
        found = {one.part: one for one in [*made, *(cloner.grower for cloner in rooms if cloner.grower)]}
        current_app.extensions["baton growers"] = found
    return found


def grower_of(item: Item) -> Grower | None:
    """Return how an item of a copy follows the original; None for one that came along once and for all."""
    return next((growers().get(part.name) for part in house().parts if part.kind == item.kind), None)


def way_of(item: Item | None, row: LineageRow | None) -> Grower | None:
    """Return how something of a copy follows the original: an item, or what is remembered of something that is none."""
    if item is not None:
        return grower_of(item)
    ways = (way for way in growers().values() if way.follower and row and way.follower.table == row.kind)
    return next(ways, None)


def followers(*, items: bool) -> list[Follower]:
    """Return what follows column by column: items, or what is none."""
    found = [way.follower for way in growers().values() if way.follower]
    return [one for one in found if is_items(Base.metadata.tables[one.table]) is items]
