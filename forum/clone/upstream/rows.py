"""What the original offers of sections, tags, lists and its welcome, which are no items: changed there, or new (F6)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from forum.clone.access import Look
from forum.clone.gathering import gather
from forum.clone.models import LineageRow
from forum.clone.rooms import SPACE, part_named
from forum.clone.texts import Places
from forum.clone.upstream.columns import key_of, named, rows_in, standing
from forum.clone.upstream.offering import Offer, digest_of, moved_rows
from forum.clone.upstream.ways import followers, growers
from forum.core.db import Base, db
from forum.spaces.copied import KEY, Follower, Said
from forum.spaces.guard import Here
from forum.web.links import whole

Named = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A row there that may be offered: what is remembered of it, and what it says here, if it is here."""

    of: Follower
    key: str
    source_id: int
    mark: str
    base: Said
    own_id: int | None
    ours: Said | None


def offered_rows(here: Here, look: Look, places: Places, key: str | None, *, answered: bool) -> Iterator[Offer]:
    """Give what is offered of them. A copy that was made before this was noted is offered nothing of it."""
    noted = noted_in(here.space.id)
    ways = [of for of in followers(items=False) if noted and of.part in look.showcase.parts]
    found = [one for of in ways for one in _candidates(of, here, look, noted, key, answered=answered)]
    if not found:
        return
    bundle = gather(look.space, {one.of.part for one in found}, site=whole(""), only=())
    rows = moved_rows({**bundle.rows, SPACE: [{**bundle.space, KEY: look.space.id}]}, places)
    gathered = {(name, row.get(KEY)) for name, some in rows.items() for row in some}
    for one in (one for one in found if (one.of.table, one.source_id) in gathered):
        theirs = growers()[one.of.part].read(rows, one.source_id)
        base = growers()[one.of.part].agreed(one.base, one.ours, theirs) if one.ours is not None else one.base
        if one.own_id is None or theirs != base:
            yield _offer(replace(one, base=base), theirs)


def _offer(one: Candidate, theirs: Said) -> Offer:
    return Offer(
        key=one.key, title=_title(one.of, one.ours or theirs), part=part_named(one.of.part), source_id=one.source_id, version=0,
        is_new=one.own_id is None, digest=digest_of(theirs), grower=growers()[one.of.part], own_id=one.own_id,
        base=one.base, ours=one.ours, theirs=theirs, mark=one.mark, is_row=True,
    )  # fmt: skip


def noted_in(space_id: int) -> dict[str, LineageRow]:
    """Return what a copy remembers of such rows, by their names in the original."""
    rows = db.session.scalars(select(LineageRow).where(LineageRow.space_id == space_id))
    return {row.origin_key: row for row in rows}


def _candidates(
    of: Follower, here: Here, look: Look, noted: Mapping[str, LineageRow], key: str | None, *, answered: bool
) -> Iterator[Candidate]:
    """Give what nobody here has answered as it is there now. Nothing of it is gathered yet."""
    there, own = rows_in(of, look.space.id), rows_in(of, here.space.id)
    raw, ours = standing(of, there.values()), standing(of, own.values())
    names = {_name_of(of, said) for said in ours.values()}
    for name, source_id in there.items():
        row, said = noted.get(name), raw.get(source_id)
        if said is None:  # it went between the two looks
            continue
        mark = digest_of(said)
        is_answered = row is not None and row.mark == mark
        if (key is not None and key != name) or (is_answered and not answered) or _is_out(of, row, own, names, said):
            continue
        own_id = own[row.own_key] if row is not None and row.own_key is not None else None
        yield Candidate(
            of=of, key=name, source_id=source_id, mark=mark, base=(row.base if row is not None else None) or {},
            own_id=own_id, ours=ours.get(own_id) if own_id is not None else None,
        )  # fmt: skip


def _is_out(of: Follower, row: LineageRow | None, own: Collection[str], names: Collection[Named], said: Said) -> bool:
    """Say whether a row is none of the copy's: it stayed behind, was deleted here, or is here already by that name."""
    if row is None or row.own_key is None:
        return of.add is None or _name_of(of, said) in names or (row is not None and row.mark is None)
    return row.own_key not in own


def _name_of(of: Follower, said: Said) -> Named:
    """Return what no two rows may have in common."""
    return tuple(str(said[one.name]).casefold() for one in of.columns if one.is_needed)


def _title(of: Follower, said: Said) -> str:
    if of.named_by:
        return str(said[of.named_by])
    return str(part_named(of.part).label)


def titles_in(here: Here) -> dict[str, str]:
    """Return what rows that came from the original are called here, by their names there."""
    found: dict[str, str] = {}
    noted = noted_in(here.space.id)
    for of in followers(items=False):
        own = rows_in(of, here.space.id)
        said = standing(of, own.values())
        found |= {
            name: _title(of, said[own[row.own_key]])
            for name, row in noted.items()
            if row.kind == of.table and row.own_key in own
        }
    return found


def own_id_of(here: Here, row: LineageRow) -> int | None:
    """Return the key here of something that came from the original; None when it isn't here any more."""
    of = next(of for of in followers(items=False) if of.table == row.kind)
    return rows_in(of, here.space.id).get(row.own_key or "")


def named_by_key(of: Follower, own_id: int) -> str:
    """Return the name for good of a row, by its key."""
    table = Base.metadata.tables[of.table]
    return named(of, db.session.execute(select(key_of(of)).where(table.c.id == own_id)).scalar_one())
