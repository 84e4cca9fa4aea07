"""What of calls for help is found: a case by what happened, whom it affected and what was tried, and what was written to it.

A drill is found nowhere: nobody should take it for something that happened.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, select, tuple_

from forum.content.found import first_stands, keys_of, last_key_of, post_ids, post_stands
from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.prepared import prepared
from forum.core.time import now
from forum.help.addresses import case_url, post_url
from forum.help.models import KIND, Case, CaseState
from forum.people.models import Person
from forum.spaces.findable import Findable, Key, Passage, Shown, Text
from forum.spaces.models import Item, Space
from forum.spaces.queries import viewing, visible_to_viewer
from forum.threads.finding import own_words
from forum.web.words import _, _l


def _texts(item_id: int, numbers: Collection[int] | None) -> Sequence[Text]:
    """Return what happened, and what was written to it. When what happened is gone, nothing of it is found, its title neither."""
    query = (
        select(Post.number, Post.html, Post.author_id, Post.created_at, Item.title, Case.affects, Case.tried)
        .join(Item, Item.id == Post.item_id)
        .join(Case, Case.id == Item.id)
        .where(Post.item_id == item_id, Post.number.is_not(None), Post.state == PostState.PUBLISHED, _is_there(item_id))
    )
    if numbers is not None:
        query = query.where(Post.number.in_(numbers))
    return [
        Text(
            number=row.number,
            body=_first(row) if row.number == 1 else own_words(row.html),
            at=row.created_at,
            author_id=row.author_id,
            title=row.title if row.number == 1 else "",
        )
        for row in db.session.execute(query.order_by(Post.number))
    ]


def _first(row: Any) -> str:  # noqa: ANN401  # a row with what was asked
    return "\n".join(part for part in (own_words(row.html), row.affects, row.tried) if part)


def _is_meant(item_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a number or a column
    case = Case.__table__.alias()
    return exists().where(case.c.id == item_id, case.c.is_drill.is_(False))


def _is_there(item_id: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a number or a column
    return and_(first_stands(item_id), _is_meant(item_id))


def _stands(item_id: Any, number: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
    return and_(post_stands(item_id, number), _is_meant(item_id))


def _shown(actor: Person, ids: Collection[int]) -> Sequence[Shown]:
    rows = db.session.execute(_seen_cases(), {**viewing(actor, now()), "ids": list(ids)})
    return [
        Shown(
            item_id=item.id,
            title=item.title,
            slug=slug,
            space=space,
            url=case_url(slug, item.ref),
            kind=_("Call for help"),
            last_at=item.last_at,
            is_answered=case.helped_number is not None,
            answer=case.helped_number,
            is_open=case.state is not CaseState.CLOSED,
        )
        for item, space, slug, case in rows
    ]


@prepared
def _seen_cases() -> Select[*tuple[Any, ...]]:
    return (
        select(Item, Space.name, Space.slug, Case)
        .join(Case, Case.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .where(Item.id.in_(bindparam("ids", expanding=True)), _is_there(Item.id), visible_to_viewer())
    )


def _passages(actor: Person, keys: Collection[Key]) -> Mapping[Key, Passage]:
    values = {**viewing(actor, now()), "ids": [item_id for item_id, _number in keys], "keys": list(keys)}
    return {
        (row.item_id, row.number): Passage(
            text=_first(row) if row.number == 1 else own_words(row.html),
            url=post_url(row.slug, row.ref, row.number),
            author=row.author,
            at=row.created_at,
        )
        for row in db.session.execute(_seen_texts(), values)
    }


@prepared
def _seen_texts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Post.item_id,
            Post.number,
            Post.html,
            Post.created_at,
            Space.slug,
            Item.ref,
            Person.name.label("author"),
            Case.affects,
            Case.tried,
        )
        .join(Item, Item.id == Post.item_id)
        .join(Case, Case.id == Item.id)
        .join(Space, Space.id == Item.space_id)
        .outerjoin(Person, Person.id == Post.author_id)
        .where(
            Post.item_id.in_(bindparam("ids", expanding=True)),
            tuple_(Post.item_id, Post.number).in_(bindparam("keys", expanding=True)),
            Post.state == PostState.PUBLISHED,
            _is_there(Post.item_id),
            visible_to_viewer(),
        )
    )


def _settled(ids: Collection[int]) -> Collection[int]:
    """Return the cases that say what helped: they come before others that fit as well."""
    return set(db.session.scalars(_helped(), {"ids": list(ids)}))


@prepared
def _helped() -> Select[int]:
    return select(Case.id).where(Case.id.in_(bindparam("ids", expanding=True)), Case.helped_number.is_not(None))


findable = Findable(
    kind=KIND,
    words={"help": _l("Calls for help")},
    texts=_texts,
    stands=_stands,
    keys_after=keys_of(KIND),
    last_key=last_key_of(KIND),
    shown=_shown,
    passages=_passages,
    settled=_settled,
    post_ids=post_ids,
    answers=True,
    triggers=frozenset({"search_post_written", "search_post_changed", "search_post_gone", "search_help_changed"}),
    of_kind={"help": Item.kind == KIND},
)
