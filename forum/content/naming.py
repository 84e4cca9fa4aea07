"""Whom a text may name, and how it becomes what is stored."""

import re
from collections.abc import Collection

from sqlalchemy import Select, func, select

from forum.content.attachments.queries import pictures_for
from forum.content.attachments.told import NOTHING, Told
from forum.content.models import Post, PostState
from forum.content.moving.queries import authors_of_moved
from forum.content.visible import Seen, seen_in
from forum.core.db import db
from forum.core.errors import Invalid
from forum.core.markup import Names, Rendered, candidates, names_in
from forum.core.text import APOSTROPHES, folded
from forum.people.models import Department, Person, PersonState
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here
from forum.spaces.models import Membership, Space
from forum.web.turns import lay_out
from forum.web.words import _

SUGGESTED = 8
MOST_LOOKED_AT = 5000
MENTION = re.compile(r'<a (?=[^>]*class="mention")[^>]*href="/people/([^"]+)"')
QUOTED = re.compile(r'<figcaption><a (?=[^>]*>)[^>]*href="[^"]*/(\d+)"')
NO_LETTERS = re.compile(r"[\W_]+")


def text_for(
    space: Space,
    source: str,
    *,
    author: Person | None = None,
    item_id: int | None = None,
    posts_url: str = "",
    told: Told = NOTHING,
    field: str = "body",
) -> Rendered:
    """Render what somebody typed in `space`: members can be named, posts of the item quoted, pictures of `author` shown.

    `told` is what the form says of the pictures. Takes time, so it is called before the transaction. Raises Invalid for `field`.
    """
    handles, numbers = candidates(source)
    people = _members_named(space, handles) if handles else {}
    called = _members_called(space, whole) if (whole := names_in(source)) else {}
    people |= {handle: name for name, handle in called.items()}
    posts = _authors_of(space, item_id, numbers) if item_id is not None and numbers else {}
    pictures = pictures_for(source, space=space, author=author, item_id=item_id, told=told) if author else {}
    names = Names(people=people, called=called, posts=posts, posts_url=posts_url, pictures=pictures)
    text = lay_out(source, names=names, name=field)
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


def handles_in(html: str) -> set[str]:
    """Return the handles of whom a rendered text names."""
    return set(MENTION.findall(html))


def numbers_in(html: str) -> set[int]:
    """Return the numbers of the posts that a rendered text quotes."""
    return {int(number) for number in QUOTED.findall(html)}


def suggestions(space: Space, begun: str, *, here: Here | None = None) -> list[dict[str, str]]:
    """Return up to eight members of whose name a part begins with `begun`, or whose handle does (A3: members only).

    Parts begin after spaces, hyphens and apostrophes, and letters count without their marks. No database folds "Ł", so the names of
    the members, at most MOST_LOOKED_AT, are compared here. Of who is away it tells `here` who covers.
    """
    query = (
        _members(space)
        .with_only_columns(Person.id, Person.handle, Person.name, Department.name.label("department"))
        .outerjoin(Department, Department.id == Person.department_id)
        .order_by(Person.name, Person.id)
        .limit(MOST_LOOKED_AT if begun else SUGGESTED)
    )
    found = [(row, _fit(begun, name=row.name, handle=row.handle)) for row in db.session.execute(query)]
    best = sorted((pair for pair in found if pair[1] is not None), key=lambda pair: pair[1] or 0)
    shown = [row for row, _fits in best[:SUGGESTED]]
    away = stand_ins(here, [row.id for row in shown]) if here else {}
    return [
        {
            "handle": row.handle,
            "name": row.name,
            "department": row.department or "",
            **({"away": away[row.id].sentence} if row.id in away else {}),
        }
        for row in shown
    ]


def _fit(begun: str, *, name: str, handle: str) -> int | None:
    """Return how well what was begun fits somebody: 0 the beginning of the name or handle, 1 another part, None not at all."""
    if not begun or handle.startswith(begun.lower()):
        return 0
    wanted = _spaced(APOSTROPHES.sub("", folded(begun)))
    if not wanted:
        return None
    whole, parted = _spaced(APOSTROPHES.sub("", folded(name))), _spaced(folded(name))
    if whole.startswith(wanted):
        return 0
    return 1 if f" {wanted}" in whole or f" {wanted}" in parted else None


def _spaced(text: str) -> str:
    """Return the words of a folded text with one space between them."""
    return " ".join(NO_LETTERS.sub(" ", text).split())


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


def _members_called(space: Space, names: Collection[str]) -> dict[str, str]:
    """Return the handles of members by their whole names. Of two who share a name nobody knows which is meant: neither."""
    query = _members(space).with_only_columns(Person.name, func.min(Person.handle)).where(Person.name.in_(names))
    query = query.group_by(Person.name).having(func.count() == 1)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _authors_of(space: Space, item_id: int, numbers: Collection[int]) -> dict[int, str]:
    """Return the names of those who wrote posts with these numbers. One that was moved can still be quoted by the number it had."""
    query = (
        select(Post.number, Person.name)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(Post.item_id == item_id, Post.number.in_(numbers), Post.state == PostState.PUBLISHED)
    )
    found = {row[0]: row[1] for row in db.session.execute(query)}
    if elsewhere := set(numbers) - found.keys():
        found |= authors_of_moved(space, item_id, elsewhere)
    return {number: name or _("Former member") for number, name in found.items()}
