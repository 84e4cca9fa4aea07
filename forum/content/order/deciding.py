"""Deciding about what waits: flagged posts, hidden ones, and those held for approval.

Each runs inside `transaction()` and holds the item and the post, in that order, whatever their state: so of two who decide at once
one does, and the other is told what was decided and by whom. Nobody decides about their own post while somebody else could.
"""

from datetime import datetime

from sqlalchemy import String, select, union_all

from forum.content import removing
from forum.content.log import record_of_post
from forum.content.models import Post, PostState
from forum.content.order.events import PostHidden
from forum.content.order.flagging import settle_flags
from forum.content.order.models import KEPT, FlagOutcome, PostFlag, PostWait, WaitOutcome, WaitWhy
from forum.content.order.words import DECIDED
from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.web.words import _


class AlreadyDecided(RuleBroken):
    """There is nothing to decide any more. The sentence says who decided what."""


def why_not_decide(here: Here, *, author_id: int | None) -> str:
    """Return "" when the person may decide about a post by `author_id`, else why not.

    Who wrote it doesn't decide about it while somebody else looks after the space; whoever is alone has nobody else to ask.
    """
    if not here.may(Can.KEEP_ORDER):
        return here.why_not(Can.KEEP_ORDER)
    if author_id == here.actor.id and any(one.person.id != here.actor.id for one in here.keepers):
        return _("You wrote this post, so another organiser decides about it.")
    return ""


def leave(here: Here, post_id: int, *, upto: int, answer: str = "") -> None:
    """Leave a flagged post as it is. A flag later than `upto`, the last that was seen, stays open.

    Raises Missing, Denied, AlreadyDecided.
    """
    here, item, post = hold_to_decide(here, post_id)
    if not settle_flags(post, by=here.actor, outcome=FlagOutcome.LEFT, answer=answer, upto=upto):
        raise AlreadyDecided(who_decided(post))
    record_of_post("left post", here, item, post, power=Can.KEEP_ORDER, reason=answer)


def hide(here: Here, post_id: int, *, reason: str, at: datetime | None = None) -> None:
    """Put a gap where a post stands until it is decided what becomes of it. With its first post, a whole thread is hidden.

    Raises Missing, Denied, AlreadyDecided, or Invalid for `reason`.
    """
    here, item, post = hold_to_decide(here, post_id)
    if post.state is PostState.HELD:
        raise Missing
    if post.state is not PostState.PUBLISHED:
        raise AlreadyDecided(who_decided(post))
    require_reason(reason)
    post.state = PostState.HIDDEN
    post.gone_at, post.gone_by_id, post.gone_because = at or now(), here.actor.id, reason
    if post.number == 1:
        item.state = ItemState.HIDDEN
    wait = PostWait(post_id=post.id, why=WaitWhy.HIDDEN, since=post.gone_at)
    db.session.add(wait)
    db.session.flush()
    removing.settle(item)
    settle_flags(post, by=here.actor, outcome=FlagOutcome.HIDDEN, answer=reason)
    record_of_post("hid post", here, item, post, power=Can.KEEP_ORDER, reason=reason, at=at)
    announce(PostHidden(actor_id=here.actor.id, item_id=item.id, post_id=post.id, wait_id=wait.id))


def put_back(here: Here, post_id: int, *, answer: str = "") -> None:
    """Let a hidden post be read again. Raises Missing, Denied, AlreadyDecided."""
    here, item, post = hold_to_decide(here, post_id)
    _show_again(item, post)
    settle_wait(post, by=here.actor, outcome=WaitOutcome.PUT_BACK, answer=answer)
    record_of_post("unhid post", here, item, post, power=Can.KEEP_ORDER, reason=answer)


def remove(here: Here, post_id: int, *, reason: str) -> None:
    """Remove a flagged or hidden post, as it is removed elsewhere. Of a thread that was hidden with it, the rest is shown again.

    Raises Missing, Denied, AlreadyDecided, or Invalid for `reason`.
    """
    here, item, post = hold_to_decide(here, post_id)
    if post.state is PostState.HELD:
        raise Missing
    if post.state is PostState.REMOVED:
        raise AlreadyDecided(who_decided(post))
    require_reason(reason)
    if post.state is PostState.HIDDEN:
        _show_again(item, post)
        settle_wait(post, by=here.actor, outcome=WaitOutcome.REMOVED, answer=reason)
    removing.remove_held(here, item, post, reason=reason)


def hold_to_decide(here: Here, post_id: int) -> tuple[Here, Item, Post]:
    """Hold a post and its item, whatever their state, and look again who may decide. Raises Missing, Denied."""
    found = db.session.get(Post, post_id)
    item = lock(Item, found.item_id) if found else None
    post = lock(Post, post_id)
    fresh = as_it_is_now(here)
    if item is None or post is None or post.item_id != item.id:
        raise Missing
    if item.space_id != fresh.space.id or item.audience not in KEPT:
        raise Missing
    why = why_not_decide(fresh, author_id=post.author_id)
    if why:
        raise Denied(why)
    return fresh, item, post


def settle_wait(post: Post, *, by: Person, outcome: WaitOutcome, answer: str = "") -> PostWait:
    """Note what became of a post that waits and is held. Raises AlreadyDecided."""
    wait = db.session.scalar(select(PostWait).where(PostWait.post_id == post.id, PostWait.decided_at.is_(None)))
    if wait is None:
        raise AlreadyDecided(who_decided(post))
    wait.decided_at, wait.decided_by_id, wait.outcome, wait.answer = now(), by.id, outcome, answer
    db.session.flush()
    return wait


def require_reason(reason: str) -> None:
    """Raise Invalid for `reason` when there is none."""
    if not reason:
        raise Invalid({"reason": [_("Say why. Whoever wrote it reads this.")]})


def _show_again(item: Item, post: Post) -> None:
    if post.state is not PostState.HIDDEN:
        raise AlreadyDecided(who_decided(post))
    post.state = PostState.PUBLISHED
    post.gone_at = post.gone_by_id = post.gone_because = None
    if post.number == 1 and item.state is ItemState.HIDDEN:
        item.state = ItemState.PUBLISHED
    db.session.flush()
    removing.settle(item)


def who_decided(post: Post) -> str:
    """Return the sentence that says who decided what about a post last."""
    flags = select(
        PostFlag.settled_at.label("at"),
        PostFlag.settled_by_id.label("by"),
        PostFlag.outcome.cast(String).label("outcome"),
    )
    waits = select(PostWait.decided_at, PostWait.decided_by_id, PostWait.outcome.cast(String))
    both = union_all(
        flags.where(PostFlag.post_id == post.id, PostFlag.settled_at.is_not(None)),
        waits.where(PostWait.post_id == post.id, PostWait.decided_at.is_not(None)),
    ).subquery()
    last = db.session.execute(
        select(Person.name, both.c.outcome).join(Person, Person.id == both.c.by).order_by(both.c.at.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return _("There is nothing to decide about this post any more.")
    name, outcome = last
    words = {word.value: sentence for word, sentence in DECIDED.items()}
    return str(words[outcome]) % {"name": name}
