"""Removing a post. Its number and a marked gap stay; what it said can't be read by anybody, and can be put back."""

from sqlalchemy import select

from forum.content.access import hold_item
from forum.content.events import PostRemoved
from forum.content.log import record_of_post
from forum.content.models import Post, PostState
from forum.content.order.flagging import settle_flags
from forum.content.order.models import FlagOutcome
from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.spaces.feature import kind_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _


def why_not_remove(here: Here, item: Item, *, author_id: int | None) -> str:
    """Return "" when the person may remove such a post of `item`, else the sentence that says why not."""
    if here.may(Can.REMOVE_ANY_POST, item):
        return ""
    if not here.may(Can.EDIT_OWN_POST):
        return here.why_not(Can.EDIT_OWN_POST)
    if author_id != here.actor.id:
        return _("Only its author and the organisers of this space can remove this post.")
    return ""


def remove(here: Here, post: Post, *, reason: str = "") -> Post:
    """Put a marked gap where a post stood. Removed already, nothing changes. Use inside `transaction()`.

    Raises Missing, Denied, RuleBroken for the first post of a conversation that others are part of, and Invalid for `reason` when
    somebody else's post is removed without one.
    """
    here, item = hold_item(here, post.item_id, power=Can.SEE_SPACE)
    held = lock(Post, post.id)
    if held is None or held.item_id != item.id or held.state not in {PostState.PUBLISHED, PostState.REMOVED}:
        raise Missing
    return remove_held(here, item, held, reason=reason)


def remove_held(here: Here, item: Item, held: Post, *, reason: str = "") -> Post:
    """Do what `remove` does to a post that is locked, with its item, whatever the item's state. Raises as that."""
    _require(here, item, held)
    if held.state is PostState.REMOVED:
        return held
    is_own = held.author_id == here.actor.id
    if held.number == 1 and is_own and not here.may(Can.REMOVE_ANY_POST, item) and _others_wrote(item):
        raise RuleBroken(
            _("Others have written here, and their words would hang in the air. Edit your post, or ask an organiser.")
        )
    if not is_own and not reason:
        raise Invalid(
            {"reason": [_("Say why. The reason stands in the gap, in the log, and in the mail to its author.")]}
        )
    held.state = PostState.REMOVED
    held.gone_at, held.gone_by_id, held.gone_because = now(), here.actor.id, reason or None
    end = kind_of(item).end_removed if held.number == 1 else None
    if end is not None:
        end(item, here.actor.id)
    db.session.flush()
    settle(item)
    settle_flags(held, by=here.actor, outcome=FlagOutcome.REMOVED, answer=reason)
    if not is_own:
        record_of_post("removed post", here, item, held, power=Can.REMOVE_ANY_POST, reason=reason)
        announce(PostRemoved(actor_id=here.actor.id, item_id=item.id, post_id=held.id, number=held.number))
    return held


def put_back(here: Here, post: Post) -> Post:
    """Let a removed post be read again: by its author what they removed themselves, by organisers whatever was removed.

    Use inside `transaction()`. Raises Missing, Denied, RuleBroken when its text is gone for good.
    """
    here, item = hold_item(here, post.item_id, power=Can.SEE_SPACE)
    held = lock(Post, post.id)
    if held is None or held.item_id != item.id or held.state is not PostState.REMOVED:
        raise Missing
    _require(here, item, held)
    if held.gone_by_id != here.actor.id and not here.may(Can.REMOVE_ANY_POST, item):
        raise Denied(_("An organiser removed this post, so an organiser has to put it back."))
    if not held.source:
        raise RuleBroken(_("This post was removed long ago, and its text has been deleted since. Write it anew."))
    held.state = PostState.PUBLISHED
    held.gone_at = held.gone_by_id = held.gone_because = None
    db.session.flush()
    settle(item)
    if held.author_id != here.actor.id:
        record_of_post("put back post", here, item, held, power=Can.REMOVE_ANY_POST)
    return held


def settle(item: Item) -> None:
    """Let an item say again who wrote last in it, and when: of what can be seen. Its numbers stay. The item is held.

    By time and not by number: posts that came from elsewhere stand behind others that are newer.
    """
    last = db.session.execute(
        select(Post.created_at, Post.author_id)
        .where(Post.item_id == item.id, Post.state == PostState.PUBLISHED)
        .order_by(Post.created_at.desc(), Post.number.desc())
        .limit(1)
    ).one_or_none()
    item.last_at, item.last_by_id = last if last is not None else (item.created_at, item.author_id)


def _require(here: Here, item: Item, post: Post) -> None:
    why = why_not_remove(here, item, author_id=post.author_id)
    if why:
        raise Denied(why)


def _others_wrote(item: Item) -> bool:
    others = select(Post.id).where(
        Post.item_id == item.id,
        Post.number > 1,
        Post.state == PostState.PUBLISHED,
        Post.author_id.is_distinct_from(item.author_id),
    )
    return db.session.scalar(others.limit(1)) is not None
