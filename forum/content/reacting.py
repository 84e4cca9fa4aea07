"""Saying something about a post with one press: thanks, same here, it worked, it didn't. Each is said once by each person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, delete, func, select

from forum.content.access import hold_item
from forum.content.models import Post, PostState, Reaction, ReactionKind
from forum.core.db import db, insert
from forum.core.errors import Missing, RuleBroken
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWER
from forum.web.words import _

POWER: Mapping[ReactionKind, Can] = {
    ReactionKind.THANKS: Can.REACT,
    ReactionKind.SAME_HERE: Can.SAY_SAME_HERE,
    ReactionKind.WORKED: Can.REACT,
    ReactionKind.FAILED: Can.REACT,
}
OPPOSITE = {ReactionKind.WORKED: ReactionKind.FAILED, ReactionKind.FAILED: ReactionKind.WORKED}


@dataclass(frozen=True, kw_only=True)
class Said:
    """How many people said something about a post, and whether the reader is one of them."""

    people: int = 0
    by_me: bool = False


def react(here: Here, post: Post, kind: ReactionKind) -> None:
    """Say `kind` about a post. Said already, nothing changes; "it worked" takes the place of "it didn't", and the other way.

    Use inside `transaction()`. Raises Missing, Denied, RuleBroken.
    """
    here = _hold(here, post, kind)
    held = db.session.get_one(Post, post.id)
    if held.author_id == here.actor.id:
        raise RuleBroken(_("You wrote this post. What it is worth is for others to say."))
    if kind in OPPOSITE:
        _take(held, here.actor, OPPOSITE[kind])
    values = {"post_id": held.id, "person_id": here.actor.id, "kind": kind, "at": now()}
    db.session.execute(insert(Reaction).values(values).on_conflict_do_nothing())


def take_back(here: Here, post: Post, kind: ReactionKind) -> None:
    """Take back what one said about a post; not said, nothing changes. Use inside `transaction()`. Raises Missing, Denied."""
    here = _hold(here, post, kind)
    _take(post, here.actor, kind)


def _hold(here: Here, post: Post, kind: ReactionKind) -> Here:
    """Hold the post's item, and look again whether the post can be seen and the person may say this."""
    here, item = hold_item(here, post.item_id, power=POWER[kind])
    held = db.session.get(Post, post.id, populate_existing=True)
    if held is None or held.item_id != item.id or held.state is not PostState.PUBLISHED:
        raise Missing
    return here


def _take(post: Post, person: Person, kind: ReactionKind) -> None:
    db.session.execute(
        delete(Reaction).where(Reaction.post_id == post.id, Reaction.person_id == person.id, Reaction.kind == kind)
    )


def said_of(item: Item, viewer: Person, *, after: int, size: int) -> dict[int, dict[ReactionKind, Said]]:
    """Return what was said of the posts numbered `after` + 1 to `after` + `size`, by number and kind, in one query."""
    values = {"item_id": item.id, "after": after, "size": size, "viewer_id": viewer.id}
    found: dict[int, dict[ReactionKind, Said]] = {}
    for number, kind, people, by_me in db.session.execute(said_on_page(), values):
        found.setdefault(number, {})[kind] = Said(people=people, by_me=bool(by_me))
    return found


@prepared
def said_on_page() -> Select[*tuple[Any, ...]]:
    """Return the query behind `said_of`, to be asked alone or with another (`forum.content.around`)."""
    after, size = bindparam("after", type_=Integer), bindparam("size", type_=Integer)
    by_me = func.max(case((Reaction.person_id == VIEWER, 1), else_=0))
    return (
        select(Post.number, Reaction.kind, func.count(), by_me)
        .join(Post, Post.id == Reaction.post_id)
        .where(
            Post.item_id == bindparam("item_id"),
            Post.number > after,
            Post.number <= after + size,
            Post.state == PostState.PUBLISHED,
        )
        .group_by(Post.number, Reaction.kind)
    )


def who_said(item: Item, number: int, *, most: int) -> dict[ReactionKind, Sequence[str]]:
    """Return who said something about a post of an item, by kind, the first to say it first: at most `most` names in all."""
    rows = db.session.execute(
        select(Reaction.kind, Person.name)
        .join(Person, Person.id == Reaction.person_id)
        .join(Post, Post.id == Reaction.post_id)
        .where(Post.item_id == item.id, Post.number == number, Post.state == PostState.PUBLISHED)
        .order_by(Reaction.at, Person.id)
        .limit(most)
    )
    found: dict[ReactionKind, list[str]] = {}
    for kind, name in rows:
        found.setdefault(kind, []).append(name)
    return dict(found)
