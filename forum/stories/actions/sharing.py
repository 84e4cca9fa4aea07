"""Telling others: a story is shared with other spaces, or with the whole installation. Each runs inside `transaction()`.

What is shared is what was told, not what was written to it. Who sees it is asked of `visible_items`: withdrawn it is nowhere (E5).
"""

from collections.abc import Collection

from sqlalchemy import delete, select

from forum.content.models import Post, PostState
from forum.core.db import db, insert, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import Audience, Item, ItemShare, ItemState, Space, Visibility
from forum.spaces.policy import Can
from forum.spaces.queries.sharing import spaces_to_share_with
from forum.stories.access import allow, why_not_share
from forum.stories.actions import hold_story
from forum.stories.events import StoryGoesOut, StoryTakenOff
from forum.stories.models import Story
from forum.web.words import _


def share(here: Here, story_id: int, *, everywhere: bool = False, space_ids: Collection[int] = ()) -> int:
    """Let others read a story, and return for how many places that is new. Shared there already, nothing changes.

    Raises Missing, Denied, Invalid for `spaces`, RuleBroken for what isn't published, or told to organisers only.
    """
    here, item, story, post = hold_story(here, story_id)
    allow(why_not_share(here, item))
    _require_shareable(item, post)
    if not everywhere and not space_ids:
        raise Invalid({"spaces": [_("Choose with whom.")]})
    offered = {space.id: space for space in spaces_to_share_with(here.actor, item, Can.TELL_STORY, now())}
    if set(space_ids) - offered.keys():
        raise Invalid({"spaces": [_("Choose from the list: spaces in which you tell stories yourself.")]})
    wanted: list[Space | None] = [None] if everywhere else []
    wanted += [offered[space_id] for space_id in sorted(space_ids)]
    return sum(_share(here, item, story, space) for space in wanted)


def _share(here: Here, item: Item, story: Story, space: Space | None) -> bool:
    condition = ItemShare.space_id.is_(None) if space is None else ItemShare.space_id == space.id
    if db.session.scalar(select(ItemShare.id).where(ItemShare.item_id == item.id, condition)) is not None:
        return False
    put = insert(ItemShare).values(
        item_id=item.id, space_id=space and space.id, shared_by_id=here.actor.id, shared_at=now()
    )
    share_id = db.session.execute(put.returning(ItemShare.id)).scalar_one()
    _record("shared story", here, item, space)
    if space is not None:
        record("received story", actor=here.actor, space=space)
    if not story.is_unnamed:
        announce(StoryGoesOut(actor_id=here.actor.id, item_id=item.id, share_id=share_id))
    return True


def unshare(here: Here, story_id: int, *, share_id: int | None = None) -> int:
    """Let others read it no longer: in one place, or in all of them. Returns how many there were. Raises Missing, Denied."""
    here, item, _story, _post = hold_story(here, story_id)
    allow(why_not_share(here, item))
    condition = ItemShare.id == share_id if share_id is not None else ItemShare.id.is_not(None)
    there = db.session.scalars(select(ItemShare).where(ItemShare.item_id == item.id, condition).order_by(ItemShare.id))
    gone = there.all()
    for one in gone:
        space = db.session.get(Space, one.space_id) if one.space_id is not None else None
        _record("stopped sharing story", here, item, space)
        db.session.delete(one)
    db.session.flush()
    return len(gone)


def take_off(here: Here, story_id: int) -> None:
    """Let a story that was shared with this space by itself be read here no longer: by its organisers. Twice is once.

    Its author is told. What is shared with the whole installation can't be taken off one space. Raises Missing, Denied, RuleBroken.
    """
    item = lock(Item, story_id)
    here = guard.as_it_is_now(here)
    here.require(Can.KEEP_STORIES)
    if item is None or item.space_id == here.space.id or db.session.get(Story, story_id) is None:
        raise Missing
    shared = (ItemShare.item_id == item.id, ItemShare.space_id == here.space.id)
    if db.session.scalar(select(ItemShare.id).where(*shared)) is None:
        raise Missing
    db.session.execute(delete(ItemShare).where(*shared).execution_options(synchronize_session=False))
    record("took off story", actor=here.actor, space=here.space)
    if item.author_id is not None:
        announce(StoryTakenOff(actor_id=here.actor.id, item_id=item.id, space_id=here.space.id))


def _record(verb: str, here: Here, item: Item, space: Space | None) -> None:
    """Note it in the log of the story's own space, which doesn't name a private one (A3)."""
    if space is None:
        record(f"{verb} everywhere", actor=here.actor, space=here.space, item=item)
    elif space.visibility is Visibility.PRIVATE:
        record(f"{verb} elsewhere", actor=here.actor, space=here.space, item=item)
    else:
        record(verb, actor=here.actor, space=here.space, item=item, where=space.name)


def _require_shareable(item: Item, post: Post) -> None:
    if item.state is not ItemState.PUBLISHED or post.state is not PostState.PUBLISHED:
        raise RuleBroken(_("This isn’t published yet. It can be shared once everybody here can read it."))
    if item.audience is not Audience.SPACE:
        raise Denied(_("This was told to the organisers only, so it stays with them."))
