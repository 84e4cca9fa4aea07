"""What becomes of a post that is held: an organiser approves or declines it, its author changes it or takes it back.

A held reply has no number. It takes one, and its time, when it is approved: so it stands at the end then and is new to everybody,
however far they have read. Approval is an organiser's deed, and no limit of the author's stops it (A5).
Each runs inside `transaction()`; of two who do something at once the second is told what the first did.
"""

from datetime import datetime

from sqlalchemy import select

from forum.content import actions, drafts, watching
from forum.content.access import hold_item
from forum.content.actions import Overtaken
from forum.content.events import PostWritten
from forum.content.models import Post, PostState, WatchReason
from forum.content.naming import handles_in, ids_of, numbers_in
from forum.content.order.deciding import AlreadyDecided, hold_to_decide, require_reason, settle_wait, who_decided
from forum.content.order.events import HeldPostDecided
from forum.content.order.models import PostWait, WaitOutcome
from forum.content.telling import ids_of_quoted
from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, LogAudience, Space
from forum.spaces.parts import ItemKind
from forum.spaces.policy import Can
from forum.web.words import _


def approve(
    here: Here, post_id: int, *, version: int, item_version: int, kind: ItemKind, at: datetime | None = None
) -> Post:
    """Let everybody read a held post, as if it had been written now.

    `version` and, of a first post, `item_version` are what the organiser read: the text, and the title with what stands below it.
    Raises Missing, Denied, AlreadyDecided, Overtaken when its author has changed it since, and RuleBroken in a hidden thread.
    """
    here, item, post = hold_to_decide(here, post_id)
    _require_held(post)
    if post.version != version or (post.number == 1 and item.version != item_version):
        raise Overtaken
    if item.state is ItemState.HIDDEN:
        raise RuleBroken(
            _("The thread of this post is hidden, so nobody would hear of it. Put the thread back first, then approve.")
        )
    at = at or now()
    publish_held(here.space, item, post, at=at)
    if post.number == 1:
        kind.announce_begun(item, post.id)
    else:
        quoted = ids_of_quoted(item, numbers_in(post.html))
        announce(
            PostWritten(actor_id=post.author_id, item_id=item.id, post_id=post.id, number=post.number, quoted=quoted)
        )
    _decide(here, item, post, WaitOutcome.APPROVED, verb="approved post", at=at)
    return post


def decline(here: Here, post_id: int, *, reason: str, kind: ItemKind) -> None:
    """Don't publish a held post. Its author is told why, and finds the text as a draft where nothing else is begun.

    Raises Missing, Denied, AlreadyDecided, or Invalid for `reason`.
    """
    here, item, post = hold_to_decide(here, post_id)
    _require_held(post)
    require_reason(reason)
    end_held(here, item, post, reason=reason, place=kind.draft_place(here.space, item, post.number == 1))
    _decide(here, item, post, WaitOutcome.DECLINED, verb="declined post", reason=reason)


def withdraw(here: Here, post_id: int, *, kind: ItemKind) -> None:
    """Let its author take a held post back; the text is a draft again. Raises Missing, AlreadyDecided."""
    here, item, post = _hold_own(here, post_id, power=Can.SEE_THREADS)
    end_held(here, item, post, reason="", place=kind.draft_place(here.space, item, post.number == 1))
    settle_wait(post, by=here.actor, outcome=WaitOutcome.WITHDRAWN)


def change(here: Here, post_id: int, *, text: Rendered, version: int) -> Post:
    """Let its author change a held post. Nobody has read it, so there is no history.

    Raises Missing, Denied for who may write nothing here now, AlreadyDecided, Overtaken.
    """
    here, _item, post = _hold_own(here, post_id, power=Can.WRITE_POST)
    if post.source == text.source:
        return post
    if post.version != version:
        raise Overtaken
    post.source, post.html, post.renderer = text.source, text.html, text.renderer
    post.version += 1
    return post


def own_held(here: Here, post_id: int) -> tuple[Item, Post]:
    """Load a held post for who wrote it. Raises Missing, and AlreadyDecided when it is held no longer."""
    found = db.session.execute(
        select(Item, Post)
        .join(Post, Post.item_id == Item.id)
        .where(
            Post.id == post_id,
            Post.author_id == here.actor.id,
            Item.space_id == here.space.id,
        )
    ).one_or_none()
    if found is None or not here.is_member:
        raise Missing
    item, post = found
    _require_held(post)
    return item, post


def _hold_own(here: Here, post_id: int, *, power: Can) -> tuple[Here, Item, Post]:
    found = db.session.get(Post, post_id)
    if found is None:
        raise Missing
    here, item = hold_item(here, found.item_id, power=power)
    post = lock(Post, post_id)
    if post is None or post.author_id != here.actor.id or post.item_id != item.id or not here.is_member:
        raise Missing
    _require_held(post)
    return here, item, post


def _require_held(post: Post) -> None:
    """Raise AlreadyDecided when a post was held and isn't any more, Missing when it never was, or its room holds it by itself."""
    open_wait = select(PostWait.id).where(PostWait.post_id == post.id, PostWait.decided_at.is_(None))
    if post.state is PostState.HELD:
        if db.session.scalar(open_wait.limit(1)) is None:
            raise Missing
        return
    if db.session.scalar(select(PostWait.id).where(PostWait.post_id == post.id).limit(1)) is None:
        raise Missing
    raise AlreadyDecided(who_decided(post))


def publish_held(space: Space, item: Item, post: Post, *, at: datetime) -> None:
    """Give a held post its number and time, and begin what begins with a post. Announces nothing; the item is held."""
    if post.number == 1:
        item.state = ItemState.PUBLISHED
        item.created_at, item.last_at, item.last_by_id = at, at, post.author_id
    else:
        post.number = actions.take_number(item, author_id=post.author_id, at=at)
    post.state, post.created_at, post.version = PostState.PUBLISHED, at, 1
    db.session.flush()
    if post.author_id is not None:
        reason = WatchReason.STARTED if post.number == 1 else WatchReason.REPLIED
        watching.begin({post.author_id}, item.id, reason=reason, at=at)
    actions.name_people(post, ids_of(space, handles_in(post.html)) - {post.author_id or 0})


def end_held(here: Here, item: Item, post: Post, *, reason: str, place: str) -> None:
    """Let a held post be nowhere for good, and give its author the text back as a draft at `place`, if nothing is begun there."""
    author = db.session.get(Person, post.author_id) if post.author_id else None
    if author is not None:
        kept = drafts.draft_at(author, place)
        if kept.is_empty:
            title = item.title if post.number == 1 else None
            drafts.save(author, place, version=kept.version, body=post.source, title=title)
    post.state, post.gone_at, post.gone_by_id, post.gone_because = (
        PostState.REMOVED,
        now(),
        here.actor.id,
        reason or None,
    )
    if post.number == 1:
        item.state = ItemState.WITHDRAWN
    db.session.flush()


def _decide(
    here: Here,
    item: Item,
    post: Post,
    outcome: WaitOutcome,
    *,
    verb: str,
    reason: str = "",
    at: datetime | None = None,
) -> None:
    """Note what was decided. That something was held is for organisers to read, and for its author (A5)."""
    wait = settle_wait(post, by=here.actor, outcome=outcome, answer=reason)
    record(
        verb,
        actor=here.actor,
        space=here.space,
        item=item if post.state is PostState.PUBLISHED else None,
        person=db.session.get(Person, post.author_id) if post.author_id else None,
        reason=reason,
        audience=LogAudience.ORGANISERS,
        at=at,
    )
    announce(HeldPostDecided(actor_id=here.actor.id, item_id=item.id, post_id=post.id, wait_id=wait.id))
