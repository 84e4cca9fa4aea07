"""Loading a story and authorising are one step; who may change one, and why not."""

from dataclasses import dataclass

from sqlalchemy import Select, and_, bindparam, select

from forum.content.models import Post, PostState
from forum.content.order.holding import why_held_now
from forum.content.order.holding import why_not_change as why_held
from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.secrets import as_written, hashed
from forum.core.time import now
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.models import Audience, Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import is_shared_here
from forum.stories.models import CoAuthor, Story, StoryAction, Waiting
from forum.web.words import _

PUBLISHED = (Item.state == ItemState.PUBLISHED, Post.state == PostState.PUBLISHED)
"""The conditions on a story's item and its first post that everybody can read it whom it is for."""


@dataclass(frozen=True)
class Told:
    """A story that somebody was let into: its row, its item, and the post that holds its text.

    Without `is_seen` they see it with its key only.
    """

    story: Story
    item: Item
    post: Post
    is_seen: bool = True


def story_for(here: Here, ref: str) -> Told:
    """Load the story at `ref` in this space. Raises Missing when the person can't see it, it is gone, or stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_story(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Told(*row)


@prepared
def _visible_story() -> Select[Story, Item, Post]:
    return (
        select(Story, Item, Post)
        .join(Item, Item.id == Story.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(
            Item.ref == bindparam("ref"),
            Item.space_id == bindparam("space_id"),
            Post.state.in_((PostState.PUBLISHED, PostState.HELD)),
            visible_to_viewer(),
        )
    )


def shared_story_for(here: Here, ref: str) -> Told:
    """Load a story of another space that is shared with this one, published. Raises Missing (A3, E5)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    fresh = {"populate_existing": True}
    row = (
        db.session.execute(_shared_story(), values, execution_options=fresh).one_or_none()
        if ref.isprintable()
        else None
    )
    if row is None:
        raise Missing
    return Told(*row)


@prepared
def _shared_story() -> Select[Story, Item, Post]:
    return (
        select(Story, Item, Post)
        .join(Item, Item.id == Story.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(Item.ref == bindparam("ref"), is_shared_here(), *PUBLISHED, visible_to_viewer())
    )


def readable_story(here: Here, ref: str) -> Told:
    """Load a story that stands in this space, or is shared with it. Raises Missing."""
    try:
        return story_for(here, ref)
    except Missing:
        return shared_story_for(here, ref)


def hold_readable(here: Here, story_id: int, *, power: Can) -> tuple[Here, Item, Story, Post]:
    """Lock a story that stands here or is shared with this space, and return it with `here` as it is now. Raises Missing, Denied.

    What one may do with a shared one is what one may do in the space in which one reads it.
    """
    item = lock(Item, story_id)
    fresh = as_it_is_now(here)
    if item is None:
        raise Missing
    told = readable_story(fresh, item.ref)
    fresh.require(power, item if item.space_id == fresh.space.id else None)
    return fresh, told.item, told.story, told.post


def withdrawn_story(here: Here, ref: str) -> tuple[Story, Item]:
    """Load a withdrawn story for who may put it back: its author, and organisers. Raises Missing."""
    row = db.session.execute(
        select(Story, Item)
        .join(Item, Item.id == Story.id)
        .where(Item.ref == ref, Item.space_id == here.space.id, Item.state == ItemState.WITHDRAWN)
    ).one_or_none()
    if row is None or not here.is_member or (row[1].author_id != here.actor.id and not here.may(Can.KEEP_STORIES)):
        raise Missing
    return row[0], row[1]


def is_teller(here: Here, item: Item) -> bool:
    """Say whether the person tells this story: its author, or who was asked to tell it with them."""
    if item.author_id == here.actor.id:
        return True
    return item.author_id is not None and db.session.get(CoAuthor, (item.id, here.actor.id)) is not None


def may_tell_on(here: Here, item: Item) -> bool:
    """Say whether the person changes the story as its author does: without a reason, however old it is."""
    return here.may(Can.TELL_STORY) and is_teller(here, item) and not why_held(here)


def why_not_change(here: Here, item: Item) -> str:
    """Return "" when the person may change this story now, else the sentence that says why not."""
    if may_tell_on(here, item) or here.may(Can.EDIT_ANY_POST, item):
        return ""
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    if is_teller(here, item):
        return why_held(here)
    return _("Only those who told the story and the organisers of this space can change it.")


def why_not_sort(here: Here, item: Item) -> str:
    """Return "" when the person may say what the story is about: its tellers, and organisers."""
    return "" if here.may(Can.KEEP_STORIES, item) else why_not_change(here, item)


def why_not_withdraw(here: Here, item: Item) -> str:
    """Return "" when the person may withdraw this story, else why not."""
    if here.may(Can.KEEP_STORIES, item):
        return ""
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    if item.author_id != here.actor.id:
        return _("Whoever told the story can withdraw it, or an organiser.")
    return ""


def why_not_share(here: Here, item: Item) -> str:
    """Return "" when the person may share this story: who tells it, and organisers. Without a name: organisers only (E3)."""
    if may_tell_on(here, item) or here.may(Can.KEEP_STORIES):
        return ""
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    return _("Whoever told the story can share it, or an organiser.")


def why_not_settle(here: Here, item: Item, action: StoryAction) -> str:
    """Return "" when the person may say what became of an action, or hand it on: who has it, and who may note one."""
    if action.holder_id == here.actor.id and here.may(Can.TURN_UP):
        return ""
    return why_not_sort(here, item)


def why_not_second_read(here: Here, item: Item) -> str:
    """Return "" when the person may read a story before it is published, and publish it: who may tell one, but not its authors.

    Whose own words wait for an organiser doesn't; what was told to organisers is read by one. Raises Missing for who may know of none.
    """
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    if is_teller(here, item):
        return _("Somebody else has to read it: not who told it.")
    if why_held_now(here) is not None or (item.audience is not Audience.SPACE and not here.is_keeper):
        raise Missing
    return ""


def keyed_story(here: Here, ref: str) -> Told:
    """Load a story that was told without a name, for who may have its key: whether they see it or not. Raises Missing."""
    try:
        told = story_for(here, ref)
    except Missing:
        query = (
            select(Story, Item, Post)
            .join(Item, Item.id == Story.id)
            .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
            .where(
                Item.ref == ref,
                Item.space_id == here.space.id,
                Item.state.in_((ItemState.DRAFT, ItemState.PUBLISHED)),
                Post.state.in_((PostState.PUBLISHED, PostState.HELD)),
            )
        )
        row = db.session.execute(query).one_or_none() if ref.isprintable() else None
        if row is None:
            raise
        told = Told(*row, is_seen=False)
    if not told.story.is_unnamed:
        raise Missing
    return told


def waiting_story(here: Here, ref: str, *, is_sent_back: bool = False) -> Told:
    """Load a story for its second reader; or, with `is_sent_back`, one that a second reader sent back. Raises Missing, Denied."""
    query = (
        select(Story, Item, Post)
        .join(Item, Item.id == Story.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .join(Waiting, Waiting.story_id == Story.id)
        .where(
            Item.ref == ref,
            Item.space_id == here.space.id,
            Item.state == ItemState.DRAFT,
            Waiting.publish_at.is_(None),
            Waiting.sent_back_at.is_not(None) if is_sent_back else Waiting.sent_back_at.is_(None),
        )
    )
    row = db.session.execute(query).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    told = Told(*row)
    allow(why_not_second_read(here, told.item))
    return told


def may_read_first(here: Here, ref: str, *, is_sent_back: bool = False) -> bool:
    """Say whether a story waits here for which the person may be the second reader; or did, before one sent it back."""
    try:
        waiting_story(here, ref, is_sent_back=is_sent_back)
    except (Missing, Denied):
        return False
    return True


def was_taken_back(here: Here, ref: str) -> bool:
    """Say whether the person took this story of theirs back, before others saw it, to be a draft again."""
    query = (
        select(Item.id)
        .join(Story, Story.id == Item.id)
        .join(Post, and_(Post.item_id == Item.id, Post.number == 1))
        .where(
            Item.ref == ref,
            Item.space_id == here.space.id,
            Item.author_id == here.actor.id,
            Item.state == ItemState.WITHDRAWN,
            Post.state == PostState.REMOVED,
            Post.gone_by_id == here.actor.id,
        )
    )
    return ref.isprintable() and db.session.scalar(query) is not None


def why_not_verify(here: Here, item: Item) -> str:
    """Return "" when the person may say that the fix still works: whoever may try it. Else the sentence that says why not."""
    return "" if here.may(Can.TRY_STORY, item) else here.why_not(Can.TRY_STORY)


def is_key(story: Story, key: str) -> bool:
    """Say whether `key` changes a story that was told without a name. Both sides are hashes, so time says nothing of the key."""
    return story.key_hash is not None and story.key_hash in {hashed(key.strip()), hashed(as_written(key))}


def allow(why: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why:
        raise Denied(why)
