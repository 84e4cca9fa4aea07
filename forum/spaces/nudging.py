"""Nudges: what an organiser could do for the community this week. Rooms say what there is to nudge about; home chooses and shows.

A nudge is about an item, about a member, or about the space itself. It never says how much somebody did.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import BindParameter, Integer, bindparam

from forum.people.models import Person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from forum.spaces.guard import Here
    from forum.spaces.models import Item
    from forum.web.words import LazyString

NUDGED: BindParameter[int] = bindparam("nudged_space_id", type_=Integer)
"""The key of the space, in the conditions of rules."""


class About(enum.StrEnum):
    """What a nudge is about."""

    ITEM = "item"
    MEMBER = "member"
    SPACE = "space"


@dataclass(frozen=True, kw_only=True)
class NudgeLine:
    """A nudge in words: what it is about, why, and the press that helps."""

    title: str
    why: str
    url: str
    do: str
    person: Person | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class NudgeRule:
    """When a room nudges. `holds` is a condition on `Item`, on `Person`, or on neither, as `about` says, and on NUDGED.

    It is built once; `values` gives its other parameters for a moment. It is asked when nudges are chosen, and again whenever one
    is shown, so that what has been done meanwhile stands nowhere.
    """

    kind: str
    about: About
    order: int
    rule: LazyString
    """The rule in words, as organisers read it."""
    holds: Callable[[], ColumnElement[bool]]
    values: Callable[[datetime], Mapping[str, Any]]
    line: Callable[[Here, Item | None, Person | None, datetime], NudgeLine]
    helpers: Callable[[Here, Collection[int]], Mapping[int, Sequence[Person]]] | None = None
    """From the keys of items, who dealt with similar ones: one query."""
