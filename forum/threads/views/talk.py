"""What a page of a conversation shows of its posts and below them, in whichever room it stands."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask import request

from forum.content.access import why_not_edit
from forum.content.forms import ReplyForm
from forum.content.models import ReactionKind, WatchLevel, WatchReason
from forum.content.order.queries import own_held_in
from forum.content.queries import PostShown, author_of
from forum.content.reacting import POWER, Said
from forum.core.paging import Page, page_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.views.watching import BECAUSE, watch_form
from forum.threads.words import REACTIONS
from forum.web.words import LazyString, _

Usual = Callable[[int], ReactionKind]


class Head(Protocol):
    """What the head of a room's item says that its conversation asks for."""

    @property
    def item(self) -> Item: ...  # noqa: D102  # the item
    @property
    def holds_viewer(self) -> bool: ...  # noqa: D102  # whether what they write waits
    @property
    def has_own_held(self) -> bool: ...  # noqa: D102  # whether something of theirs waits


class Heard(Protocol):
    """What the head says of how much one wants to hear, of an item whose first post is the thing itself."""

    @property
    def read_to(self) -> int: ...  # noqa: D102  # the number up to which they read
    @property
    def level(self) -> WatchLevel: ...  # noqa: D102  # what holds for them
    @property
    def chosen_level(self) -> WatchLevel | None: ...  # noqa: D102  # what they chose
    @property
    def space_level(self) -> WatchLevel | None: ...  # noqa: D102  # what they chose for the space
    @property
    def watch_reason(self) -> WatchReason | None: ...  # noqa: D102  # why they hear of it


@dataclass(frozen=True)
class Answered:
    """The post that a reply answers: its number, whose it is, and where it stands."""

    number: int
    name: str
    url: str


@dataclass(frozen=True)
class Press:
    """A reaction under a post: its kind, its words, how many said it. `does` is "give" or "take", or "" where there is no press."""

    kind: ReactionKind
    words: LazyString
    people: int
    does: str


def on_posts(
    here: Here,
    head: Head,
    posts: Sequence[PostShown],
    said: Mapping[int, Mapping[ReactionKind, Said]],
    *,
    unread: Collection[int],
    usual: Usual = lambda _number: ReactionKind.THANKS,
) -> dict[str, Any]:
    """Return what can be done with the posts of a page; `unread` are the numbers of those that may be new to the reader.

    Under a post stand what somebody said, and the one thing that people mostly say (`usual`). The rest is a press away.
    """
    return {
        "editable": {shown.number for shown in posts if is_mine(here, shown) and _may_edit(here, head, shown)},
        "presses": {
            shown.number: _presses(here, shown, said.get(shown.number, {}), usual=usual(shown.number))
            for shown in posts
        },
        "latest_by": {shown.author.id: shown.number for shown in posts if shown.author and not shown.gone},
        "may_put_back": {shown.number for shown in posts if _may_put_back(here, head, shown)},
        "unread": {
            shown.number for shown in posts if shown.number in unread and not shown.gone and not is_mine(here, shown)
        },
    }


def new_since(here: Here, head: Heard, posts: Sequence[PostShown]) -> set[int]:
    """Return the numbers above the one up to which a member read, if they have read any."""
    if here.membership is None or not head.read_to:
        return set()
    return {shown.number for shown in posts if shown.number > head.read_to}


def at_end(
    here: Here, head: Head, form: ReplyForm, posts: Sequence[PostShown], pages: Page, *, why_not: str, url: Callable[[int], str]
) -> dict[str, Any]:  # fmt: skip
    """Return the reply form, or why there is none; on the last page, and wherever one was sent. `url` leads to a post."""
    is_end = pages.current == pages.last or request.method == "POST"
    has_form = is_end and not why_not
    return {
        "is_end": is_end,
        "form": form if has_form else None,
        "unsent": form.body.data if form.body.raw_data and not has_form else "",
        "answered": _answered(head.item, form.reply_to.data, posts, url=url) if has_form else None,
        "held": own_held_in(head.item, here.actor) if is_end and head.has_own_held else (),
        "is_held": head.holds_viewer and not here.may(Can.KEEP_ORDER),
        "may_reply": not why_not,
        "why_not": why_not,
        "may_join": here.may(Can.JOIN_SPACE),
    }


def heard(here: Here, head: Heard, *, started: str) -> dict[str, Any]:
    """Return the control of how much one hears, and why it stands as it does; `started` says it to whoever began the item."""
    usual = None if head.chosen_level else head.level
    return {
        "watch_form": watch_form(chosen=head.chosen_level, usual=usual) if here.may(Can.WATCH_THREAD) else None,
        "why_watched": _why_watched(head, started),
    }


def place_url(number: int, pages: Page, *, size: int, elsewhere: Callable[[int], str]) -> str:
    """Return how a page links to a post: within it, or to another page."""
    return f"#p{number}" if page_of(number, size=size) == pages.current else elsewhere(number)


def is_mine(here: Here, shown: PostShown) -> bool:
    """Say whether the reader wrote a post."""
    return shown.author is not None and shown.author.id == here.actor.id


def _why_watched(head: Heard, started: str) -> str:
    if head.chosen_level is not None:
        return _("You chose this.")
    if head.space_level is not None:
        return _("As you chose for all of this space.")
    if head.watch_reason is WatchReason.STARTED:
        return started
    return str(BECAUSE[head.watch_reason]) if head.watch_reason is not None else ""


def _answered(
    item: Item, number: int | None, posts: Sequence[PostShown], *, url: Callable[[int], str]
) -> Answered | None:
    """Return the post that the form answers; None for none, or for one that can't be seen any more: the reply is a plain one then."""
    if not number or not 1 <= number <= item.last_number:
        return None
    on_page = next((shown for shown in posts if shown.number == number and not shown.gone), None)
    name = (on_page.author.name if on_page.author else "") if on_page else author_of(item.id, number)
    return None if name is None else Answered(number, name or _("Former member"), url(number))


def _may_edit(here: Here, head: Head, shown: PostShown) -> bool:
    author_id = shown.author.id if shown.author else None
    return not shown.gone and not why_not_edit(
        here, head.item, author_id=author_id, created_at=shown.created_at, is_held=head.holds_viewer
    )


def _presses(here: Here, shown: PostShown, said: Mapping[ReactionKind, Said], *, usual: ReactionKind) -> list[Press]:
    found = []
    for kind, words in REACTIONS.items():
        one = said.get(kind, Said())
        does = "" if is_mine(here, shown) or not here.may(POWER[kind]) else "take" if one.by_me else "give"
        if one.people or (does and kind is usual):
            found.append(Press(kind, words, one.people, does))
    return found


def _may_put_back(here: Here, head: Head, shown: PostShown) -> bool:
    if shown.gone is None or shown.gone.is_hidden:
        return False
    is_mine_to_undo = not shown.gone.by and is_mine(here, shown) and here.may(Can.EDIT_OWN_POST)
    return is_mine_to_undo or here.may(Can.REMOVE_ANY_POST, head.item)
