"""Following the original column by column: how rows of any table are read, compared and merged, as their room declared (F6)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from sqlalchemy import Column, Select, and_, select

from forum.clone.rooms import ITEM, SPACE, is_items, part_named, which_of
from forum.content.differences import Comparison, Piece, around_changes
from forum.content.models import Post, PostState
from forum.core.db import Base, db
from forum.core.errors import Invalid
from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.spaces.copied import KEY, Both, Chosen, Followed, Follower, Grower, LaidOut, Rows, Said, Words
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.web.words import _

UNKNOWN = object()
TITLE, OWN, POST = "title", "text", Post.__tablename__


@dataclass(frozen=True, kw_only=True)
class Line:
    """A column that says something else than before."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """What became of a row, column by column; `unchanged` of them stay."""

    lines: Sequence[Line]
    unchanged: int

    @property
    def is_nothing(self) -> bool:
        """Whether both say the same."""
        return not self.lines


def grower_from(of: Follower) -> Grower:
    """Return how rows grow that follow column by column."""
    return Grower(
        part=of.part,
        read=partial(_read, of),
        stands=lambda keys: standing(of, keys),
        compare=partial(_compare, of),
        agreed=partial(_agreed, of),
        merged=partial(_merged, of),
        settled=partial(_settled, of),
        lay=lambda said: of.lay(_checked(of, said)),
        take=lambda here, key, laid, _reason: _take(of, here, key, laid),
        url=of.url,
        follower=of,
    )


def _take(of: Follower, here: Here, key: int, laid: LaidOut) -> None:
    of.take(here, key, laid)
    db.session.flush()


def column_of(of: Follower, one: Followed) -> Column[Any]:
    """Return the column that is followed; a title is the item's."""
    return Base.metadata.tables[ITEM if one.name == TITLE else POST if one.in_first_post else of.table].c[one.name]


def has_text(of: Follower) -> bool:
    """Say whether something of an item's first post is followed, too."""
    return any(one.in_first_post for one in of.columns)


def key_of(of: Follower) -> Column[Any]:
    """Return the column that names a row for good: no other row ever has what stands in it."""
    table = Base.metadata.tables[of.table]
    return table.c.uuid if "uuid" in table.c else table.c.id


def named(of: Follower, value: object) -> str:
    """Return the name for good of a row, from what stands in `key_of`."""
    return str(value) if "uuid" in Base.metadata.tables[of.table].c else f"{of.table}-{value}"


def rows_in(of: Follower, space_id: int) -> dict[str, int]:
    """Return the keys of rows that can come along from a space, by their names for good. Of what is no item."""
    table = Base.metadata.tables[of.table]
    within = table.c.id if of.table == SPACE else table.c.space_id
    rows = db.session.execute(select(key_of(of), table.c.id).where(within == space_id, *_alive(of)))
    return {named(of, row[0]): row[1] for row in rows}


def standing(of: Follower, keys: Collection[int]) -> dict[int, Said]:
    """Return what rows say now, in their own words, by their keys; without those that are there no more."""
    table = Base.metadata.tables[of.table]
    columns = [column_of(of, one).label(one.name) for one in of.columns]
    query: Select[Any] = select(table.c.id.label(KEY), *columns).where(table.c.id.in_(keys), *_alive(of))
    if is_items(table):
        query = query.join(Item, Item.id == table.c.id)
    if has_text(of):
        query = query.join(Post, and_(Post.item_id == table.c.id, Post.number == 1, Post.state == PostState.PUBLISHED))
    return {row[KEY]: _said(of, dict(row)) for row in db.session.execute(query).mappings()} if keys else {}


def _alive(of: Follower) -> list[Any]:
    return which_of(part_named(of.part))


def _read(of: Follower, rows: Rows, key: int) -> Said:
    row = dict(next(row for row in rows[of.table] if row[KEY] == key))
    if has_text(of):
        row |= next(
            post for post in rows[POST] if post["item_id"] == key and post["number"] == 1
        )  # offered items have one
    title = next((item[TITLE] for item in rows.get(ITEM, ()) if item[KEY] == key), None)
    return _said(of, {**row, TITLE: title} if is_items(Base.metadata.tables[of.table]) else row)


def _said(of: Follower, row: Mapping[str, Any]) -> Said:
    return {one.name: _plain(row[one.name]) for one in of.columns}


def _plain(value: Any) -> Any:  # noqa: ANN401  # what a column holds, as JSON has it
    return value.value if isinstance(value, Enum) else value


def _words(one: Followed, said: Said) -> str:
    value = said.get(one.name)
    return "" if value is None else one.said(value)


def _compare(of: Follower, before: Said, after: Said) -> Lines:
    words = Comparison()
    lines = [
        Line(label=str(one.label), pieces=list(around_changes(words.pieces(_words(one, before), _words(one, after)))))
        for one in of.columns
        if before.get(one.name) != after.get(one.name) and _words(one, before) != _words(one, after)
    ]
    return Lines(lines=lines, unchanged=sum(bool(_words(one, after)) for one in of.columns) - len(lines))


def _merged(of: Follower, base: Said, ours: Said, theirs: Said) -> tuple[Said, Sequence[Both]]:
    """Carry over what only they changed. Of what nobody knows how it began, all that differs counts as changed by both."""
    found, both = dict(ours), []
    for one in of.columns:
        was, here, there = (side.get(one.name, UNKNOWN) for side in (base, ours, theirs))
        if there in (here, was):
            continue
        if here == was:
            found[one.name] = there
        else:
            text = Words(name=OWN, label=one.label, ours=_words(one, ours), theirs=_words(one, theirs))
            both.append(Both(key=one.name, label=str(one.label), texts=[text], is_typed=one.is_typed))
    return found, both


def _agreed(of: Follower, base: Said, ours: Said, theirs: Said) -> Said:
    """Return what both began with, as if what both say alike had stood there."""
    return base | {
        one.name: ours[one.name] for one in of.columns if ours.get(one.name, UNKNOWN) == theirs.get(one.name)
    }


def _settled(of: Follower, found: Said, theirs: Said, chosen: Mapping[str, Chosen]) -> Said:
    said = dict(found)
    for one in of.columns:
        choice = chosen.get(one.name)
        if choice is not None and choice.side == "theirs":
            said[one.name] = theirs[one.name]
        elif choice is not None and choice.side == "own" and one.is_typed:
            said[one.name] = normalised(choice.own.get(OWN, "")).strip()
    return said


def _checked(of: Follower, said: Said) -> Said:
    """Return what can be kept: as long as its columns take. Raises Invalid."""
    typed = {one.name: one_line(said[one.name]) for one in of.columns if one.is_line}
    problems = dict(_wrong(of, kept := {**said, **typed}))
    if problems:
        raise Invalid(problems)
    return kept


def _wrong(of: Follower, said: Said) -> Iterator[tuple[str, list[str]]]:
    for one in of.columns if said else ():
        most = getattr(column_of(of, one).type, "length", None)
        if one.is_typed and most and len(said[one.name]) > most:
            yield one.name, [_("Keep it under %(most)s characters.", most=most)]
        elif one.is_needed and not said[one.name]:
            yield one.name, [_("It needs some words.")]
