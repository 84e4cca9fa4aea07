"""What is found of items that have no posts and say everything in one text: a duty, a playbook. A room gives what is its own."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select, true

from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.visible import VIEWER
from forum.web.words import LazyString

NUMBER = 0
"""Of the only text of an item."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What an item says besides its title, as plain text."""

    body: str
    kind: str
    """What it is, in a word."""
    tags: str = ""


def whole(
    *,
    kind: str,
    words: Mapping[str, LazyString],
    says: Callable[[Collection[int]], Mapping[int, Said]],
    url: Callable[[str, str], str],
    triggers: Collection[str],
    notes: Callable[[Person, Collection[int]], Mapping[int, str]] | None = None,
    is_for_members: bool = False,
    answers: bool = False,
    **others: Any,  # noqa: ANN401  # what else a Findable has: of_kind, states, tagged, settled
) -> Findable:
    """Return what the search asks for. `says` and `notes` are from items' ids, `url` is from a space's slug and an item's ref."""
    query = seen_items(kind, is_for_members=is_for_members)

    def texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
        said = says([item_id]).get(item_id) if numbers is None or NUMBER in numbers else None
        if said is None:
            return ()
        item = db.session.get_one(Item, item_id)
        return [
            Text(
                number=NUMBER, body=said.body, at=item.created_at, author_id=item.author_id, title=item.title, tags=said.tags
            )
        ]  # fmt: skip

    def shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
        rows = seen(query, actor, ids)
        keys = [item.id for item, _space, _slug in rows]
        said, told = says(keys), notes(actor, keys) if notes else {}
        return [
            Shown(
                item_id=item.id,
                title=item.title,
                slug=slug,
                space=space,
                url=url(slug, item.ref),
                kind=said[item.id].kind,
                last_at=item.last_at,
                note=told.get(item.id, ""),
            )
            for item, space, slug in rows
            if item.id in said
        ]

    def passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
        rows = {item.id: (item, slug) for item, _space, slug in seen(query, actor, {item_id for item_id, _n in keys})}
        return {
            (item_id, NUMBER): Passage(text=said.body, url=url(rows[item_id][1], rows[item_id][0].ref), at=rows[item_id][0].created_at)
            for item_id, said in says(list(rows)).items()
        }  # fmt: skip

    return Findable(
        kind=kind,
        words=words,
        texts=texts,
        stands=lambda item_id, number: and_(item_id.is_not(None), number == NUMBER),
        keys_after=items_after(kind),
        last_key=last_item(kind),
        shown=shown,
        passages=passages,
        triggers=triggers,
        is_for_members=is_for_members,
        answers=answers,
        **others,
    )


def items_after(kind: str) -> Callable[[int, int], Sequence[tuple[int, int, int | None]]]:
    """Return how items of a kind are indexed in their order, each as a whole."""

    def keys_after(key: int, limit: int) -> Sequence[tuple[int, int, int | None]]:
        after = select(Item.id).where(Item.kind == kind, Item.id > key).order_by(Item.id).limit(limit)
        return [(item_id, item_id, None) for item_id in db.session.scalars(after)]

    return keys_after


def last_item(kind: str) -> Callable[[], int]:
    """Return how the last key of a kind is asked for."""
    return lambda: db.session.scalar(select(func.max(Item.id)).where(Item.kind == kind)) or 0


def seen(query: Select[*tuple[Any, ...]], actor: Person, ids: Collection[int]) -> Sequence[Any]:
    """Return what `seen_items` finds of these for somebody, now."""
    return db.session.execute(query, {**viewing(actor, now()), "ids": list(ids)}).all() if ids else ()


@prepared
def seen_items(kind: str, *, is_for_members: bool = False) -> Select[Item, str, str]:
    """Build the query of items that the VIEWER may see, each with the name and the slug of its space, once."""
    return (
        select(Item, Space.name, Space.slug)
        .join(Space, Space.id == Item.space_id)
        .where(Item.kind == kind, Item.id.in_(bindparam("ids", expanding=True)), visible_to_viewer())
        .where(_is_member() if is_for_members else true())
    )


def _is_member() -> ColumnElement[bool]:
    mine = select(Membership.space_id).where(Membership.person_id == VIEWER, Membership.ended_at.is_(None))
    return Item.space_id.in_(mine)
