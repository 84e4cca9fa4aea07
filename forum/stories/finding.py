"""What of stories is found, as the search asks for it: a story by its text, its title and its lists, and what was written to it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, exists, func, or_, select, tuple_

from forum.content.found import first_stands, keys_of, last_key_of, post_ids, post_stands
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import Engagement, Mode
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.spaces.queries.sharing import known_name, may_enter, read_at
from forum.stories.addresses import post_url, story_url
from forum.stories.models import KIND, Choice, Result, Story, StoryKind, Try
from forum.threads.finding import own_words
from forum.web.words import _, _l


def _texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
    """Return what was told, and what was written to it. When what was told is gone, nothing of it is found, its title neither."""
    query = (
        select(Post.number, Post.html, Post.author_id, Post.created_at, Item.title)
        .join(Item, Item.id == Post.item_id)
        .where(
            Post.item_id == item_id, Post.number.is_not(None), Post.state == PostState.PUBLISHED, first_stands(item_id)
        )
    )
    if numbers is not None:
        query = query.where(Post.number.in_(numbers))
    rows = db.session.execute(query.order_by(Post.number)).all()
    return [
        Text(
            number=row.number,
            body=own_words(row.html),
            at=row.created_at,
            author_id=row.author_id,
            title=row.title if row.number == 1 else "",
            tags=_lists_of(item_id) if row.number == 1 else "",
        )
        for row in rows
    ]


def _lists_of(item_id: int) -> str:
    query = select(Choice.name).where(
        exists().where(
            Story.id == item_id,
            or_(*(column == Choice.id for column in (Story.channel_id, Story.area_id, Story.cause_id))),
        )
    )
    return "\n".join(db.session.scalars(query.order_by(Choice.id)))


def _shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
    rows = db.session.execute(_seen_stories(), {**viewing(actor, now()), "ids": list(ids)})
    return [
        Shown(
            item_id=item.id,
            title=item.title,
            slug=way,
            space=space or _("another space"),
            url=story_url(way, item.ref),
            kind=_("Near miss") if kind is StoryKind.NEAR_MISS else _("Story"),
            last_at=item.last_at,
        )
        for item, space, way, kind in rows
        if way is not None
    ]


@prepared
def _seen_stories() -> Select[*tuple[Any, ...]]:
    return (
        select(Item, known_name(), read_at(), Story.kind)
        .join(Story, Story.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .where(Item.id.in_(bindparam("ids", expanding=True)), first_stands(Item.id), visible_to_viewer())
    )


def _passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
    values = {
        **viewing(actor, now()),
        "ids": [item_id for item_id, _number in keys],
        "keys": list(keys),
    }
    return {
        (row.item_id, row.number): Passage(
            text=own_words(row.html.replace("</h5>", ":</h5>") if row.number == 1 else row.html),
            url=post_url(row.way, row.ref, row.number),
            author=_("Without a name") if row.author is None and row.is_unnamed and row.number == 1 else row.author,
            at=row.created_at,
        )
        for row in db.session.execute(_seen_texts(), values)
        if row.way is not None
    }


@prepared
def _seen_texts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Post.item_id,
            Post.number,
            Post.html,
            Post.created_at,
            read_at().label("way"),
            Item.ref,
            Person.name.label("author"),
            case((Story.key_hash.is_not(None), True), else_=False).label("is_unnamed"),
        )
        .join(Item, Item.id == Post.item_id)
        .join(Story, Story.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            Post.item_id.in_(bindparam("ids", expanding=True)),
            tuple_(Post.item_id, Post.number).in_(bindparam("keys", expanding=True)),
            Post.state == PostState.PUBLISHED,
            first_stands(Post.item_id),
            or_(Post.number == 1, may_enter(Space)),
            visible_to_viewer(),
        )
    )


def _settled(ids: Collection[int]) -> Collection[int]:
    """Return the stories whose fix worked somewhere: they come before others that fit as well."""
    return set(db.session.scalars(_settled_stories(), {"ids": list(ids)}))


@prepared
def _settled_stories() -> Select[int]:
    return select(Try.story_id).where(Try.story_id.in_(bindparam("ids", expanding=True)), Try.result == Result.WORKED)


def _tagged(words: str) -> ColumnElement[bool]:
    """The story has an entry of a list that is called so."""
    of_story = or_(*(column == Choice.id for column in (Story.channel_id, Story.area_id, Story.cause_id)))
    return exists().where(Story.id == Item.id, of_story, func.lower(Choice.name) == words.lower())


def _of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Story.id == Item.id, condition).correlate(Item)


findable = Findable(
    kind=KIND,
    words={"story": _l("Stories"), "near-miss": _l("Near misses")},
    texts=_texts,
    stands=post_stands,
    keys_after=keys_of(KIND),
    last_key=last_key_of(KIND),
    shown=_shown,
    passages=_passages,
    settled=_settled,
    post_ids=post_ids,
    answers=True,
    replies_stay=True,
    triggers=frozenset(
        {
            "search_post_written",
            "search_post_changed",
            "search_post_gone",
            "search_story_sorted",
            "search_choice_renamed",
        }
    ),
    of_kind={"story": Item.kind == KIND, "near-miss": _of(Story.kind == StoryKind.NEAR_MISS)},
    states={
        "workaround": _of(Story.is_lasting.is_(False)),
        "campaign": _of(Story.mode == Mode.CAMPAIGN),
        "communicating": _of(Story.engagement == Engagement.COMMUNICATING),
        "engaging": _of(Story.engagement == Engagement.ENGAGING),
        "collaborating": _of(Story.engagement == Engagement.COLLABORATING),
    },
    tagged=_tagged,
)
