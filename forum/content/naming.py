"""Whom a text may name, and how it becomes what is stored."""

from collections.abc import Collection

from sqlalchemy import Select, or_, select

from forum.content.models import Post, PostState
from forum.content.visible import Seen, seen_in
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.markup import Names, Rendered, candidates
from forum.people.models import Department, Person, PersonState
from forum.spaces.models import Membership, Space
from forum.web.turns import lay_out
from forum.web.words import _

SUGGESTED = 8


def text_for(
    space: Space, source: str, *, item_id: int | None = None, posts_url: str = "", field: str = "body"
) -> Rendered:
    """Render what somebody typed in `space`: members can be named, posts of the item can be quoted.

    Takes time, so it is called before the transaction. Raises Invalid for `field`.
    """
    handles, numbers = candidates(source)
    people = _members_named(space, handles) if handles else {}
    posts = _authors_of(item_id, numbers) if item_id is not None and numbers else {}
    text = lay_out(source, names=Names(people=people, posts=posts, posts_url=posts_url), name=field)
    _check_seen(text, field=field)
    return text


def _check_seen(text: Rendered, *, field: str) -> None:
    seen = seen_in(text.html)
    if seen is Seen.QUOTE:
        raise Invalid({field: [_("So far this is only a quote. Write below it what you want to say about it.")]})
    if seen is Seen.NOTHING:
        raise Invalid({field: [_("Write something first: there is nothing in this that anybody could read.")]})


def ids_of(space: Space, handles: Collection[str]) -> set[int]:
    """Return the ids of those who answer to `handles` and are members of `space` now."""
    if not handles:
        return set()
    return set(db.session.scalars(_members(space).with_only_columns(Person.id).where(Person.handle.in_(handles))))


def suggestions(space: Space, begun: str) -> list[dict[str, str]]:
    """Return up to eight members whose name has a word that begins with `begun`, or whose handle does (A3: members only)."""
    query = (
        _members(space)
        .with_only_columns(Person.handle, Person.name, Department.name.label("department"))
        .outerjoin(Department, Department.id == Person.department_id)
        .order_by(Person.name, Person.id)
        .limit(SUGGESTED)
    )
    if begun:
        starts = Person.name.istartswith(begun, autoescape=True)
        word = Person.name.icontains(f" {begun}", autoescape=True)
        query = query.where(or_(starts, word, Person.handle.istartswith(begun, autoescape=True)))
    return [
        {"handle": handle, "name": name, "department": department or ""}
        for handle, name, department in db.session.execute(query)
    ]


def _members(space: Space) -> Select[Person]:
    return (
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.space_id == space.id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )


def _members_named(space: Space, handles: Collection[str]) -> dict[str, str]:
    query = _members(space).with_only_columns(Person.handle, Person.name).where(Person.handle.in_(handles))
    return {row.handle: row.name for row in db.session.execute(query)}


def _authors_of(item_id: int, numbers: Collection[int]) -> dict[int, str]:
    query = (
        select(Post.number, Person.name)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Post.item_id == item_id, Post.number.in_(numbers), Post.state == PostState.PUBLISHED)
    )
    return {number: name or _("Former member") for number, name in db.session.execute(query)}
