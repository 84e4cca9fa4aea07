"""Writing and editing posts. Each runs inside `transaction()` and holds the item that the post belongs to."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import delete, select, update

from forum.content import watching
from forum.content.access import hold_item, require_edit
from forum.content.attachments.queries import Attached, of_post
from forum.content.events import PostEdited, PostWritten
from forum.content.log import record_of_post
from forum.content.models import Post, PostMention, PostRevision, PostState, WatchReason
from forum.content.naming import ids_of
from forum.content.order.events import PostChangedForAuthor
from forum.content.order.flagging import settle_flags
from forum.content.order.holding import wait_for_organisers, why_held_now
from forum.content.order.models import FlagOutcome, WaitWhy
from forum.content.telling import ids_of_quoted
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import _


class Overtaken(RuleBroken):
    """Somebody saved the post after this person had opened it: both texts have to be seen."""

    def __init__(self) -> None:
        super().__init__(_("Somebody saved this post after you opened it. Look at both texts before you save yours."))


def written_before(author: Person, key: str | None) -> Post | None:
    """Return what the first of two presses wrote. Call it while the parent row is held."""
    if key is None:
        return None
    return db.session.scalar(select(Post).where(Post.author_id == author.id, Post.once == key))


def reply(
    here: Here,
    item_id: int,
    *,
    text: Rendered,
    in_reply_to: int | None = None,
    once: str | None = None,
    at: datetime | None = None,
    check: Callable[[Here, Item], None] | None = None,
) -> Post:
    """Add a post at the end of an item's conversation. A second press gives back the first one's post.

    `check` is a room's own rule, asked while the item is held and only of what is new. Raises Missing, Denied, Invalid for
    `reply_to`, and what `check` raises.
    """
    here, item = hold_item(here, item_id, power=Can.WRITE_POST)
    key = once_key(once, item.id, in_reply_to, text.source)
    earlier = written_before(here.actor, key)
    if earlier is not None:
        return earlier
    if check is not None:
        check(here, item)
    if in_reply_to is not None and not _is_shown(item, in_reply_to):
        raise Invalid(
            {"reply_to": [_("The post you were replying to can’t be seen any more. Send this as a plain reply.")]}
        )
    why = why_held_now(here)
    post = add_post(here, item, text=text, in_reply_to=in_reply_to, key=key, at=at, why_held=why)
    if why is not None:
        return post
    quoted = ids_of_quoted(item, text.quoted)
    announce(PostWritten(actor_id=here.actor.id, item_id=item.id, post_id=post.id, number=post.number, quoted=quoted))
    return post


def add_post(
    here: Here,
    item: Item,
    *,
    text: Rendered,
    in_reply_to: int | None = None,
    key: str | None = None,
    at: datetime | None = None,
    why_held: WaitWhy | None = None,
    is_put_by: bool = False,
) -> Post:
    """Write a post into an item that is held, with the next number and who is named in it. Announces nothing.

    With `why_held` it waits for an organiser instead: a reply without a number, and nothing begins with it before it is approved (A5).
    With `is_put_by` its room holds it, and publishes it by itself.
    """
    at = at or now()
    is_reply = item.last_number > 0
    post = Post(
        item_id=item.id,
        number=None if why_held and is_reply else take_number(item, author_id=here.actor.id, at=at),
        state=PostState.HELD if why_held or is_put_by else PostState.PUBLISHED,
        author_id=here.actor.id,
        source=text.source,
        html=text.html,
        renderer=text.renderer,
        in_reply_to=in_reply_to,
        created_at=at,
        once=key,
    )
    db.session.add(post)
    db.session.flush()
    if why_held is not None:
        wait_for_organisers(here, post, why=why_held, at=at)
        return post
    if is_put_by:
        return post
    begun = WatchReason.STARTED if post.number == 1 else WatchReason.REPLIED
    watching.begin({here.actor.id}, item.id, reason=begun, at=at)
    name_people(post, ids_of(here.space, text.mentioned) - {here.actor.id})
    return post


def edit(
    here: Here,
    post: Post,
    *,
    text: Rendered,
    version: int,
    reason: str = "",
    files: Collection[Attached] | None = None,
    at: datetime | None = None,
    is_theirs: Callable[[Here, Item], bool] | None = None,
) -> Post:
    """Replace what a post says; what it said before stays in its history.

    `is_theirs` is a room's own rule, asked while the item is held: the person changes it as its author does, whenever it was written.

    `version` is the one the person saw; `files` is what is attached, as the form says it is. A text and files that stand there
    already change nothing, whoever put them there: so does a second press. Raises Missing, Denied, Overtaken when another edit came
    first, and Invalid for `reason` when somebody else's post is edited without one.
    """
    here, item = hold_item(here, post.item_id, power=Can.SEE_SPACE)
    held = lock(Post, post.id)
    if held is None or held.item_id != item.id or held.state is not PostState.PUBLISHED:
        raise Missing
    is_own = held.author_id == here.actor.id
    if is_theirs is not None and is_theirs(here, item):
        is_own = True
    else:
        require_edit(here, item, held)
    is_new = held.source != text.source
    if not is_new and (files is None or _are_there(held, files)):
        return held
    if is_new and held.version != version:
        raise Overtaken
    if not is_own and not reason:
        raise Invalid({"reason": [_("Say why. The reason stands in the log, where members can read it.")]})
    if is_new:
        _replace(here, held, text=text, at=at or now())
    else:  # what is said of a picture stands in the HTML
        held.html, held.renderer, held.edited_at = text.html, text.renderer, at or now()
    if not is_own:
        entry = record_of_post(
            "edited post", here, item, held, power=Can.EDIT_ANY_POST, reason=reason, at=held.edited_at
        )
        settle_flags(held, by=here.actor, outcome=FlagOutcome.EDITED, answer=reason)
        announce(PostChangedForAuthor(actor_id=here.actor.id, item_id=item.id, post_id=held.id, log_id=entry.id))
    return held


def _are_there(post: Post, files: Collection[Attached]) -> bool:
    return {one for one in files if not one.is_dropped} == set(of_post(post))


def _replace(here: Here, post: Post, *, text: Rendered, at: datetime) -> None:
    """Keep what the post says as a revision, and write the new text over it."""
    db.session.add(
        PostRevision(
            post_id=post.id,
            version=post.version,
            source=post.source,
            html=post.html,
            renderer=post.renderer,
            written_at=post.edited_at or post.created_at,
            editor_id=here.actor.id,
        )
    )
    post.source, post.html, post.renderer = text.source, text.html, text.renderer
    post.version += 1
    post.edited_at = at
    named = ids_of(here.space, text.mentioned) - {post.author_id}
    before = set(db.session.scalars(select(PostMention.person_id).where(PostMention.post_id == post.id)))
    db.session.execute(
        delete(PostMention).where(PostMention.post_id == post.id, PostMention.person_id.in_(before - named))
    )
    name_people(post, named - before)
    announce(
        PostEdited(
            actor_id=here.actor.id,
            item_id=post.item_id,
            post_id=post.id,
            number=post.number,
            version=post.version,
            newly_named=sorted(named - before),
        )
    )


def take_number(item: Item, *, author_id: int | None, at: datetime) -> int:
    """Take the next number inside the write: the row stays locked until the post stands, so none is given twice (B1)."""
    taken = (
        update(Item)
        .where(Item.id == item.id)
        .values(last_number=Item.last_number + 1, last_at=at, last_by_id=author_id)
        .returning(Item.last_number)
    )
    return db.session.execute(taken).scalar_one()


def _is_shown(item: Item, number: int) -> bool:
    if not 1 <= number <= item.last_number:
        return False
    query = select(Post.id).where(Post.item_id == item.id, Post.number == number, Post.state == PostState.PUBLISHED)
    return db.session.scalar(query) is not None


def name_people(post: Post, people: set[int]) -> None:
    """Note who is named in a post that can be seen, and let them watch its item."""
    db.session.add_all([PostMention(post_id=post.id, person_id=person_id) for person_id in sorted(people)])
    db.session.flush()
    watching.begin(people, post.item_id, reason=WatchReason.MENTIONED, at=post.edited_at or post.created_at)
