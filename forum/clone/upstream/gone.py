"""What came along and isn't in the original any more: said, and left as it is here (F6)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from forum.clone.access import Look
from forum.clone.models import LineageItem
from forum.clone.rooms import house, is_items, part_named, which_of
from forum.clone.upstream.answered import url_of
from forum.clone.upstream.columns import rows_in
from forum.clone.upstream.rows import noted_in, titles_in
from forum.clone.upstream.waiting import THERE
from forum.clone.upstream.ways import followers, growers
from forum.core.db import Base, db
from forum.core.time import now
from forum.spaces.copied import Part
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState
from forum.spaces.queries import visible_items
from forum.web.words import LazyString


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Something that stands here and not there: what it is called here, where it is read, and with which part it came."""

    title: str
    url: str
    label: LazyString


def gone_from(here: Here, look: Look) -> list[Gone]:
    """Return what of the parts that the original offers was ended, withdrawn or removed there, and stands here; by title.

    Why it is gone there isn't told: hidden, moved and removed look alike (A3). As many statements for however many rows.
    """
    found = [*_items(here, look), *_rows(here, look)]
    return sorted(found, key=lambda one: (one.title.casefold(), one.url))


def _items(here: Here, look: Look) -> list[Gone]:
    parts = {part.kind: part for part in house().parts if part.kind and part.name in look.showcase.parts}
    query = select(Item).where(
        exists().where(LineageItem.item_id == Item.id),
        Item.space_id == here.space.id,
        Item.state == ItemState.PUBLISHED,
        visible_items(here.actor, now()),
        or_(false(), *(_stands_only_here(part, look.space.id) for part in parts.values())),
    )
    return [
        Gone(title=item.title, url=url_of(here, item), label=parts[item.kind].label)
        for item in db.session.scalars(query)
    ]


def _stands_only_here(part: Part, origin_id: int) -> ColumnElement[bool]:
    there = exists().where(
        THERE.uuid == Item.origin_uuid,
        THERE.space_id == origin_id,
        THERE.state == ItemState.PUBLISHED,
        THERE.audience == Audience.SPACE,
        or_(_runs(part, THERE.id, *which_of(part)), *([_runs(part, THERE.id, part.goes_on())] if part.goes_on else [])),
    )
    return and_(Item.kind == part.kind, _runs(part, Item.id, *which_of(part)), ~there)


def _runs(part: Part, key: InstrumentedAttribute[int], *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that `which` holds of an item's own rows: it isn't over, for its room."""
    own = [Base.metadata.tables[name] for name in part.tables if is_items(Base.metadata.tables[name])]
    return and_(true(), *(exists().where(table.c.id == key, *which).correlate(Item, THERE) for table in own))


def _rows(here: Here, look: Look) -> list[Gone]:
    ways = [of for of in followers(items=False) if of.part in look.showcase.parts]
    there: Collection[str] = {name for of in ways for name in rows_in(of, look.space.id)}
    titles, noted = titles_in(here), noted_in(here.space.id)
    parts = {of.table: of.part for of in ways}
    return [
        Gone(
            title=titles[name],
            url=growers()[parts[row.kind]].url(here.space.slug, ""),
            label=part_named(parts[row.kind]).label,
        )
        for name, row in noted.items()
        if row.kind in parts and name in titles and name not in there
    ]
