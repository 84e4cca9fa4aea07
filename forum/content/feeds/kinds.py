"""What can be followed wherever there are posts: everything in one's spaces, a space, a conversation."""

from collections.abc import Collection, Mapping

from flask import url_for
from sqlalchemy import select

from forum.content.feeds.entries import is_member, stands_in
from forum.content.feeds.writing import posts_of
from forum.core.db import db
from forum.core.feeds import FeedNow, Followed
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import post_url
from forum.spaces.models import Item, ItemState, Space
from forum.spaces.parts import FeedKind
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import read_at
from forum.web.words import _, _l

ATOM = "application/atom+xml"
EVERYTHING, SPACE, CONVERSATION = "posts of all", "posts of space", "posts of item"


def _all_now(person: Person, key: str) -> FeedNow | None:
    del key
    return posts_of(
        person, Item.space_id.in_(select(Space.id).where(is_member(person))), followed=lambda: _all_of(person, [""])[""]
    )


def _all_of(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    del person
    return {key: Followed(name=_("Everything in your spaces"), url="/") for key in keys}


def _space_now(person: Person, key: str) -> FeedNow | None:
    inside = Item.space_id.in_(select(Space.id).where(Space.uuid == key, stands_in(person)))
    return posts_of(person, inside, followed=lambda: _spaces(person, [key]).get(key))


def _spaces(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    query = select(Space.uuid, Space.name, Space.slug).where(Space.uuid.in_(keys), stands_in(person))
    rows = db.session.execute(query)
    return {row.uuid: Followed(name=row.name, url=url_for("home.today_page", slug=row.slug)) for row in rows}


def _item_now(person: Person, key: str) -> FeedNow | None:
    return posts_of(person, Item.uuid == key, followed=lambda: _items(person, [key]).get(key))


def _items(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    rows = db.session.execute(
        select(Item, read_at())
        .join(Space, Space.id == Item.space_id)
        .where(Item.uuid.in_(keys), Item.state == ItemState.PUBLISHED, visible_to_viewer()),
        viewing(person, now()),
    )
    return {
        item.uuid: Followed(name=item.title, url=post_url(item, slug, 1).partition("#")[0])
        for item, slug in rows
        if slug is not None
    }


KINDS = (
    FeedKind(name=EVERYTHING, label=_l("Everything"), ending="atom", media_type=ATOM, now=_all_now, followed=_all_of),
    FeedKind(name=SPACE, label=_l("Space"), ending="atom", media_type=ATOM, now=_space_now, followed=_spaces),
    FeedKind(
        name=CONVERSATION, label=_l("Conversation"), ending="atom", media_type=ATOM, now=_item_now, followed=_items
    ),
)
