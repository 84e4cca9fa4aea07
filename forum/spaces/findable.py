"""What a room registers to be found: the search asks these, and never imports a room."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from forum.people.models import Person
from forum.web.words import LazyString


@dataclass(frozen=True, kw_only=True)
class Text:
    """What can be found of an item: one of its posts by number, or, with number 0, an item without posts. Plain text.

    The title and the tags go with the first of an item's texts. An item without posts may have further texts, from the number 2 on.
    """

    number: int
    body: str
    at: datetime
    author_id: int | None = None
    title: str = ""
    tags: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An item as a list of what was found shows it, to somebody who may see it now."""

    item_id: int
    title: str
    slug: str
    space: str
    url: str
    kind: str
    """In a word, as people read it."""
    last_at: datetime
    is_answered: bool = False
    is_open: bool = False
    answer: int | None = None
    """The number of the post that settles it."""
    note: str = ""
    """What is said instead of when it was last written in, such as who has a duty now."""


@dataclass(frozen=True, kw_only=True)
class Passage:
    """A text of which a part is shown."""

    text: str
    url: str
    at: datetime
    name: str = ""
    """How it is called, such as "Post 3"; "" for what stands for the item."""
    author: str = ""


Key = tuple[int, int]
"""An item's id and a number."""


@dataclass(frozen=True, kw_only=True)
class Findable:
    """A kind of item that is found."""

    kind: str
    words: Mapping[str, LazyString]
    """What may follow "kind:", and how each is called."""
    texts: Callable[[int, Collection[int] | None], Sequence[Text]]
    """From an item's id, its texts that can be read; of `numbers` only, if they are given. Rights are not asked here."""
    stands: Callable[[Any, Any], ColumnElement[bool]]
    """From columns with an item's id and a number, the condition that there is such a text."""
    keys_after: Callable[[int, int], Sequence[tuple[int, int, int | None]]]
    """From a key and a limit, what comes after it in the order in which it was written: its own key, the item's id, the number, or
    None for all of the item."""
    last_key: Callable[[], int]
    shown: Callable[[Person, Collection[int]], Sequence[Shown]]
    """From items' ids, those that somebody may see now."""
    passages: Callable[[Person, Collection[Key]], Mapping[Key, Passage]]
    """Likewise the texts."""
    triggers: Collection[str]
    """The names of the database's triggers that note what changes in its texts: without one of them "baton check" says so."""
    post_ids: Callable[[Collection[Key]], Collection[int]] | None = None
    """From items' ids and numbers, the keys of the posts that they are: for telling somebody of these in the app."""
    settled: Callable[[Collection[int]], Collection[int]] | None = None
    """From items' ids, those whose question has an accepted answer, or whose fix is verified: of equals they come first."""
    is_for_members: bool = False
    """Only members see such items, also in a space into which everybody may look."""
    replies_stay: bool = False
    """What is written to such an item stays in its space, also when the item is shared: others find its first text only."""
    answers: bool = False
    """Such items answer questions: they are suggested while somebody asks."""
    of_kind: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    """By what follows "kind:", a condition on `Item`."""
    states: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    """By what follows "is:", likewise."""
    tagged: Callable[[str], ColumnElement[bool]] | None = None
    """From what follows "tag:", likewise."""
