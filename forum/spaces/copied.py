"""What a room adds to its clone policy: which parts of a space can come along in a copy, and what is made new for the copied rows.

A room's `clone.py` holds `POLICY` and, when rows of it come along, `CLONER`. `forum.clone` walks what it finds there; what one table
needs of another it reads off the keys that the policy re-points.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from forum.core.lineage import Posts

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from forum.people.models import Person
    from forum.spaces.guard import Here
    from forum.spaces.models import Item, Space
    from forum.web.words import LazyString

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
"""Table to its rows, each by column; `KEY` holds what the row's key was where it came from."""
KEY = "_key"


@dataclass(frozen=True, kw_only=True)
class Start:
    """When a copy begins. Its dates count from `first_day`; what is there from the first moment counts from `today`."""

    at: datetime
    today: date
    first_day: date


@dataclass(frozen=True, kw_only=True)
class Part:
    """Something of a space that comes along or stays behind as a whole."""

    name: str
    """As plans and template files keep it."""
    label: LazyString
    hint: LazyString
    """How it arrives, in a few words."""
    counted: Callable[[int], str]
    """How many of it there are, such as "14 sections"."""
    order: int
    tables: tuple[str, ...]
    """The tables of which rows come with it. What belongs to those rows follows them."""
    kind: str = ""
    """Of which kind its items are; "" when it has none."""
    which: Callable[[], ColumnElement[bool]] | None = None
    """Which of the rows come along; without it all of them."""
    goes_on: Callable[[], ColumnElement[bool]] | None = None
    """Which of the others are over, and go on in a row after them; without it none does."""
    by_choice: bool = False
    """Only what the source's stewards chose, and everybody agreed who wrote it."""
    posts: Posts = Posts.NONE
    """How much of their conversation comes with its items."""
    from_start: bool = False
    """It stands in place of what the room starts every new space with."""
    is_usual: bool = True
    """Whether it comes along unless one says otherwise."""


Said = dict[str, Any]
"""What an item says, as JSON: which words stand where is its room's own."""


LaidOut = Any
"""What a room made of it, ready to be written."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """One of the texts of a place, as it stands here and in the original."""

    name: str
    label: LazyString | str
    ours: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Both:
    """A place that was changed on both sides, so that somebody has to choose what stands there."""

    key: str
    label: str
    texts: Sequence[Words]
    is_gone_here: bool = False
    is_gone_there: bool = False
    is_typed: bool = True
    """Whether words of one's own can stand there; else it is one side or the other."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody chose for such a place: "ours", "theirs", or words of their own, by the texts' names."""

    side: str
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why the original changed: its version, when, the reason, and the story that caused it, by its key."""

    number: int
    at: datetime
    reason: str
    story_id: int | None


@dataclass(frozen=True, kw_only=True)
class Sending:
    """An improvement that goes back to the original: upon which version of it, why, from which item, and how they are named."""

    base: int
    reason: str
    item: Item
    credit: str
    sender: Person
    named: bool
    once: str | None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of an improvement that was sent back."""

    ref: str
    title: str
    at: datetime
    words: str
    sign: str | None
    answer: str
    is_open: bool


def as_typed(value: Any) -> str:  # noqa: ANN401  # what a column holds
    """Say what stands in a column that holds words, or a number."""
    return "" if value is None else str(value)


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A column of copied rows in which they follow the original. "title" is the item's."""

    name: str
    label: LazyString
    said: Callable[[Any], str] = as_typed
    """How what stands in it is read."""
    is_typed: bool = True
    """Whether it holds words, so that somebody can write their own."""
    is_line: bool = False
    is_needed: bool = False
    in_first_post: bool = False
    """Whether it is a column of the item's first post, which holds its text."""


@dataclass(frozen=True, kw_only=True)
class Follower:
    """How rows of a table follow the original, column by column, as their room declares it; comparing and merging is done for all."""

    part: str
    table: str
    columns: Sequence[Followed]
    take: Callable[[Here, int, LaidOut], None]
    """Lets the row with a key say what was laid out, in the transaction that takes it. Raises Missing, Denied, Invalid, RuleBroken."""
    url: Callable[[str, str], str]
    """Where it is read, by its space's slug and its item's ref; "" for what is none."""
    lay: Callable[[Said], LaidOut] = lambda said: said
    """Lays it out. Takes time: called before the transaction."""
    add: Callable[[Here, LaidOut], int] | None = None
    """Of rows that are no items: makes another one, in that transaction, and returns its key. Without it none is added."""
    named_by: str = ""
    """The column that says what it is called; without it, it is called as its part is."""
    hint: LazyString | str = ""
    """What else happens when a change is taken, in a sentence."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """How items of a part send back what was changed here."""

    returned: Callable[[Said, Said, Said, Callable[[str], str]], Said]
    """What goes back: what is to stand, with the original's own words where it says what the copy reads of it. From what is to stand,
    what the copy reads, what the original says, and how other texts are moved there. Pure."""
    version: Callable[[int], int]
    """Which version of the original is in force."""
    send: Callable[[int, LaidOut, Sending], None]
    """Proposes to the original what was laid out, in the transaction that sends it. Raises Missing, Invalid, RuleBroken."""
    sent: Callable[[int], Sequence[Sent]]
    """What was sent from the items of a space, by its key, the latest first."""
    recall: Callable[[int, str], bool]
    """Takes back what was sent from a space, by its ref, while nobody decided. Says whether it did. In that transaction."""


@dataclass(frozen=True, kw_only=True)
class Grower:
    """How what came along with a part takes what was changed in the original, and sends back what was changed here (F6)."""

    part: str
    read: Callable[[Rows, int], Said]
    """What gathered rows say of the thing with a key. Pure."""
    stands: Callable[[Collection[int]], Mapping[int, Said]]
    """What things say now, by their keys; without those that are there no more."""
    compare: Callable[[Said, Said], Any]
    """How one became the other, as `changes` of `clone/parts.html` shows it; `is_nothing` when both say the same. Pure."""
    merged: Callable[[Said, Said, Said], tuple[Said, Sequence[Both]]]
    """From what both sides began with, ours and theirs: ours with what they changed, and what both changed, left as ours. Pure."""
    agreed: Callable[[Said, Said, Said], Said]
    """From the same three: what both began with, as if what both say alike by now had stood there. Pure."""
    settled: Callable[[Said, Said, Mapping[str, Chosen]], Said]
    """What was merged, with what somebody chose; from it, theirs and the choices. Pure."""
    lay: Callable[[Said], LaidOut]
    """Lays it out. Takes time: called before the transaction. Raises Invalid."""
    take: Callable[[Here, int, LaidOut, str], None]
    """Puts what was laid out in force, with the reason, in the transaction that takes it. Raises Missing, Denied."""
    url: Callable[[str, str], str]
    """Its address, by its space's slug and its ref."""
    first: Callable[[Collection[int]], Mapping[int, Said]] = lambda _keys: {}
    """What copied items said on their first day, where that is kept as their first version."""
    whys: Callable[[Mapping[int, datetime]], Mapping[int, Sequence[Why]]] = lambda _since: {}
    """From keys in the original, and moments: why each changed since, the latest first."""
    sender: Sender | None = None
    """How its items send something back; without it they don't."""
    follower: Follower | None = None
    """What its room declared, where it follows column by column. Without it, its items' versions say when there is something new."""


@dataclass(frozen=True, kw_only=True)
class Cloner:
    """What a room declares of copies, beside its policy."""

    parts: Sequence[Part] = ()
    which: Mapping[str, Callable[[], ColumnElement[bool]]] = field(default_factory=dict)
    """By table, which rows follow what they belong to; without it all of them."""
    mend: Callable[[Rows], None] | None = None
    """Brings rows in line with each other once it is known which of them come along. Pure."""
    abroad: Callable[[Rows], None] | None = None
    """Takes out what means nothing on another installation. Pure."""
    adapt: Mapping[str, Callable[[Row, Start], None]] = field(default_factory=dict)
    """By table, what a copied row has new. Pure."""
    arrives: Mapping[str, Callable[[Row, Start], str]] = field(default_factory=dict)
    """By table of items, what a row will be in the copy that its title doesn't say, in a sentence; "" where it can't be. Pure."""
    after: Mapping[str, Callable[[Collection[int], Start], None]] = field(default_factory=dict)
    """By table, what the room makes for the rows of the copy, by their keys, in the transaction that makes it."""
    also_wrote: Callable[[int], Collection[int]] | None = None
    """Who else tells an item, by its key, besides those whose posts come along: they are asked before it is shown."""
    grower: Grower | None = None
    """How the copies of the room's items follow the original, when they do so in a way of their own."""
    followers: Sequence[Follower] = ()
    """What of the room follows the original column by column."""
    numbers: Callable[[Space], Sequence[str]] | None = None
    """What a showcase can say of the room in numbers, of teams and never of people."""
