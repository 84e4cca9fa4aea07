"""What a copy has answered to the original: what it is called here, where it stands, and whether it can be taken back still (F6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from forum.clone.models import LineageItem, LineageRow, UpstreamAnswer
from forum.clone.upstream.answering import latest_answer
from forum.clone.upstream.columns import rows_in
from forum.clone.upstream.offers import offers_for
from forum.clone.upstream.rows import noted_in, titles_in
from forum.clone.upstream.ways import followers, grower_of, growers, way_of
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.copied import Both
from forum.spaces.feature import carried
from forum.spaces.guard import Here
from forum.spaces.models import Item


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One answer, as stewards of the copy read it. `title` and `url` are those of what stands here; None, and "", when nothing does."""

    answer: UpstreamAnswer
    title: str | None
    url: str
    by: Person | None
    is_latest: bool
    """Whether nothing was answered about the same thing since."""
    is_undone_here: bool
    """Whether taking it back is a press: it was left, or stands here as it was taken."""

    @property
    def is_addition(self) -> bool:
        """Whether it came as something new: it is removed where it stands."""
        return self.answer.is_taken and self.answer.before is None

    @property
    def is_changed_since(self) -> bool:
        """Whether it was changed here after it was taken, so that nothing takes it back but its editor."""
        return self.is_latest and self.answer.before is not None and not self.is_undone_here


def answered_in(here: Here, *, key: str | None = None) -> list[Answered]:
    """Return what was answered in a space, or about the thing with a `key`; the latest first."""
    query = (
        select(UpstreamAnswer, Item, Person)
        .outerjoin(Item, Item.id == UpstreamAnswer.item_id)
        .outerjoin(Person, Person.id == UpstreamAnswer.by_id)
        .where(UpstreamAnswer.space_id == here.space.id)
        .order_by(UpstreamAnswer.at.desc(), UpstreamAnswer.version.desc(), UpstreamAnswer.origin_uuid)
    )
    narrowed = query if key is None else query.where(UpstreamAnswer.origin_uuid == key)
    rows: Sequence[Any] = db.session.execute(narrowed).all()  # of what isn't here any more there is no item
    latest: dict[str, int] = {}
    for answer, _item, _by in rows:
        latest[answer.origin_uuid] = max(answer.version, latest.get(answer.origin_uuid, 0))
    titles, noted = _titles(here, key, [(row[0], row[1]) for row in rows]), noted_in(here.space.id)
    standing = _as_taken(here, [(row[0], row[1]) for row in rows if row[0].before], noted)
    return [
        Answered(
            answer=answer,
            title=item.title if item else titles.get(answer.origin_uuid),
            url=_url(here, item, noted.get(answer.origin_uuid)),
            by=by,
            is_latest=answer.version == latest[answer.origin_uuid],
            is_undone_here=answer.version == latest[answer.origin_uuid]
            and (not answer.is_taken or (answer.origin_uuid, answer.version) in standing),
        )
        for answer, item, by in rows
    ]


Given = Sequence[tuple[UpstreamAnswer, Item | None]]
Noted = Mapping[str, LineageRow]


def _titles(here: Here, key: str | None, rows: Given) -> dict[str, str]:
    """Return what things that are no items here are called: here, or in the original as far as it offers them."""
    nameless = {answer.origin_uuid for answer, item in rows if item is None}
    titles = titles_in(here) if nameless else {}
    if nameless - set(titles):
        titles = {one.key: one.title for one in offers_for(here, key=key, answered=True)} | titles
    return titles


def _as_taken(here: Here, rows: Given, noted: Noted) -> set[tuple[str, int]]:
    """Return which answers stand here word for word as they were taken, by the thing's key and their number."""
    own = {of.table: rows_in(of, here.space.id) for of in followers(items=False)} if rows else {}
    by_part: dict[str, list[tuple[UpstreamAnswer, int]]] = {}
    for answer, item in rows:
        row = noted.get(answer.origin_uuid)
        way, own_id = way_of(item, row), item.id if item is not None else None
        if item is None and row is not None:
            own_id = own.get(row.kind, {}).get(row.own_key or "")
        if way and own_id is not None:
            by_part.setdefault(way.part, []).append((answer, own_id))
    found = set()
    for part, some in by_part.items():
        said = growers()[part].stands([own_id for _answer, own_id in some])
        found |= {
            (answer.origin_uuid, answer.version)
            for answer, own_id in some
            if said.get(own_id) == (answer.before or {})["after"]
        }
    return found


def _url(here: Here, item: Item | None, row: LineageRow | None) -> str:
    """Return where it stands here."""
    if item is not None:
        return url_of(here, item)
    way = way_of(None, row) if row is not None and row.own_key is not None else None
    return way.url(here.space.slug, "") if way else ""


def url_of(here: Here, item: Item) -> str:
    """Return where an item of the copy is read."""
    way = grower_of(item)
    url = way.url if way else carried()[item.kind]
    return url(here.space.slug, item.ref)


def places_of_answer(here: Here, key: str) -> Sequence[Both]:
    """Return what both sides had changed of a thing when it was answered last: what somebody chose between, or wrote anew."""
    for offer in offers_for(here, key=key, answered=True):
        return () if offer.is_new else offer.merged[1]
    answer = latest_answer(here, key)
    item = db.session.get(Item, answer.item_id) if answer and answer.item_id else None
    row = db.session.get(LineageItem, item.id) if item else db.session.get(LineageRow, (here.space.id, key))
    way = way_of(item, row if isinstance(row, LineageRow) else None)
    if way is None or row is None or answer is None or not answer.before:
        return ()
    base = answer.before["base"] or (way.first([item.id]).get(item.id, {}) if item else {})
    return way.merged(base, answer.before["said"], row.base or {})[1]
