"""Telling together, and withdrawing. Each runs inside `transaction()`."""

from sqlalchemy import func, select

from forum.content.models import Post, PostState
from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.log import record
from forum.spaces.models import Item, ItemState, LogEntry, Membership
from forum.spaces.policy import POWERS, Can
from forum.stories.access import allow, why_not_withdraw
from forum.stories.actions import hold_story
from forum.stories.events import StoryShared, StoryWithdrawn
from forum.stories.models import CoAuthor, Story
from forum.web.words import _

MOST_TOGETHER = 8


def add_author(here: Here, story_id: int, *, person_id: int) -> None:
    """Let a member tell the story too: they change it as its author does, and are told. Twice is once.

    Raises Missing, Denied, Invalid for `person`, RuleBroken for one that was told without a name.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(_why_not_share(here, item, story))
    if person_id == item.author_id or not _may_tell(here, person_id):
        raise Invalid({"person": [_("Choose a member who can write here.")]})
    if db.session.get(CoAuthor, (item.id, person_id)) is not None:
        return
    many = db.session.scalar(select(func.count()).select_from(CoAuthor).where(CoAuthor.story_id == item.id)) or 0
    if many >= MOST_TOGETHER:
        raise Invalid({"person": [_("%(most)s tell it with you already. That is as many as go.", most=MOST_TOGETHER)]})
    db.session.add(CoAuthor(story_id=item.id, person_id=person_id))
    db.session.flush()
    announce(StoryShared(actor_id=here.actor.id, item_id=item.id, person_id=person_id))


def drop_author(here: Here, story_id: int, *, person_id: int) -> None:
    """Let somebody tell it no longer: by its author, or by themselves. Raises Missing, Denied."""
    here, item, story, _post = hold_story(here, story_id)
    if person_id != here.actor.id:
        allow(_why_not_share(here, item, story))
    row = db.session.get(CoAuthor, (item.id, person_id))
    if row is not None:
        db.session.delete(row)


def withdraw(here: Here, story_id: int, *, reason: str = "") -> None:
    """Withdraw a story, everywhere it was shared with (E5). Who withdraws another's says why, and its author is told.

    Raises Missing, Denied, Invalid for `reason`.
    """
    here, item, story, _post = hold_story(here, story_id)
    allow(why_not_withdraw(here, item))
    is_own = item.author_id == here.actor.id
    if not is_own and not reason:
        raise Invalid({"reason": [_("Say why. The reason stands in the log, and in the mail to who told it.")]})
    if item.state is not ItemState.PUBLISHED:
        raise RuleBroken(_("It isn’t published yet. Take it back where it waits."))
    item.state = ItemState.WITHDRAWN
    entry = record("withdrew story", actor=here.actor, space=here.space, item=item, reason=reason)
    db.session.flush()
    if not is_own and not story.is_unnamed:
        announce(StoryWithdrawn(actor_id=here.actor.id, item_id=item.id, log_id=entry.id))


def end_removed(item: Item, _actor_id: int) -> None:
    """Let a story whose text is removed be nowhere: its title says what it was (A5)."""
    item.state = ItemState.WITHDRAWN


def put_back(here: Here, story_id: int) -> None:
    """Let a withdrawn story be read again, where it was read before. Its author can't undo what an organiser did.

    What its nameless author withdrew with their key stays withdrawn, and what was never published isn't published so.
    Raises Missing, Denied, RuleBroken. Published already, nothing changes.
    """
    item = lock(Item, story_id)
    here = as_it_is_now(here)
    if item is None or item.space_id != here.space.id:
        raise Missing
    if item.state is not ItemState.WITHDRAWN:
        return
    allow(why_not_withdraw(here, item))
    state = db.session.scalar(select(Post.state).where(Post.item_id == item.id, Post.number == 1))
    if state is PostState.HELD:
        raise RuleBroken(_("Nobody has read this story yet, so it can’t be put back."))
    if state is not PostState.PUBLISHED:
        raise RuleBroken(_("What this story said was removed, so it can’t be put back."))
    if db.session.get_one(Story, item.id).is_unnamed and _is_withdrawn_by_key(item):
        raise RuleBroken(_("Whoever told this withdrew it with their key. Only they decide about that."))
    if not here.may(Can.KEEP_STORIES) and _withdrawn_by(item) != here.actor.id:
        raise RuleBroken(_("An organiser withdrew this story. Ask one to put it back."))
    item.state = ItemState.PUBLISHED
    record("put back story", actor=here.actor, space=here.space, item=item)


def _withdrawn_by(item: Item) -> int | None:
    query = select(LogEntry.actor_id).where(LogEntry.item_id == item.id, LogEntry.verb == "withdrew story")
    return db.session.scalar(query.order_by(LogEntry.id.desc()).limit(1))


def _is_withdrawn_by_key(item: Item) -> bool:
    """A key leaves no entry in the log: the last that is there, if any, is that an organiser put it back."""
    verbs = ("withdrew story", "put back story")
    query = select(LogEntry.verb).where(LogEntry.item_id == item.id, LogEntry.verb.in_(verbs))
    return db.session.scalar(query.order_by(LogEntry.id.desc()).limit(1)) != "withdrew story"


def _why_not_share(here: Here, item: Item, story: Story) -> str:
    if story.is_unnamed:
        return _("This was told without a name, so nobody can be named beside it.")
    if not here.may(Can.TELL_STORY):
        return here.why_not(Can.TELL_STORY)
    return "" if item.author_id == here.actor.id else _("Whoever told the story asks others into it.")


def _may_tell(here: Here, person_id: int) -> bool:
    query = (
        select(Membership.role)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == here.space.id,
            Membership.person_id == person_id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )
    role = db.session.scalar(query)
    return role is not None and Can.TELL_STORY in POWERS[role]
