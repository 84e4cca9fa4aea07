"""Loading a story and authorising are one step; who may change one, and why not."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Select, and_, bindparam, select

from forum.content.models import Post, PostState
from forum.content.order.holding import why_not_change as why_held
from forum.core.db import db
from forum.core.errors import Denied, Missing
from forum.core.secrets import hashed
from forum.core.time import now
from forum.roster.queries.book import who_holds
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.stories.models import CoAuthor, Story
from forum.web.words import _


@dataclass(frozen=True)
class Told:
    """A story that somebody was let into: its row, its item, and the post that holds its text."""

    story: Story
    item: Item
    post: Post


def story_for(here: Here, ref: str) -> Told:
    """Load the story at `ref` in this space. Raises Missing when the person can't see it, it is gone, or stands elsewhere (A1, A2)."""
    values = {**viewing(here.actor, now()), "space_id": here.space.id, "ref": ref}
    row = db.session.execute(_visible_story(), values).one_or_none() if ref.isprintable() else None
    if row is None:
        raise Missing
    return Told(*row)


@cache
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


def held_story(item: Item) -> Story:
    """Read anew the story of an item that is held. Raises Missing for an item of another kind."""
    story = db.session.get(Story, item.id, populate_existing=True)
    if story is None:
        raise Missing
    return story


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


def keeper_of(story: Story) -> int | None:
    """Return who keeps the fix true now: its holder, or whoever holds the duty that does."""
    if story.duty_id is None:
        return story.holder_id
    try:
        return who_holds(story.duty_id, now()).person_id
    except KeyError:
        return None


def why_not_verify(here: Here, item: Item) -> str:
    """Return "" when the person may say that the fix still works: whoever may try it. Else the sentence that says why not."""
    return "" if here.may(Can.TRY_STORY, item) else here.why_not(Can.TRY_STORY)


def is_key(story: Story, key: str) -> bool:
    """Say whether `key` changes a story that was told without a name. Both sides are hashes, so time says nothing of the key."""
    return story.key_hash is not None and story.key_hash == hashed(key.strip())


def allow(why: str) -> None:
    """Raise Denied with the reason, if there is one."""
    if why:
        raise Denied(why)
