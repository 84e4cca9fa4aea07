"""Whether the original may offer a copy something: one condition, which Today asks before anything is gathered.

It may say yes where nothing is, never no where something is.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Enum, Integer, String, and_, cast, exists, literal, or_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, aliased

from forum.clone.models import Consent, Lineage, LineageItem, LineageRow, ShowcaseItem, UpstreamAnswer
from forum.clone.rooms import SPACE, house, part_named, which_of
from forum.clone.upstream.columns import TITLE, column_of, has_text, key_of
from forum.clone.upstream.ways import followers
from forum.content.models import Post
from forum.core.db import Base
from forum.spaces.copied import Follower
from forum.spaces.models import Audience, Item, ItemState

THERE = aliased(Item)
"""An item of the original."""
Key = Any
"""A space's key: a number, a parameter, or a column of the query around it."""
Conditions = tuple[ColumnElement[bool], ...]


def may_be_offered(space_id: Key) -> ColumnElement[bool]:
    """Return a condition that holds where the original of a space may have changed: where it doesn't, nothing is offered.

    Within it `Lineage` is the copy's row: a query around it that has that table, too, gives the key from an alias of it.
    """
    follows: Conditions = (Lineage.space_id == space_id, Lineage.is_followed.is_(True))
    there = (*follows, THERE.space_id == Lineage.origin_id)
    return or_(
        exists().where(*there, *pairs(), THERE.version > LineageItem.version, ~answered(), _by_version()),
        exists().where(*there, *is_new(), ~answered()),
        *(exists().where(*there, *pairs(), *_moved_on(of)) for of in followers(items=True)),
        *(condition for of in followers(items=False) for condition in _rows(of, space_id, follows)),
    )


def pairs() -> Conditions:
    """Return the conditions under which an item came from the original, and is in both places still."""
    return (
        Item.space_id == Lineage.space_id,
        LineageItem.item_id == Item.id,
        Item.origin_uuid == THERE.uuid,
        THERE.space_id == Lineage.origin_id,
        Item.state == ItemState.PUBLISHED,
    )


def is_new() -> Conditions:
    """Return the conditions under which something there came after the copy, and never was in it: deleted here stays deleted."""
    copied = aliased(Item)
    return (
        or_(THERE.created_at > Lineage.at, is_chosen_since()),
        THERE.state == ItemState.PUBLISHED,
        THERE.audience == Audience.SPACE,
        ~exists().where(copied.space_id == Lineage.space_id, copied.origin_uuid == THERE.uuid),
    )


def is_chosen_since() -> ColumnElement[bool]:
    """Return the condition that something was chosen after the copy was made, or agreed to."""
    agreed = exists().where(Consent.item_id == THERE.id, Consent.answered_at > Lineage.at).correlate(THERE, Lineage)
    return exists().where(ShowcaseItem.item_id == THERE.id, or_(ShowcaseItem.chosen_at > Lineage.at, agreed))


def answered() -> ColumnElement[bool]:
    """Return the condition that somebody in the copy answered an item as it is at its version."""
    return exists().where(
        UpstreamAnswer.space_id == Lineage.space_id,
        UpstreamAnswer.origin_uuid == THERE.uuid,
        UpstreamAnswer.version == THERE.version,
    )


def kinds_by_column() -> list[str]:
    """Return the kinds of items that follow column by column: their versions say nothing."""
    names = {of.part for of in followers(items=True)}
    return [part.kind for part in house().parts if part.name in names]


def _by_version() -> ColumnElement[bool]:
    return THERE.kind.not_in(kinds_by_column())


def _moved_on(of: Follower) -> Conditions:
    """Return the conditions under which an item that follows by columns says something else than what was taken last."""
    table = Base.metadata.tables[of.table]
    said = [THERE.title if one.name == TITLE else column_of(of, one) for one in of.columns]
    text = (Post.item_id == THERE.id, Post.number == 1) if has_text(of) else ()
    return table.c.id == THERE.id, *text, _differs(of, said, LineageItem.base)


def _differs(of: Follower, said: list[Any], base: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    pairs_of = zip(of.columns, said, strict=True)
    return or_(base.is_(None), *(_other(column, base[one.name]) for one, column in pairs_of))


def _other(column: Any, kept: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a column, and a value within JSON
    if isinstance(column.type, Integer):
        return column.is_distinct_from(kept.as_integer())  # type: ignore[no-any-return]
    words = type_coerce(column, String) if isinstance(column.type, Enum) else column
    return words.is_distinct_from(kept.as_string())


def _rows(of: Follower, space_id: Key, follows: Conditions) -> list[ColumnElement[bool]]:
    """Return the conditions under which rows that are no items changed there, or came."""
    table, known, noted = Base.metadata.tables[of.table], aliased(LineageRow), aliased(LineageRow)
    within = table.c.id if of.table == SPACE else table.c.space_id
    there = (*follows, within == Lineage.origin_id, *which_of(part_named(of.part)))
    said = [table.c[one.name] for one in of.columns]
    is_known = (known.space_id == Lineage.space_id, known.origin_key == _name(key_of(of), of))
    # What stayed behind when the space was copied has neither.
    stands = or_(known.own_key.is_not(None), known.mark.is_not(None))
    changed = exists().where(*there, *is_known, stands, _differs(of, said, known.base))
    if of.add is None:
        return [changed]
    came = and_(
        exists().where(*there, ~exists().where(*is_known)),
        exists().where(noted.space_id == space_id),
    )
    return [changed, came]


def _name(column: Column[Any], of: Follower) -> ColumnElement[str]:
    return column if column.name == "uuid" else literal(f"{of.table}-") + cast(column, String)
