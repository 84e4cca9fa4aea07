"""What the original offers a copy now: what it changed of what was copied, and what is new there. Nothing of it is kept here (A3)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select

from forum.clone.access import Look, upstream_for
from forum.clone.gathering import PART, UUID, Bundle, gather
from forum.clone.models import Lineage, LineageItem
from forum.clone.rooms import ITEM, house, is_items, part_named
from forum.clone.texts import Places
from forum.clone.upstream.offering import Offer, digest_of, moved_rows
from forum.clone.upstream.reasons import calling_nobody
from forum.clone.upstream.rows import offered_rows
from forum.clone.upstream.waiting import THERE, answered, is_chosen_since, is_new, kinds_by_column, pairs
from forum.clone.upstream.ways import growers
from forum.core.db import Base, db
from forum.core.time import now
from forum.spaces.copied import KEY, Grower, Part, Row, Said, Why
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.queries import visible_items
from forum.web.links import whole
from forum.web.words import _


def places_of(here: Here, look: Look) -> Places:
    """Return where things of the original stand in the copy."""
    rows = db.session.execute(
        select(THERE.ref, Item.ref)
        .join(Item, Item.origin_uuid == THERE.uuid)
        .where(THERE.space_id == look.space.id, Item.space_id == here.space.id)
    )
    items = {row[0]: row[1] for row in rows}
    return Places(whole(""), look.space.slug, here.space.slug, _("in the original"), items=items)


def offers_for(here: Here, *, key: str | None = None, answered: bool = False) -> list[Offer]:
    """Return what the original offers this steward now, or just the thing with a `key`; by title, changes first.

    What was answered isn't offered again while it stays as it was then, but for who wants it `answered`. As many statements for
    however many rows.
    """
    look = upstream_for(here)
    if look is None:
        return []
    places = places_of(here, look)
    found = [
        *_changed(here, look, places, key, anyway=answered),
        *_new(here, look, places, key, anyway=answered),
        *offered_rows(here, look, places, key, answered=answered),
    ]
    return sorted(found, key=lambda one: (one.is_new, one.title.casefold(), one.key))


Pair = tuple[Item, LineageItem, int, int, datetime]
"""The copy's item, what is remembered of it, the original's key and version, and when the copy was made."""


def _changed(here: Here, look: Look, places: Places, key: str | None, *, anyway: bool) -> Iterator[Offer]:
    ways = {name: way for name, way in growers().items() if name in look.showcase.parts}
    rows = _pairs_in(here, look, ways, key, anyway=anyway)
    marks, ours, first = _standing(ways, rows)
    rows = {
        source_id: row
        for source_id, row in rows.items()
        if row[0].id in ours and (anyway or source_id not in marks or marks[source_id] != row[1].mark)
    }
    if not rows:
        return
    bundle = gather(look.space, ways, site=whole(""), only=list(rows))
    here_too = moved_rows(bundle.rows, places)
    found = [source for source in bundle.rows.get(ITEM, ()) if source[KEY] in rows]
    whys = _whys(look, ways, {source[KEY]: (source[PART], rows[source[KEY]]) for source in found})
    for source in found:
        item, lineage, source_id, version, _at = rows[source[KEY]]
        way = ways[source[PART]]
        theirs = way.read(here_too, source_id)
        began = lineage.base or first.get(item.id, {})
        base = way.agreed(began, ours[item.id], theirs)
        if theirs != base:
            yield Offer(
                key=source[UUID], title=item.title, part=part_named(source[PART]), source_id=source_id, version=version, is_new=False,
                digest=digest_of(theirs), item=item, own_id=item.id, lineage=lineage, grower=way, base=base,
                ours=ours[item.id], theirs=theirs, mark=marks.get(source_id), whys=whys.get(source_id, ()),
                is_partly_alike=bool(began) and base != began,
            )  # fmt: skip


def _pairs_in(here: Here, look: Look, ways: Mapping[str, Grower], key: str | None, *, anyway: bool) -> dict[int, Pair]:
    """Return what is in both places and may have changed there, by the original's keys."""
    by_version = and_(THERE.version > LineageItem.version, *([] if anyway else [~answered()]))
    query = select(Item, LineageItem, THERE.id, THERE.version, Lineage.at).where(
        *pairs(),
        Lineage.space_id == here.space.id,
        Lineage.origin_id == look.space.id,
        visible_items(here.actor, now()),
        THERE.kind.in_([part.kind for part in house().parts if part.name in ways]),
        or_(THERE.kind.in_(kinds_by_column()), by_version),
        _is(key),
    )
    return {row[2]: (row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)}


def _standing(
    ways: Mapping[str, Grower], rows: Mapping[int, Pair]
) -> tuple[dict[int, str], dict[int, Said], dict[int, Said]]:
    """Return what things say: a mark of the original's own words where these tell anything, here, and on their first day here."""
    marks: dict[int, str] = {}
    ours: dict[int, Said] = {}
    first: dict[int, Said] = {}
    for part in (part for part in house().parts if part.name in ways and part.kind):
        way, mine = ways[part.name], {key: row for key, row in rows.items() if row[0].kind == part.kind}
        if not mine:
            continue
        keys = [row[0].id for row in mine.values()]
        ours |= way.stands(keys)
        first |= way.first(keys)
        marks |= {key: digest_of(said) for key, said in way.stands(list(mine)).items()} if way.follower else {}
    return marks, ours, first


def _whys(look: Look, ways: Mapping[str, Grower], found: Mapping[int, tuple[str, Pair]]) -> dict[int, list[Why]]:
    whys: dict[int, list[Why]] = {}
    for name, way in ways.items():
        since = {key: row[1].at or row[4] for key, (part, row) in found.items() if part == name}
        whys |= {key: list(said) for key, said in (way.whys(since) if since else {}).items()}
    return calling_nobody(whys, look.space.id)


def _new(here: Here, look: Look, places: Places, key: str | None, *, anyway: bool) -> Iterator[Offer]:
    parts = _coming(look.showcase.parts)
    kinds = [
        and_(THERE.kind == part.kind, is_chosen_since() if part.by_choice else THERE.created_at > Lineage.at)
        for part in parts
    ]
    query = (
        select(THERE.id)
        .join(Lineage, Lineage.space_id == here.space.id)
        .where(THERE.space_id == look.space.id, *is_new(), or_(false(), *kinds), _is(key))
        .where(*([] if anyway else [~answered()]))
    )
    keys = db.session.scalars(query).all()
    if not keys:
        return
    bundle, ways = gather(look.space, [part.name for part in parts], site=whole(""), only=keys), growers()
    here_too = moved_rows(bundle.rows, places)
    for source in bundle.rows.get(ITEM, ()):
        if is_whole(bundle, source):
            way = ways.get(source[PART])
            yield Offer(
                key=source[UUID], title=source["title"], part=part_named(source[PART]), source_id=source[KEY],
                version=source["_version"], is_new=True, digest=one_of(bundle, source).digest, grower=way,
                theirs=way.read(here_too, source[KEY]) if way else None,
            )  # fmt: skip


def _coming(names: Collection[str]) -> list[Part]:
    """Return the parts of which single things can come later."""
    return [part for part in house().parts if part.name in names and part.kind]


def is_whole(bundle: Bundle, item: Row) -> bool:
    """Say whether all came along without which an item is none: its room's own row."""
    own = [name for name in part_named(item[PART]).tables if is_items(Base.metadata.tables[name])]
    return all(any(row[KEY] == item[KEY] for row in bundle.rows.get(name, ())) for name in own)


def one_of(bundle: Bundle, item: Row) -> Bundle:
    """Return what comes along with one item."""
    rest = {name: rows for name, rows in bundle.rows.items() if name != ITEM}
    return Bundle(bundle.space, {ITEM: [item], **rest}, [item[PART]], bundle.slug, bundle.site, bundle.uuid).only(
        [item[PART]]
    )


def _is(key: str | None) -> ColumnElement[bool]:
    return THERE.uuid == key if key is not None else THERE.id.is_not(None)


def said_by(bundle: Bundle, key: int, places: Places | None = None) -> Said | None:
    """Return what a gathered item says, with links as they stand in another place; None for one that didn't come along."""
    item = next((row for row in bundle.rows.get(ITEM, ()) if row[KEY] == key), None)
    way = growers().get(item[PART]) if item else None
    return way.read(moved_rows(bundle.rows, places) if places else bundle.rows, key) if way else None
