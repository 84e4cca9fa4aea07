"""Telling without a name (E3). What is told lies in a box until another day, and comes out with all the others, in no order.

Nothing here writes who did it, nor a time finer than a day. See docs/decisions/0035-stories.md.
"""

import secrets
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from forum.content.actions import name_people, take_number
from forum.content.models import Attachment, Draft, Post, PostRevision, PostState
from forum.content.naming import handles_in, ids_of
from forum.content.order.holding import why_held_now
from forum.core.apart import apart
from forum.core.db import db, insert, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.markup import Rendered
from forum.core.secrets import hashed
from forum.core.time import today
from forum.roster.keeping import A_QUARTER
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.policy import Can
from forum.stories.access import is_key
from forum.stories.actions import (
    Telling,
    checked_audience,
    checked_title,
    require_no_blame,
    write_held,
)
from forum.stories.actions.beginning import announce_begun, asks_reader
from forum.stories.models import KIND, Story, StoryKind, Unnamed, Waiting
from forum.stories.parts import read
from forum.web.words import _

FEW = 15
"""Members of a space that is so small that people may guess who told something."""

MOST_WAITING = 30


class WrongKey(RuleBroken):
    """The key is another story's, or nobody's."""

    def __init__(self) -> None:
        super().__init__(_("That key doesn’t open this story. Check that all of it is there."))


def why_not_unnamed(here: Here) -> str:
    """Return "" when the person may tell without a name now, else why not: what is held would have to be shown with a name."""
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    if why_held_now(here) is not None:
        return _(
            "What you write here is looked at by an organiser first, and they would have to see who wrote it. "
            "Tell it with your name, or ask somebody to tell it for you."
        )
    return ""


def tell_unnamed(here: Here, telling: Telling, *, key: str, places: Collection[str]) -> str:
    """Put a story into the box, and return the ref that it will have. A second press with the same key gives the first one's.

    `places` are where its author may have begun it with their name: those drafts are deleted, not emptied, and what was attached there
    with them. Raises Missing, Denied, RuleBroken, Invalid for `title`, NamesSomebody.
    """
    here = guard.hold(here, Can.TELL_STORY)
    why = why_not_unnamed(here)
    if why:
        raise RuleBroken(why)
    title = checked_title(telling.title)
    require_no_blame(here, {"title": title, **read(telling.text.source)}, confirmed=telling.confirmed)
    values = {
        "space_id": here.space.id,
        "title": title,
        "source": telling.text.source,
        "html": telling.text.html,
        "renderer": telling.text.renderer,
        "kind": telling.kind,
        "audience": checked_audience(telling.audience),
        "told_on": today(here.space.zone),
        "key_hash": hashed(key),
    }
    published = select(Item.ref).join(Story, Story.id == Item.id).where(Story.key_hash == values["key_hash"])
    there = db.session.scalar(published)
    if there is not None:
        return there
    waiting = select(func.count()).select_from(Unnamed).where(Unnamed.space_id == here.space.id)
    if (db.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleBroken(_("Many stories are told here without a name just now. Keep yours, and try again tomorrow."))
    db.session.execute(insert(Unnamed).values(**values).on_conflict_do_nothing(index_elements=[Unnamed.key_hash]))
    db.session.execute(delete(Draft).where(Draft.person_id == here.actor.id, Draft.place.in_(places)))
    db.session.execute(delete(Attachment).where(Attachment.person_id == here.actor.id, Attachment.place.in_(places)))
    return db.session.scalars(select(Unnamed.ref).where(Unnamed.key_hash == values["key_hash"])).one()


def publish_unnamed() -> None:
    """Publish what was told without a name on an earlier day: all of it, in no order. A worker does it once an hour."""
    for space in db.session.scalars(select(Space).join(Unnamed, Unnamed.space_id == Space.id).distinct()).all():
        this = today(space.zone)
        boxed = select(Unnamed.ref).where(Unnamed.space_id == space.id, Unnamed.told_on < this)
        refs = list(db.session.scalars(boxed))
        secrets.SystemRandom().shuffle(refs)
        for ref in refs:
            with apart("the story told without a name", ref):
                _publish(ref, on=this)


def _publish(ref: str, *, on: date) -> None:
    boxed = lock(Unnamed, ref)
    if boxed is None:
        return
    space = db.session.get_one(Space, boxed.space_id)
    at = first_second(on, space)
    waits = asks_reader(space.id)
    item = make_item(
        space,
        kind=KIND,
        title=boxed.title,
        author=None,
        state=ItemState.DRAFT if waits else ItemState.PUBLISHED,
        audience=boxed.audience,
        at=at,
    )
    item.ref = boxed.ref
    db.session.add(Story(id=item.id, kind=boxed.kind, key_hash=boxed.key_hash, due_on=on + A_QUARTER, skipped=""))
    post = Post(
        item_id=item.id,
        number=take_number(item, author_id=None, at=at),
        state=PostState.HELD if waits else PostState.PUBLISHED,
        source=boxed.source,
        html=boxed.html,
        renderer=boxed.renderer,
        created_at=at,
    )
    db.session.add(post)
    db.session.delete(boxed)
    db.session.flush()
    if waits:
        db.session.add(Waiting(story_id=item.id, since=at, note=""))
        return
    name_people(post, ids_of(space, handles_in(post.html)))
    announce_begun(item, post.id)


def first_second(day: date, space: Space) -> datetime:
    """Return the moment at which a day begins in a space: all that is ever said of when something was written without a name."""
    return datetime.combine(day, time(), ZoneInfo(space.zone)).astimezone(UTC)


def rewrite(  # every part of the form
    here: Here,
    story_id: int,
    *,
    key: str,
    title: str,
    text: Rendered,
    kind: StoryKind,
    version: int,
    confirmed: Collection[str] = (),
) -> bool:
    """Change a story with its key. What it said before stays in its history, by nobody, on that day. The key decides, not `here`.

    False: somebody changed it since `version`. Raises Missing, WrongKey, Invalid for `title`, NamesSomebody.
    """
    space = here.space
    item, story, post = _opened(space, story_id, key)
    title = checked_title(title)
    if post.version != version:
        return False
    before = {"title": item.title, **read(post.source)}
    require_no_blame(here, {"title": title, **read(text.source)}, confirmed=confirmed, before=before)
    at = first_second(today(space.zone), space)
    item.title, story.kind = title, kind
    if post.state is PostState.HELD:
        write_held(post, text, version=version)
        _ask_again(item)
    elif post.source != text.source:
        db.session.add(
            PostRevision(
                post_id=post.id,
                version=post.version,
                source=post.source,
                html=post.html,
                renderer=post.renderer,
                written_at=post.edited_at or post.created_at,
            )
        )
        post.source, post.html, post.renderer = text.source, text.html, text.renderer
        post.version, post.edited_at = post.version + 1, max(at, post.created_at)
    item.version += 1
    return True


def withdraw_unnamed(space: Space, story_id: int, *, key: str) -> None:
    """Withdraw a story with its key, everywhere (E5). Raises Missing, WrongKey."""
    item, _story, _post = _opened(space, story_id, key)
    item.state = ItemState.WITHDRAWN
    db.session.execute(delete(Waiting).where(Waiting.story_id == item.id))


def _ask_again(item: Item) -> None:
    """Let what a second reader sent back wait for one again: with the day it has, and no other time."""
    wait = db.session.get_one(Waiting, item.id, populate_existing=True)
    wait.sent_back_at, wait.sent_back_by_id, wait.note = None, None, ""


def _opened(space: Space, story_id: int, key: str) -> tuple[Item, Story, Post]:
    item = lock(Item, story_id)
    story = db.session.get(Story, story_id, populate_existing=True)
    post = db.session.scalar(select(Post).where(Post.item_id == story_id, Post.number == 1))
    ways = {(ItemState.PUBLISHED, PostState.PUBLISHED), (ItemState.DRAFT, PostState.HELD)}
    if item is None or item.space_id != space.id or story is None or post is None:
        raise Missing
    if (item.state, post.state) not in ways:
        raise Missing
    if not is_key(story, key):
        raise WrongKey
    return item, story, post


def boxed_until(space: Space) -> date:
    """Return the day on which what is told without a name today is published."""
    return today(space.zone) + timedelta(days=1)
