"""What of threads is found, as the search asks for it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, tuple_

from forum.content.found import post_ids
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.markup.plain import QUOTE, plain
from forum.core.prepared import prepared
from forum.core.text import slug as slug_of
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.access import KIND
from forum.threads.addresses import post_url, thread_url_of
from forum.threads.models import Announcement, Tag, Thread, ThreadTag
from forum.threads.queries.conditions import is_answered, is_unanswered
from forum.web.words import _, _l


def _texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
    """Return a thread's posts. Its first one stands for the title too, even when what it said was removed."""
    query = (
        select(
            Post.number,
            case((Post.state == PostState.PUBLISHED, Post.html), else_="").label("html"),
            case((Post.state == PostState.PUBLISHED, Post.author_id)).label("author_id"),
            Post.created_at,
            Item.title,
        )
        .join(Item, Item.id == Post.item_id)
        .where(Post.item_id == item_id, Post.number.is_not(None))
        .where(or_(Post.state == PostState.PUBLISHED, Post.number == 1))
    )
    if numbers is not None:
        query = query.where(Post.number.in_(numbers))
    rows = db.session.execute(query.order_by(Post.number)).all()
    tags = _tags_on(item_id) if any(row.number == 1 for row in rows) else ""
    return [
        Text(
            number=row.number,
            body=own_words(row.html),
            at=row.created_at,
            author_id=row.author_id,
            title=row.title if row.number == 1 else "",
            tags=tags if row.number == 1 else "",
        )
        for row in rows
    ]


def own_words(html: str) -> str:
    """Return what a post says itself: what it quotes is found where it was written."""
    return plain(QUOTE.sub(" ", html))


def _tags_on(item_id: int) -> str:
    query = select(Tag.name).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == item_id)
    return "\n".join(db.session.scalars(query.order_by(ThreadTag.place)))


def _stands(item_id: Any, number: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    readable = or_(Post.state == PostState.PUBLISHED, Post.number == 1)
    return exists().where(Post.item_id == item_id, Post.number == number, readable)


def _keys_after(key: int, limit: int) -> Sequence[tuple[int, int, int | None]]:
    query = select(Post.id, Post.item_id, Post.number).where(Post.id > key, Post.number.is_not(None))
    return [(row.id, row.item_id, row.number) for row in db.session.execute(query.order_by(Post.id).limit(limit))]


def _last_key() -> int:
    return db.session.scalar(select(func.max(Post.id))) or 0


def _shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
    rows = db.session.execute(_seen_threads(), {**viewing(actor, now()), "ids": list(ids)})
    return [
        Shown(
            item_id=item.id,
            title=item.title,
            slug=slug,
            space=space,
            url=thread_url_of(slug, item.ref),
            kind=_("Announcement") if is_announced else _("Question") if is_question else _("Conversation"),
            last_at=item.last_at,
            is_answered=is_solved,
            is_open=is_waiting,
            answer=accepted if is_solved else None,
        )
        for item, space, slug, is_question, accepted, is_solved, is_waiting, is_announced in rows
    ]


@prepared
def _seen_threads() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Item,
            Space.name,
            Space.slug,
            Thread.is_question,
            Thread.accepted_number,
            is_answered(),
            is_unanswered(),
            exists().where(Announcement.thread_id == Thread.id).correlate(Thread),
        )
        .join(Thread, Thread.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .where(Item.id.in_(bindparam("ids", expanding=True)), visible_to_viewer())
    )


def _passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
    ids, numbers = {item_id for item_id, _number in keys}, {number for _item_id, number in keys}
    asked = {"keys": list(keys), "ids": list(ids), "numbers": list(numbers)}
    rows = db.session.execute(_seen_posts(), {**viewing(actor, now()), **asked})
    return {
        (row.item_id, row.number): Passage(
            text=own_words(row.html),
            url=post_url(row.slug, row.ref, row.number),
            name=_("Post %(number)s", number=row.number),
            author=row.name or _("Former member"),
            at=row.created_at,
        )
        for row in rows
    }


@prepared
def _seen_posts() -> Select[*tuple[Any, ...]]:
    """Build the query of posts by their keys, once. SQLite looks through all posts for pairs; for each by itself it uses the index."""
    return (
        select(Post.item_id, Post.number, Post.html, Post.created_at, Person.name, Item.ref, Space.slug)
        .join(Item, Item.id == Post.item_id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            Post.item_id.in_(bindparam("ids", expanding=True)),
            Post.number.in_(bindparam("numbers", expanding=True)),
            tuple_(Post.item_id, Post.number).in_(bindparam("keys", expanding=True)),
            Post.state == PostState.PUBLISHED,
            visible_to_viewer(),
        )
    )


def _settled(ids: Collection[int]) -> Collection[int]:
    return set(db.session.scalars(_settled_threads(), {"ids": list(ids)}))


@prepared
def _settled_threads() -> Select[int]:
    wanted = Thread.id.in_(bindparam("ids", expanding=True))
    return select(Thread.id).join(Item, Item.id == Thread.id).where(wanted, is_answered())


def _tagged(words: str) -> ColumnElement[bool]:
    """The thread has the tag: by its address, or as it is called."""
    return exists().where(
        ThreadTag.thread_id == Item.id,
        Tag.id == ThreadTag.tag_id,
        or_(Tag.slug == (slug_of(words) or words), func.lower(Tag.name) == words.lower()),
    )


_asked = exists().where(Thread.id == Item.id, Thread.is_question).correlate(Item)
_answered = exists().where(Thread.id == Item.id, is_answered()).correlate(Item)
_announced = exists().where(Announcement.thread_id == Item.id).correlate(Item)

TRIGGERS = frozenset(
    {
        "search_post_written", "search_post_changed", "search_post_gone", "search_thread_tagged", "search_thread_retagged",
        "search_thread_untagged", "search_tag_renamed",
    }
)  # fmt: skip

findable = Findable(
    kind=KIND,
    words={"question": _l("Questions"), "conversation": _l("Conversations"), "announcement": _l("Announcements")},
    texts=_texts,
    stands=_stands,
    keys_after=_keys_after,
    last_key=_last_key,
    shown=_shown,
    passages=_passages,
    settled=_settled,
    post_ids=post_ids,
    answers=True,
    triggers=TRIGGERS,
    of_kind={
        "thread": Item.kind == KIND,
        "question": _asked,
        "conversation": and_(Item.kind == KIND, ~_asked, ~_announced),
        "announcement": _announced,
    },
    states={"answered": _answered, "open": and_(_asked, ~_answered)},
    tagged=_tagged,
)
