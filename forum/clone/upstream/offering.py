"""One thing that the original offers a copy, as its steward looks at it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from forum.clone.models import LineageItem
from forum.clone.texts import Places
from forum.clone.writing import moved
from forum.core.db import Base
from forum.spaces.copied import Both, Grower, Part, Row, Said, Why
from forum.spaces.models import Item


@dataclass(frozen=True, kw_only=True)
class Offer:
    """Something that the original offers. `key` names it there for good; `theirs` is what it says, in words of the copy."""

    key: str
    title: str
    part: Part
    source_id: int
    version: int
    is_new: bool
    digest: str
    item: Item | None = None
    own_id: int | None = None
    """The key of what it changes here; None for what is new."""
    is_row: bool = False
    """Whether it is something else than an item."""
    lineage: LineageItem | None = None
    grower: Grower | None = None
    base: Said | None = None
    """What both began with, as if what both say alike by now had stood there."""
    is_partly_alike: bool = False
    """Whether something was changed on both sides, and to the same: what was sent back, and taken there."""
    ours: Said | None = None
    theirs: Said | None = None
    mark: str | None = None
    """A mark of its own words there, where these tell whether there is anything new."""
    whys: Sequence[Why] = ()
    """Why the original changed since it was taken. As texts do, reasons call nobody here."""

    @property
    def seen(self) -> str:
        """A mark of all that somebody looks at before they press: what stands there, and here."""
        words = json.dumps([self.digest, self.version, self.item and self.item.version, self.ours], sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def is_changed_here(self) -> bool:
        """Whether it says something else here than when it was taken."""
        return self.own_id is not None and self.ours != self.base

    @cached_property
    def merged(self) -> tuple[Said, Sequence[Both]]:
        """What it would say here, and what both sides changed."""
        return self.way.merged(self.base or {}, self.ours or {}, self.theirs or {})

    @property
    def way(self) -> Grower:
        """How its room takes it."""
        if self.grower is None:
            raise LookupError(self.key)
        return self.grower


def moved_rows(rows: Mapping[str, list[Row]], places: Places) -> dict[str, list[Row]]:
    """Return gathered rows with links as they stand in another place."""
    tables = Base.metadata.tables
    return {name: [moved(tables[name], row, places) for row in found] for name, found in rows.items()}


def digest_of(said: Said) -> str:
    """Return a mark of what something says."""
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
