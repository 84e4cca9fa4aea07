"""What a room hands the house: the shapes of it. `forum.spaces.feature` holds what a room registers, and asks the rooms."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Select

    from forum.core.events import Fact
    from forum.core.feeds import FeedNow, Followed
    from forum.core.halves import Half, Span
    from forum.core.hooks import News
    from forum.core.markup import Rendered
    from forum.people.models import Person
    from forum.spaces.guard import Here
    from forum.spaces.models import Audience, Item, Space
    from forum.web.words import LazyString


@dataclass(frozen=True, kw_only=True)
class TabRule:
    """A room's place in a space's navigation. `count` is asked on every page of the space: one query at the most.

    The tab is the current one on every page of the room's blueprint, or only on `pages` (endpoints) when they are named.
    """

    label: LazyString
    endpoint: str
    order: int
    count: Callable[[Here], int] | None = None
    waits: Callable[[], ColumnElement[int]] | None = None
    """Counts what of the room waits for the VIEWER in the `Space` of the statement around it: that with which every page of a space
    begins, so it costs none of its own. What it counted is in `Here.waits`, by `endpoint`, for `count`."""
    count_label: LazyString | None = None
    count_shown: Callable[[int], str] = str
    """How a count is written: one that stops somewhere says so, as "99+" does."""
    pages: frozenset[str] = frozenset()
    shown: Callable[[Here], bool] | None = None
    """Who has the tab; without it everybody."""


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab as it is drawn. `count` is "" for nothing."""

    label: str
    url: str
    current: bool
    count: str
    count_label: str


@dataclass(frozen=True, kw_only=True)
class TodayIf:
    """Parts of the Today page that are asked for only where there may be some.

    `may` is an EXISTS with the VIEWER and "space_id" in it. Today asks those of all rooms in one statement, so that a room which has
    nothing for somebody costs them nothing. It may say yes where the parts then have nothing to show, never no where they have. A
    function is asked for it once, where it depends on what the rooms declare.
    """

    may: ColumnElement[bool] | Callable[[], ColumnElement[bool]]
    parts: Callable[[Here], Sequence[TodayPart]]


@dataclass(frozen=True, kw_only=True)
class TodayPart:
    """A part of the Today page: a template of the room's and what it shows. Parts with nothing to show aren't made."""

    order: int
    template: str
    values: dict[str, object]
    in_rail: bool = False
    sentence: str = ""
    greets: bool = False
    """Its sentence comes before everything else."""
    waits: int = 0
    is_for_settled: bool = False
    """Who is new isn't shown it: it is nothing that anybody asked them, and they have enough to look at."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What an item has to tell: what happened, and what fixed it, as it was typed; `number` is the post that says the latter.

    `affected` and `unhelpful` say whom it touched, and what was tried in vain.
    """

    title: str
    saw: str
    fixed: str
    number: int | None
    affected: str = ""
    unhelpful: str = ""
    audience: Audience | None = None
    """Who may see the item: a story that is told of it begins with as few."""


@dataclass(frozen=True, kw_only=True)
class ItemKind:
    """How an item of this kind is addressed."""

    name: str
    post_url: Callable[[str, str, int], str]
    """From the space's slug, the item's ref and a post's number."""
    permalink: str
    """The endpoint that leads to a post by slug, ref and number, wherever it stands."""
    edit: str
    """The endpoint at which a post is edited, likewise."""
    announce_begun: Callable[[Item, int], None]
    """Announces that an item which was held is published; from it and the key of its first post."""
    draft_place: Callable[[Space, Item, bool], str]
    """Where its author's draft lies of an item's first post (True), or of a reply."""
    why_not_reply: Callable[[Here, Item], str]
    """Says "" when somebody may reply to an item now, else the sentence that says why not."""
    reply: Callable[[Here, Item, Rendered, int | None, str], Any]
    """Writes a reply as its room does, in answer to a post's number or none, once for each key. Use inside `transaction()`."""
    posts_url: Callable[[str, str], str]
    """The address to which a post's number is added, by the space's slug and the item's ref."""
    below_first: Callable[[Sequence[int]], Mapping[int, Sequence[str]]] | None = None
    """From items' keys, what stands below the first post and is published with it, such as a poll, a line each: for who approves it."""
    askers_in: Callable[[int, int], tuple[Sequence[int], Sequence[int]]] | None = None
    """From the keys of the item and of a post of it: who is told like the item's author though unnamed, and who wrote it unnamed."""
    nobody: LazyString | None = None
    """Who is said to have written its first post when that has no author; else it is a former member."""
    tells: Callable[[Here, Item, int | None], Told | None] | None = None
    """What an item says that could be told as a story, with what a post of it says, or the one that settled it; None for nothing."""
    end_removed: Callable[[Item, int], None] | None = None
    """What becomes of an item whose first post is removed, and who did it. Without it what others wrote there stays to be read."""
    read_first: Callable[[Here, str], bool] | None = None
    """Says by its ref whether somebody reads an item of this kind before it is published: its files are for them then."""
    urgent_for: Callable[[int], Collection[int]] | None = None
    """From an item's key, for whom posts there can't wait for their working hours: they are about something that happens now."""
    watched_in: Callable[[Any], Select[int, Any]] | None = None
    """From the item's id (a number, or the column of a query around it), a query of (person_id, level): who chose how much to hear of
    the place in which the item stands."""


@dataclass(frozen=True, kw_only=True)
class FeedKind:
    """Something that a person can follow by an address of their own. `key`: the uuid of what is followed, or "".

    Both functions are asked with the rights that the person has now (A3).
    """

    name: str
    label: LazyString
    """What it is, in a word or two, such as "Space"."""
    ending: str
    """What its addresses end with, such as "atom"."""
    media_type: str
    now: Callable[[Person, str], FeedNow | None]
    """What a feed says, from the person and the key: one query if nothing is new. None when they may not see it, or it is gone."""
    followed: Callable[[Person, Collection[str]], Mapping[str, Followed]]
    """By their keys, what the person may see of these: one query for all."""


@dataclass(frozen=True, kw_only=True)
class HookEvent:
    """Something that other services can be told of, by an address that a space's stewards give (a webhook)."""

    name: str
    """As it is stored and sent, such as "post.written"."""
    label: LazyString
    fact: type[Fact]
    """Its `item_id` says in which space it happened. Each kind of fact has one event at the most."""
    news: Callable[[Any], News | None]
    """What there is to tell, asked when it is sent: only what every member of the space may see then; None for nothing (A5)."""


@dataclass(frozen=True, kw_only=True)
class MadeOf:
    """What a room makes of items of other rooms.

    `column`: its ref and title, a space between, beside `Item`; built once, and only of what all members of the space may see.
    `url`: its address, from a space's slug and the ref.
    """

    column: Callable[[], ColumnElement[str | None]]
    url: Callable[[str, str], str]


@dataclass(frozen=True, kw_only=True)
class Obligation:
    """Something that others count on somebody for: what breaks while they are away, and what they leave when they go.

    `kind` is one of a room's `obligation_kinds`, `key` names it within that, for good. `space` is None for what is nobody's but
    theirs. `note` says what is the matter; `ask_url` is where somebody else is found, as `ask_label` says; `is_covered` says that
    somebody does it already.
    """

    kind: str
    key: str
    title: str
    url: str
    space: Space | None
    item_id: int | None = None
    span: Span | None = None
    note: str = ""
    ask_url: str = ""
    ask_label: str = ""
    is_covered: bool = False


@dataclass(frozen=True, kw_only=True)
class ObligationKind:
    """What becomes of obligations of a kind when somebody leaves. Both functions run in the transaction that settles it."""

    label: LazyString
    """What it is called, to whose it is and to organisers alike."""
    passes: Callable[[str, Person, Person], None] | None = None
    """How it becomes another's who took it: from its key, who leaves and who takes it."""
    ends: Callable[[str, Person], None] | None = None
    """What is undone when nobody has to take it: from its key and who leaves."""
    settled: Callable[[Collection[str]], Collection[str]] | None = None
    """Of the keys of what was left vacant, those that nobody has to look for any more: one query."""
    is_own: bool = False
    """Nobody else can have it: it isn't offered, and ends with whose it is."""
    has_own_title: bool = False
    """It is called by words of its own, not as its item is."""


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """That somebody is away, as it stands beside their name: the last half-day, and who covers for them here now.

    Of who left for good `until` is None, and `covers` are those to ask now.
    """

    sentence: str
    until: Half | None = None
    covers: Sequence[str] = ()
    deputies: Sequence[str] = ()
    """Who stands in because nobody covers: it is their part, and they weren't asked."""


@dataclass(frozen=True, kw_only=True)
class Holds:
    """Something that a member of a space holds there, as it stands beside their name. `place` says as what, "" for its holder."""

    title: str
    url: str
    place: str = ""

    @property
    def words(self) -> str:
        """What it is, and as what they hold it."""
        return f"{self.title} ({self.place})" if self.place else self.title


@dataclass(frozen=True, kw_only=True)
class BriefLine:
    """Something that happened while somebody was away: what it was, and what became of it in a sentence."""

    title: str
    url: str
    space: str
    sentence: str
    is_open: bool = False
    """It still waits for them."""


@dataclass(frozen=True, kw_only=True)
class BriefPart:
    """A part of the page that somebody reads on their return."""

    order: int
    title: str
    lines: Sequence[BriefLine]


@dataclass(frozen=True)
class Drawn:
    """What a figure is, and of how many, in words: a part is never without its whole (G2)."""

    amount: float
    of: str = ""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Something of a space that a room can count, for whoever measures whether the community gets where it wants to."""

    name: str
    label: LazyString
    unit: LazyString | str
    """"" for a plain number."""
    value: Callable[[Space, datetime], Drawn | None]
    """What it is in a space at a moment, of what all its members see; None when that is too little to be told (G2)."""


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """Something that comes first in a new space: what to do, why, and where. One that is done isn't shown any more."""

    order: int
    words: str
    hint: str
    url: str
    label: str
    is_done: bool


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that another room lets one do with an item, from its page."""

    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class BesideLine:
    """A line of what stands beside an item: a link, and what is said of it."""

    words: str
    url: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What another room has for who reads an item, on its page: lines, and what can be done. With neither it isn't drawn."""

    title: str
    lines: Sequence[BesideLine]
    deed: Deed | None = None
    deed_note: str = ""
    """What is said where there is no line yet."""


@dataclass(frozen=True, kw_only=True)
class TalkPost:
    """A post of a conversation as another room shows it. No author: somebody who left no name behind."""

    number: int
    author: Any
    html: str
    at: datetime
    edited_at: datetime | None
    url: str


@dataclass(frozen=True, kw_only=True)
class Talk:
    """A conversation as it is shown where something of another room has it: its latest posts, and how many there are."""

    item: Item
    url: str
    place: str
    number: int
    posts: Sequence[TalkPost]


@dataclass(frozen=True, kw_only=True)
class Talks:
    """How a room lets others have conversations. They keep the item's key, and reply by its kind."""

    places: Callable[[Here], Sequence[tuple[str, str]]]
    """Where one can stand in a space, by address and name."""
    begin: Callable[[Here, str, str, Rendered, str | None], Item]
    """Begins one with a title, at a place, with its first text, once for each key. Use inside `transaction()`."""
    latest: Callable[[Here, int, int], Talk | None]
    """From its item's key, and how many posts: what of it the reader may see in this space now; None for nothing (A5)."""
