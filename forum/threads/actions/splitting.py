"""Splitting a thread: some of its posts go to a new thread, or to the end of another one of the space."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, false, or_, select

from forum.content.access import hold_item
from forum.content.models import Post, PostState
from forum.content.moving.actions import SEEN, move_posts
from forum.content.moving.following import concerned_watch
from forum.content.moving.models import PostMove
from forum.core.db import db, lock
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import now
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import KIND, held_thread
from forum.threads.actions import carrying, checked_title
from forum.threads.actions.merging import checked_reason, hold_both, tell_of, why_not_merge
from forum.threads.models import Section, Thread
from forum.threads.queries.splitting import Fate, fate_of_answer
from forum.web.words import _

MOST_TICKED = 500


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Posts of a thread: single ones by their number, and all from one on."""

    numbers: Collection[int] = field(default_factory=frozenset)
    all_from: int | None = None

    def which(self) -> ColumnElement[bool]:
        """Return the condition on `Post` that it is among them."""
        later = Post.number >= self.all_from if self.all_from is not None else false()
        return or_(Post.number.in_(sorted(self.numbers)), later)


def split(
    here: Here,
    thread: Thread,
    chosen: Chosen,
    *,
    title: str,
    section: Section,
    is_question: bool,
    reason: str,
    posts_url: Callable[[str], str],
    foreseen: Fate | None = None,
    at: datetime | None = None,
) -> PostMove:
    """Make a new thread of some posts. It is whoever's wrote the first of them, and from when that was written.

    `foreseen` is what was said to become of the accepted answer: if that has changed, nothing is moved.
    Raises Missing, Denied, RuleBroken, or Invalid for `posts`, `title`, `section`, `reason`.
    """
    here = guard.hold(here, Can.MOVE_ANY_THREAD)
    held_section = lock(Section, section.id)
    title, reason, at = checked_title(title), checked_reason(reason), at or now()
    if held_section is None or held_section.space_id != here.space.id:
        raise Invalid({"section": [_("Choose one of the sections of this space.")]})
    here, item = hold_item(here, thread.id, power=Can.MOVE_ANY_THREAD)
    held = held_thread(item)
    first = check_posts(item, chosen, begins=True)
    _check_answer(foreseen, fate_of_answer(held, chosen.which(), there=None, is_question=is_question))
    there = make_item(here.space, kind=KIND, title=title, author=None, audience=item.audience, at=first.created_at)
    there.author_id = first.author_id
    new = Thread(id=there.id, section_id=held_section.id, is_question=is_question)
    db.session.add(new)
    db.session.flush()
    return _move(here, held, new, item, there, chosen, reason=reason, posts_url=posts_url, at=at)


def move_into(
    here: Here,
    thread: Thread,
    chosen: Chosen,
    *,
    into: Thread,
    reason: str,
    posts_url: Callable[[str], str],
    foreseen: Fate | None = None,
    at: datetime | None = None,
) -> PostMove:
    """Put some posts at the end of another thread; `foreseen` as in `split`.

    Raises Missing, Denied, RuleBroken, or Invalid for `posts`, `into`, `reason`.
    """
    here = guard.hold(here, Can.MOVE_ANY_THREAD)
    reason, at = checked_reason(reason), at or now()
    here, item, there = hold_both(here, thread, into)
    if why := why_not_merge(item, there):
        raise RuleBroken(why)
    held, other = held_thread(item), held_thread(there)
    check_posts(item, chosen, begins=False)
    _check_answer(foreseen, fate_of_answer(held, chosen.which(), there=other, is_question=other.is_question))
    return _move(here, held, other, item, there, chosen, reason=reason, posts_url=posts_url, at=at)


def _move(
    here: Here,
    thread: Thread,
    other: Thread,
    item: Item,
    there: Item,
    chosen: Chosen,
    *,
    reason: str,
    posts_url: Callable[[str], str],
    at: datetime,
) -> PostMove:
    move = move_posts(
        item, there, chosen.which(), by=here.actor, reason=reason, posts_url=posts_url, is_whole=False, at=at
    )
    concerned_watch(item, there, move)
    carrying.carry_answer(thread, other, move)
    carrying.drop_summary_of_moved(thread, move)
    carrying.carry_edits(item, there, place=addresses.edit_place)
    carrying.carry_additions(item, there, move, posts_url=posts_url)
    tell_of(move, here, there, before=item.title, verb="split thread", at=at)
    return move


def _check_answer(foreseen: Fate | None, fate: Fate) -> None:
    if foreseen is not None and fate is not foreseen:
        raise RuleBroken(_("An answer was accepted, or is no more, meanwhile. Look again at what will happen."))


def check_posts(item: Item, chosen: Chosen, *, begins: bool) -> Post:
    """Return the first of the chosen posts; with `begins` a thread will begin with it. The thread is held, or only looked at before.

    Raises Invalid for `posts`.
    """
    if 1 in chosen.numbers or (chosen.all_from is not None and chosen.all_from <= 1):
        raise Invalid(
            {"posts": [_("The first post stays: a thread needs its beginning. Merge the whole thread instead.")]}
        )
    if len(chosen.numbers) > MOST_TICKED:
        raise Invalid({"posts": [_("Tick %(most)s posts at the most, or take all from one on.", most=MOST_TICKED)]})
    numbers = set(chosen.numbers)
    there = select(Post.number).where(Post.item_id == item.id, Post.number.in_(numbers), Post.state.in_(SEEN))
    gone = sorted(numbers - set(db.session.scalars(there)))
    if gone:
        raise Invalid(
            {
                "posts": [
                    _("Post %(number)s isn’t here any more. Look at what is ticked, and press again.", number=gone[0])
                ]
            }
        )
    first = select(Post).where(Post.item_id == item.id, chosen.which()).order_by(Post.number).limit(1)
    found = db.session.scalars(first).first()
    if found is None:
        raise Invalid({"posts": [_("Tick at least one post.")]})
    if begins and found.state is not PostState.PUBLISHED:
        raise Invalid(
            {"posts": [_("A thread can’t begin with a gap. Tick a post before it, or leave the gap where it is.")]}
        )
    return found
