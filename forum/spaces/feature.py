"""What a room tells the house about itself. What spans rooms walks these, and never imports a room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, request
from sqlalchemy import String, literal

from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.spaces.parts import (
    Beside,
    BriefPart,
    Deed,
    FeedKind,
    Figure,
    FirstStep,
    Holds,
    HookEvent,
    ItemKind,
    MadeOf,
    Obligation,
    ObligationKind,
    StandIn,
    Tab,
    TabRule,
    Talks,
    TodayIf,
    TodayPart,
    Told,
)
from forum.web.links import place
from forum.web.words import _

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement
    from werkzeug.wrappers import Response

    from forum.core.events import Teller
    from forum.core.halves import Span
    from forum.core.ownership import Personal
    from forum.core.retention import Kept
    from forum.people.admin_pages import AdminPage
    from forum.people.models import Person
    from forum.spaces.findable import Findable
    from forum.spaces.guard import Here
    from forum.spaces.health import Measure, Periods
    from forum.spaces.models import Item, Space
    from forum.spaces.nudging import NudgeRule
    from forum.web.words import LazyString


@dataclass(frozen=True, kw_only=True)
class Feature:
    """Everything a room registers."""

    name: str
    blueprints: Sequence[Blueprint] = ()
    item_kinds: Sequence[ItemKind] = ()
    tellers: Sequence[Teller] = ()
    tabs: Sequence[TabRule] = ()
    findable: Sequence[Findable] = ()
    """What of the room the search finds."""
    today: Callable[[Here], Sequence[TodayPart]] | None = None
    """What every Today is asked for."""
    today_if: Sequence[TodayIf] = ()
    """And what it is only where there may be something."""
    new_to: Callable[[Person], Mapping[int, int]] | None = None
    """How many things are new to a person, by the key of each space that they belong to: one query for all of them."""
    new_space: Callable[[Space], None] | None = None
    """Puts into a new space what the room starts it with, inside the transaction that makes it."""
    admin: Callable[[], Sequence[AdminPage]] | None = None
    """What the room adds to the front page of looking after the installation."""
    upkeep: Sequence[Callable[[], None]] = ()
    """What a worker does for the room once an hour, each in an app context of its own. Several may do it at once."""
    leads_on: Callable[[Person, str, Mapping[str, Any]], Response | None] | None = None
    """Leads somebody from an address where nothing stands for them, by a space's slug and its other parts, to where it went."""
    jobs: Sequence[Callable[[], bool]] = ()
    """Long work that a worker does for the room beside the mail, in a thread of its own: each does one piece if one waits, and says
    whether it did. Several workers may ask at once."""
    personal: Personal = field(default_factory=dict)
    """What of the room's tables is about a person: its `personal.py`."""
    files_of: Callable[[Person], Iterable[tuple[str, Path]]] | None = None
    """A person's own files: the name for their download, and where the bytes lie."""
    before_closing: Callable[[Person], Sequence[str]] | None = None
    """Sentences, which may hold links, on what somebody should settle before they close their account."""
    before_archiving: Callable[[Here], Sequence[str]] | None = None
    """Sentences, which may hold links, on what of the room waits for somebody in a space that is about to be closed."""
    on_closing: Callable[[Person], None] | None = None
    """What the room ends for an account that is erased, in that transaction, before its rows are settled as `personal` says."""
    on_keeping: Callable[[Person], None] | None = None
    """What the room takes back when an account that was to be closed is kept after all, in that transaction."""
    lets_go: Callable[[Space, Person, datetime], None] | None = None
    """What the room lets go of when somebody stops belonging to a space or is suspended there: before, under the space's lock.
    In the order of `forum.app`: the roster notes first what is left vacant."""
    on_leaving: Callable[[Space, Person, datetime], None] | None = None
    """What the room takes back from somebody who belongs to a space no more, under the space's lock. A suspension takes nothing."""
    days_changed: Callable[[Space, datetime], None] | None = None
    """What the room brings in line when the days of a space have another middle, under the space's lock."""
    obligation_kinds: Mapping[str, ObligationKind] = field(default_factory=dict)
    """By the `kind` of its obligations, what they are called and what becomes of them when somebody leaves."""
    retention: Sequence[Kept] = ()
    """What the room's rows are kept for, and how long."""
    feeds: Sequence[FeedKind] = ()
    """What of the room can be followed by a feed."""
    hook_events: Sequence[HookEvent] = ()
    """What of the room webhooks can tell of."""
    obligations_of: Callable[[Person, Span | None], Sequence[Obligation]] | None = None
    """What of the room counts on somebody on these half-days; with None, whenever: what they would leave."""
    stand_ins: Callable[[Here, Collection[int]], Mapping[int, StandIn]] | None = None
    """Who of some people, by their keys, is away in a space now, as far as the reader may know: one query for all of a page's."""
    meets: Callable[[int, Collection[int], datetime], Mapping[int, Collection[int]]] | None = None
    """From the key of a space and those of people: who of them is away there at a moment, and who meets what is meant for them (D9)."""
    made_of: MadeOf | None = None
    """What the room makes of items of other rooms, for their pages; one room does so far."""
    away_on: Callable[[Here, Span], Mapping[int, Collection[Span]]] | None = None
    """Which members of a space are away on some half-days, and when, as far as the reader may know: one query."""
    holds: Callable[[Here, Collection[int]], Mapping[int, Sequence[Holds]]] | None = None
    """What some people hold of the room in a space, by their keys, as far as the reader may see it: as many queries for all of them."""
    nudges: Sequence[NudgeRule] = ()
    """What the room nudges a space's organisers about."""
    took_part: Callable[[Here, Periods], Mapping[int, Collection[int]]] | None = None
    """Who took part in the room in a space, by the number of the period: one query. They are counted, and never named."""
    health: Callable[[Here, Periods], Sequence[Measure]] | None = None
    """What the room measures of how a community is doing: as many queries for a large one."""
    talks: Talks | None = None
    """How other rooms have conversations in this one."""
    duties_in: Callable[[Here], Sequence[tuple[int, str]]] | None = None
    """Which duties of a space can be chosen as what does something, by key and name."""
    holders: Callable[[Collection[tuple[int, datetime]]], Mapping[tuple[int, datetime], int | None]] | None = None
    """Who holds duties at moments, cover included: from pairs of a duty's key and a moment, None where nobody does (D1)."""
    brief: Callable[[Person, datetime, datetime], Sequence[BriefPart]] | None = None
    """What happened in the room for somebody between two moments, as they may see it now: for the page on their return."""
    first_steps: Callable[[Here], Sequence[FirstStep]] | None = None
    """What of the room comes first in a new space, for its stewards."""
    deeds: Callable[[Here, Item], Sequence[Deed]] | None = None
    """What the room lets somebody do with any item that they see: asked on its page, without a query."""
    beside: Callable[[Here, Item], Beside | None] | None = None
    """What the room has for who reads an item of another room, as the reader may see it now: one query."""
    carried: Mapping[str, Callable[[str, str], str]] = field(default_factory=dict)
    """The kinds of the room's items that can be put on an agenda, and their addresses, from a space's slug and an item's ref."""
    figures: Sequence[Figure] = ()
    """What of the room can be counted."""
    heads_up: Mapping[str, Callable[[int], str]] = field(default_factory=dict)
    """What the room tells people in the app besides posts: kind to a sentence, from how many things it is about."""
    heads_up_about: Mapping[str, LazyString] = field(default_factory=dict)
    """What they are about, by kind, where that isn't one item: it stands in place of the item's title."""
    log_sentences: Mapping[str, LazyString] = field(default_factory=dict)
    """How the log tells the room's verbs: verb to sentence with %(actor)s, %(person)s, %(item)s and what `details` hold."""


def features() -> Sequence[Feature]:
    """Return the rooms of the running app, in the order of `forum.app`."""
    found: Sequence[Feature] = current_app.extensions["baton"].features
    return found


def kind_of(item: Item) -> ItemKind:
    """Return what its room registered about items of this kind."""
    return next(kind for kind in item_kinds() if kind.name == item.kind)


def tells_of(item: Item) -> Callable[[Here, Item, int | None], Told | None] | None:
    """Return how an item is told as a story, None where its room has nothing to tell: rooms without conversations have no kind."""
    return next((kind.tells for kind in item_kinds() if kind.name == item.kind), None)


def item_kinds() -> Iterator[ItemKind]:
    """Return what the rooms registered about their items."""
    return (kind for feature in features() for kind in feature.item_kinds)


def nobody_of(item: Item, number: int) -> str:
    """Return who is said to have written a post that has no author: a former member, or nobody who gave a name.

    What came along when the space was copied names nobody: it is from the original.
    """
    if item.inherited is not None and number <= item.inherited:
        return _("From the original")
    nobody = kind_of(item).nobody if number == 1 else None
    return str(nobody) if nobody is not None else _("Former member")


def post_url(item: Item, slug: str, number: int) -> str:
    """Return the address of a post of any item in the space at `slug`: what spans rooms links to it without knowing them."""
    return kind_of(item).post_url(slug, item.ref, number)


def kinds_of_one_text() -> tuple[str, ...]:
    """Return the kinds of items of which others than those of their space find the first text only."""
    return tuple(one.kind for room in features() for one in room.findable if one.replies_stay)


def new_to(person: Person) -> Counter[int]:
    """Return how many things are new to a person in each of their spaces, of all rooms together."""
    found: Counter[int] = Counter()
    for feature in features():
        if feature.new_to:
            found.update(feature.new_to(person))
    return found


def led_on(person: Person, slug: str, parts: Mapping[str, Any]) -> Response | None:
    """Return the first room's answer to where something went, None when no room knows."""
    answers = (feature.leads_on(person, slug, parts) for feature in features() if feature.leads_on)
    return next((answer for answer in answers if answer is not None), None)


def waits_in(here: Here) -> list[str]:
    """Return what waits for somebody in a space and would wait for nothing once it is closed, in every room."""
    return [
        sentence for feature in features() if feature.before_archiving for sentence in feature.before_archiving(here)
    ]


def obligations_of(person: Person, span: Span | None = None) -> list[Obligation]:
    """Return what counts on somebody on some half-days, or at all, in every room: what breaks while they are away."""
    return [one for feature in features() if feature.obligations_of for one in feature.obligations_of(person, span)]


def let_go(space: Space, person: Person, at: datetime) -> None:
    """Let every room let go of what somebody has in a space. Under the space's lock, while they still belong to it."""
    for feature in features():
        if feature.lets_go:
            feature.lets_go(space, person, at)


def left(space: Space, person: Person, at: datetime) -> None:
    """Let every room take back what only members have. Under the space's lock, once they belong to it no more."""
    for feature in features():
        if feature.on_leaving:
            feature.on_leaving(space, person, at)


def days_changed(space: Space, at: datetime) -> None:
    """Let every room follow, as the days of a space have another middle."""
    for feature in features():
        if feature.days_changed:
            feature.days_changed(space, at)


def obligation_kinds() -> dict[str, ObligationKind]:
    """Return what rooms registered about their obligations, by kind."""
    return {name: kind for feature in features() for name, kind in feature.obligation_kinds.items()}


def stand_ins(here: Here, people: Collection[int]) -> dict[int, StandIn]:
    """Return who of some people is away here now, and what stands beside their name."""
    found: dict[int, StandIn] = {}
    for feature in features():
        if feature.stand_ins and people:
            found |= feature.stand_ins(here, people)
    return found


def meets(space_id: int, people: Collection[int], at: datetime) -> dict[int, Collection[int]]:
    """Return who of some people is away in a space at `at`, and who meets what is meant for them (D9)."""
    found: dict[int, Collection[int]] = {}
    for feature in features():
        if feature.meets and people:
            found |= feature.meets(space_id, people, at)
    return found


def made_of() -> ColumnElement[str | None]:
    """Return what another room made of an item, as a column beside `Item`."""
    found: list[ColumnElement[str | None]] = [one.made_of.column() for one in features() if one.made_of]
    return found[0] if found else literal(None, type_=String())


def made_link(here: Here, made: str | None) -> Deed | None:
    """Return the link to what was made of an item, from what the column holds; None for nothing, and for who is no member."""
    ref, _space, title = (made or "").partition(" ")
    rooms = (feature.made_of for feature in features() if feature.made_of)
    return next((Deed(words=title, url=one.url(here.space.slug, ref)) for one in rooms if ref and here.is_member), None)


def away_on(here: Here, span: Span) -> dict[int, Collection[Span]]:
    """Return which members are away here on some half-days, and when, as far as the reader may know."""
    found: dict[int, Collection[Span]] = {}
    for feature in features():
        if feature.away_on:
            found |= feature.away_on(here, span)
    return found


def away_now(here: Here) -> Collection[int]:
    """Return which members are away here in this half-day, as far as the reader may know."""
    half = half_at(now(), zone=here.space.zone, midday=here.space.midday)
    return away_on(here, Span(half, half)).keys()


def talks() -> Talks:
    """Return how conversations are had."""
    return next(feature.talks for feature in features() if feature.talks)


def duties_in(here: Here) -> list[tuple[int, str]]:
    """Return which duties of a space can be chosen as what does something, by key and name."""
    return [one for feature in features() if feature.duties_in for one in feature.duties_in(here)]


def holders(asked: Collection[tuple[int, datetime]]) -> dict[tuple[int, datetime], int | None]:
    """Return who holds duties at moments, from pairs of a duty's key and a moment; None where nobody does."""
    found: dict[tuple[int, datetime], int | None] = {}
    for feature in features():
        if feature.holders and asked:
            found |= feature.holders(asked)
    return found


def brief_of(person: Person, start: datetime, end: datetime) -> list[BriefPart]:
    """Return what happened for somebody between two moments, in every room, in order; parts without a line are left out."""
    parts = [part for feature in features() if feature.brief for part in feature.brief(person, start, end)]
    return sorted((part for part in parts if part.lines), key=lambda part: part.order)


def deeds_for(here: Here, item: Item) -> list[Deed]:
    """Return what other rooms let somebody do with an item."""
    return [deed for feature in features() if feature.deeds for deed in feature.deeds(here, item)]


def beside_of(here: Here, item: Item) -> list[Beside]:
    """Return what other rooms have for who reads an item; what says nothing is left out."""
    found = [feature.beside(here, item) for feature in features() if feature.beside]
    return [one for one in found if one is not None and (one.lines or one.deed)]


def carried() -> dict[str, Callable[[str, str], str]]:
    """Return which kinds of items can be put on an agenda, and their addresses, from a space's slug and an item's ref."""
    return {kind: url for feature in features() for kind, url in feature.carried.items()}


def heads_up_words(kind: str, number: int) -> str:
    """Return what a room says of something that it told people of in the app."""
    return next((feature.heads_up[kind](number) for feature in features() if kind in feature.heads_up), "")


def heads_up_title(kind: str, title: str) -> str:
    """Return what something of which people are told in the app is about: an item, by its title, or what the room says."""
    return next((str(one.heads_up_about[kind]) for one in features() if kind in one.heads_up_about), title)


def tabs_for(here: Here) -> list[Tab]:
    """Return the tabs of a space, in order."""
    rules = sorted((rule for feature in features() for rule in feature.tabs), key=lambda rule: rule.order)
    return [
        Tab(
            label=str(rule.label),
            url=place(rule.endpoint, here.space.slug),
            current=_is_current(rule),
            count=_count_of(rule, here),
            count_label=str(rule.count_label or ""),
        )
        for rule in rules
        if rule.shown is None or rule.shown(here)
    ]


def _count_of(rule: TabRule, here: Here) -> str:
    number = rule.count(here) if rule.count else 0
    return rule.count_shown(number) if number else ""


def _is_current(rule: TabRule) -> bool:
    endpoint = request.endpoint or ""
    if rule.pages:
        return endpoint in rule.pages
    return rule.endpoint.split(".")[0] == endpoint.split(".")[0]
