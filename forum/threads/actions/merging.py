"""Merging a thread into another of its space. Numbers of the other stay; what comes gets those after its last.

The space is held first, then tags, then both items in the order of their ids. So of two merges that cross the second finds one of
its threads gone, and a reply that is under way comes before the merge and goes along, or finds the thread gone and is led on.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, true

from forum.content.access import hold_item
from forum.content.moving.actions import move_posts
from forum.content.moving.following import all_watch
from forum.content.moving.models import PostMove
from forum.core.db import db
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Audience, Item, ItemShare, ItemState, LogAudience
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import held_thread
from forum.threads.actions import carrying
from forum.threads.events import PostsMoved
from forum.threads.models import Announcement, Thread
from forum.threads.polls.queries import has_poll
from forum.web.words import _


def why_not_merge(item: Item, there: Item) -> str:
    """Return "" when posts of a thread may stand in another, else why not."""
    if {item.state, there.state} != {ItemState.PUBLISHED}:
        return _("Both threads have to be published first.")
    if Audience.NAMED in {item.audience, there.audience}:
        return _("Only people who are named see one of these threads. It stays by itself.")
    if item.audience is not there.audience or _shared(item) != _shared(there):
        return _("These threads aren’t for the same people, so posts of one can’t stand in the other.")
    return ""


def why_not_end(item: Item, there: Item) -> str:
    """Return "" when a whole thread may end in another, else why not.

    Votes are for the question above them, so a poll stays there; and an announcement was made to all members, so it stays what it is.
    """
    if has_poll(item.id):
        return _("This thread has a poll, which can’t go along. Merge the other thread into this one instead.")
    if db.session.get(Announcement, item.id) is not None:
        return _("This thread is an announcement, which can’t go along. Merge the other thread into this one instead.")
    return why_not_merge(item, there)


def merge(
    here: Here,
    thread: Thread,
    *,
    into: Thread,
    reason: str,
    posts_url: Callable[[str], str],
    at: datetime | None = None,
) -> PostMove:
    """Put all posts of a thread at the end of another; its old address and its posts' lead there.

    `posts_url` gives the address of a thread's posts by its ref. Raises Missing, Denied, RuleBroken, or Invalid for `into`, `reason`.
    """
    here = guard.hold(here, Can.MOVE_ANY_THREAD)
    reason, at = checked_reason(reason), at or now()
    carrying.hold_tags_on(thread)
    here, item, there = hold_both(here, thread, into)
    if why := why_not_end(item, there):
        raise RuleBroken(why)
    own, other = held_thread(item), held_thread(there)
    move = move_posts(item, there, true(), by=here.actor, reason=reason, posts_url=posts_url, is_whole=True, at=at)
    all_watch(item, there)
    carrying.carry_answer(own, other, move)
    carrying.carry_tags(own, other)
    carrying.carry_pin(own, other)
    carrying.carry_parts(own, other)
    carrying.carry_summary(own, other, move, posts_url=posts_url)
    carrying.carry_drafts(item, there, place=addresses.reply_place, posts_url=posts_url)
    carrying.carry_edits(item, there, place=addresses.edit_place)
    carrying.carry_additions(item, there, move, posts_url=posts_url)
    item.state = ItemState.WITHDRAWN
    item.version += 1
    tell_of(move, here, there, before=item.title, verb="merged thread", at=at)
    return move


def require_another(thread_id: int, into_id: int) -> None:
    """Raise Invalid for `into` when it is the thread itself."""
    if thread_id == into_id:
        raise Invalid({"into": [_("This is the thread itself. Choose another one.")]})


def hold_both(here: Here, thread: Thread, into: Thread) -> tuple[Here, Item, Item]:
    """Lock the thread that posts come from and the one that they go to. Raises Missing, Denied, or Invalid for `into`."""
    require_another(thread.id, into.id)
    held: dict[int, Item] = {}
    for item_id in sorted((thread.id, into.id)):
        try:
            here, held[item_id] = hold_item(here, item_id, power=Can.MOVE_ANY_THREAD)
        except Missing:
            if item_id == thread.id:
                raise
            raise Invalid({"into": [_("That thread isn’t in this space any more. Choose another one.")]}) from None
    return here, held[thread.id], held[into.id]


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept. Raises Invalid for `reason`."""
    reason = one_line(reason)
    if not reason:
        raise Invalid(
            {"reason": [_("Say why. The reason stands in the log, and in the mail to those who wrote the posts.")]}
        )
    return reason


def tell_of(move: PostMove, here: Here, there: Item, *, before: str, verb: str, at: datetime) -> None:
    """Write the line in the log, and announce that posts were moved."""
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.MOVE_ANY_THREAD, there),
        space=here.space,
        item=there,
        reason=move.reason,
        audience=LogAudience.MEMBERS if there.audience is Audience.SPACE else LogAudience.ORGANISERS,
        at=at,
        before=before,
        posts=str(move.posts),
    )
    announce(PostsMoved(actor_id=here.actor.id, item_id=there.id, move_id=move.id))


def _shared(item: Item) -> set[int | None]:
    return set(db.session.scalars(select(ItemShare.space_id).where(ItemShare.item_id == item.id)))
