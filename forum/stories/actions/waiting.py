"""Before others see a story: a second reader where the space asks for one, and the time that its author wished to sleep on it.

A story that waits is a draft: an item that `visible_items` shows to its author only, with a held first post; so it is nowhere (A5).
Each runs inside `transaction()`.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from forum.content.actions import Overtaken
from forum.content.models import Post, PostState
from forum.content.order.approving import end_held, publish_held
from forum.content.order.holding import wait_for_organisers, why_held_now
from forum.core.apart import apart
from forum.core.db import db, insert, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import guard
from forum.spaces.guard import Here, as_it_is_now, here_for
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item, ItemState, LogAudience, Space
from forum.spaces.policy import Can
from forum.stories.access import allow, why_not_change, why_not_second_read
from forum.stories.actions import first_post
from forum.stories.actions.beginning import announce_begun, asks_reader
from forum.stories.addresses import tell_place
from forum.stories.events import StoryPassed, StorySentBack
from forum.stories.models import SpaceRule, Waiting
from forum.web.words import _

AT_ONCE = 100
TRIED_AGAIN = timedelta(days=14)


def ask_for_reader(here: Here, *, asks: bool) -> None:
    """Let a space ask for a second reader of each story, or not any more. Raises Missing, Denied."""
    here = guard.hold(here, Can.KEEP_STORIES)
    if asks_reader(here.space.id) == asks:
        return
    put = insert(SpaceRule).values(space_id=here.space.id, asks_reader=asks)
    db.session.execute(put.on_conflict_do_update(index_elements=[SpaceRule.space_id], set_={"asks_reader": asks}))
    record("asked for second reader" if asks else "asks for no second reader", actor=here.actor, space=here.space)


def pass_on(here: Here, story_id: int, *, version: int, item_version: int) -> Item:
    """Publish what one has read as its second reader. Its authors are told; who did it stands in the log.

    Raises Missing, Denied, Overtaken when it was changed since, RuleBroken when it waits no longer.
    """
    here, item, post = _hold_to_read(here, story_id)
    if (post.version, item.version) != (version, item_version):
        raise Overtaken
    _publish(_author_of(here.space, item), item, post)
    if item.state is ItemState.PUBLISHED:
        record("passed story", actor=here.actor, space=here.space, item=item)
        announce(StoryPassed(actor_id=here.actor.id, item_id=item.id))
    return item


def send_back(here: Here, story_id: int, *, note: str) -> None:
    """Send a story back to who told it, with what is to be thought of. Raises Missing, Denied, Invalid for `note`, RuleBroken."""
    here, item, _post = _hold_to_read(here, story_id)
    note = one_line(note)
    if not note:
        raise Invalid({"note": [_("Say what is to be changed, so that it can be.")]})
    if len(note) > REASON_LENGTH:
        raise Invalid({"note": [_("Keep it under %(most)s characters.", most=REASON_LENGTH)]})
    wait = db.session.get_one(Waiting, item.id, populate_existing=True)
    wait.sent_back_at, wait.sent_back_by_id, wait.note = now(), here.actor.id, note
    record("sent back story", actor=here.actor, space=here.space, audience=LogAudience.ORGANISERS)
    announce(StorySentBack(actor_id=here.actor.id, item_id=item.id))


def ask_again(here: Here, story_id: int) -> None:
    """Let a story that was sent back wait for a second reader again. Raises Missing, Denied."""
    _here, _item, wait = _hold_own(here, story_id)
    wait.sent_back_at, wait.sent_back_by_id, wait.note, wait.since = None, None, "", now()


def publish_now(here: Here, story_id: int) -> Item:
    """Publish one's own story that was to be published later; where the space asks for a second reader it waits for one now.

    A second press gives back the same. Raises Missing, Denied, and RuleBroken for one that waits for a second reader already.
    """
    there = lock(Item, story_id)
    if there is not None and _is_own(here, there) and there.state is ItemState.PUBLISHED:
        return there
    here, item, wait = _hold_own(here, story_id)
    if wait.publish_at is None and asks_reader(here.space.id):
        raise RuleBroken(_("Here somebody else reads a story before it is published: not who told it."))
    _go_on(here, item, wait)
    return item


def take_back(here: Here, story_id: int) -> None:
    """Let a story that waits be a draft of its author's again, to be told anew. Raises Missing, Denied."""
    here, item, wait = _hold_own(here, story_id)
    post = first_post(item)
    end_held(here, item, post, reason="", place=tell_place(here.space))
    db.session.delete(wait)
    db.session.flush()


def publish_due() -> None:
    """Publish what was to be published by now. A worker does it once an hour; two publish no more than one."""
    due = select(Waiting.story_id).where(Waiting.publish_at <= now()).order_by(Waiting.publish_at).limit(AT_ONCE)
    for story_id in db.session.scalars(due).all():
        with apart("the story to be published", story_id):
            _publish_due(story_id)


def _publish_due(story_id: int) -> None:
    item = lock(Item, story_id)
    wait = db.session.get(Waiting, story_id, populate_existing=True)
    if item is None or item.state is not ItemState.DRAFT or wait is None or not _is_due(wait, now()):
        return
    try:
        here = _author_of(db.session.get_one(Space, item.space_id), item)
    except Missing:  # who told it may tell nothing here any more: it stays what it is, a draft
        wait.publish_at = now() + TRIED_AGAIN
        return
    assert here is not None  # told without a name it has no time of its own
    _go_on(here, item, wait)


def _is_due(wait: Waiting, at: datetime) -> bool:
    return wait.publish_at is not None and wait.publish_at <= at


def _go_on(here: Here, item: Item, wait: Waiting) -> None:
    """After its time of rest a story is published, or waits for a second reader where the space asks for one."""
    if asks_reader(here.space.id):
        wait.publish_at, wait.since = None, now()
        return
    post = first_post(item)
    _publish(here, item, post)


def _publish(author: Here | None, item: Item, post: Post) -> None:
    """Let everybody read it, as if it had been told now. What a held member tells waits for an organiser then."""
    db.session.delete(db.session.get_one(Waiting, item.id))
    at = now()
    why = why_held_now(author) if author is not None else None
    if author is not None and why is not None:
        item.state = ItemState.HELD
        wait_for_organisers(author, post, why=why, at=at)
        return
    if author is None:  # without a name: it keeps its day, and no time (E3)
        at = item.created_at
    publish_held(db.session.get_one(Space, item.space_id), item, post, at=at)
    announce_begun(item, post.id)


def _author_of(space: Space, item: Item) -> Here | None:
    """Return who told a story as they stand in its space now, None without a name. Raises Missing for who may tell nothing here."""
    if item.author_id is None:
        return None
    author = db.session.get(Person, item.author_id)
    if author is None or not author.is_active:
        raise Missing
    here = here_for(author, space.slug)
    if not here.may(Can.TELL_STORY):
        raise Missing
    return here


def _hold_to_read(here: Here, story_id: int) -> tuple[Here, Item, Post]:
    item = lock(Item, story_id)
    here = as_it_is_now(here)
    first = db.session.scalar(select(Post.id).where(Post.item_id == story_id, Post.number == 1))
    post = lock(Post, first) if first is not None else None
    if item is None or item.space_id != here.space.id or post is None:
        raise Missing
    allow(why_not_second_read(here, item))
    wait = db.session.get(Waiting, story_id, populate_existing=True)
    if item.state is not ItemState.DRAFT or post.state is not PostState.HELD or wait is None:
        raise RuleBroken(_("It waits no longer: somebody else has read it, or it was taken back."))
    if wait.publish_at is not None or wait.sent_back_at is not None:
        raise Missing
    _author_of(here.space, item)
    return here, item, post


def _is_own(here: Here, item: Item) -> bool:
    return item.space_id == here.space.id and item.author_id == here.actor.id


def _hold_own(here: Here, story_id: int) -> tuple[Here, Item, Waiting]:
    item = lock(Item, story_id)
    here = as_it_is_now(here)
    wait = db.session.get(Waiting, story_id, populate_existing=True)
    if item is None or not _is_own(here, item) or wait is None or item.state is not ItemState.DRAFT:
        raise Missing
    allow(why_not_change(here, item))
    return here, item, wait
