"""What of minutes is found, as the search asks for it: what they say, with the decisions. Only published ones have an item (A5)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.core.markup import plain
from forum.core.time import now
from forum.meetups.day.models import KIND, Decision, Minutes, MinutesVersion
from forum.meetups.models import Occurrence
from forum.meetups.words import day_words
from forum.people.models import Person
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items
from forum.spaces.whole import NUMBER
from forum.web.links import path_of
from forum.web.words import _, _l


def _texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
    row = None
    if numbers is None or NUMBER in numbers:
        row = db.session.execute(_written(Minutes.item_id == item_id)).one_or_none()
    if row is None:
        return []
    _minutes, version, one, item = row
    return [
        Text(
            number=NUMBER,
            body=_body(version, one.id),
            at=version.at,
            author_id=version.author_id,
            title=one.title or item.title,
        )
    ]


def _body(version: MinutesVersion, occurrence_id: int) -> str:
    decided = db.session.scalars(
        select(Decision.words).where(Decision.occurrence_id == occurrence_id, Decision.removed_at.is_(None))
    )
    return "\n".join([plain(version.html), *decided])


def _stands(item_id: Any, number: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    return and_(number == NUMBER, exists().where(Minutes.item_id == item_id))


def _keys_after(key: int, limit: int) -> Sequence[tuple[int, int, int]]:
    query = select(Item.id).where(Item.id > key, Item.kind == KIND).order_by(Item.id).limit(limit)
    return [(item_id, item_id, NUMBER) for item_id in db.session.scalars(query)]


def _last_key() -> int:
    return db.session.scalar(select(func.max(Item.id)).where(Item.kind == KIND)) or 0


def _shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
    return [
        Shown(
            item_id=minutes.item_id,
            title=_("%(title)s, %(day)s", title=one.title or item.title, day=_day(one)),
            slug=space.slug,
            space=space.name,
            url=_url(one, item, space),
            kind=_("Minutes"),
            last_at=version.at,
        )
        for minutes, version, one, item, space, _author in _seen(actor, ids)
    ]


def _passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
    return {
        (minutes.item_id, NUMBER): Passage(
            text=_body(version, one.id),
            url=_url(one, item, space),
            author=author.name if author else "",
            at=version.at,
        )
        for minutes, version, one, item, space, author in _seen(actor, {item_id for item_id, _number in keys})
    }


def _seen(actor: Person, ids: Collection[int]) -> Sequence[Any]:
    """Return minutes by their items, to who may see the meetup and the minutes now (A3)."""
    own = aliased(Item, name="own_item")
    query = (
        _written(Minutes.item_id.in_(ids))
        .add_columns(Space, Person)
        .join(own, own.id == Minutes.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == MinutesVersion.author_id)
        .where(visible_items(actor, now()), own.state == Item.state, own.audience == Item.audience)
    )
    return db.session.execute(query).all()


def _written(*where: ColumnElement[bool]) -> Select[Minutes, MinutesVersion, Occurrence, Item]:
    latest = and_(MinutesVersion.occurrence_id == Minutes.occurrence_id, MinutesVersion.version == Minutes.version)
    return (
        select(Minutes, MinutesVersion, Occurrence, Item)
        .join(MinutesVersion, latest)
        .join(Occurrence, Occurrence.id == Minutes.occurrence_id)
        .join(Item, Item.id == Occurrence.series_id)
        .where(*where, Minutes.published_at.is_not(None))
    )


def _day(one: Occurrence) -> str:
    return day_words(one.local_start.date(), zone=one.zone)


def _url(one: Occurrence, item: Item, space: Space) -> str:
    return f"{path_of('meetups.occurrence', slug=space.slug, ref=item.ref, key=one.id)}#minutes"


findable = Findable(
    kind=KIND,
    words={"minutes": _l("Minutes")},
    texts=_texts,
    stands=_stands,
    keys_after=_keys_after,
    last_key=_last_key,
    shown=_shown,
    passages=_passages,
    triggers=frozenset(
        {
            "search_minutes_changed",
            "search_minutes_written",
            "search_decision_noted",
            "search_decision_changed",
        }
    ),
    of_kind={"minutes": Item.kind == KIND},
)
