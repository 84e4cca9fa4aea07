"""Who is told of a post, and for which reason: one notice for each person, for the strongest of their reasons (B4)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, false, literal, null, or_, select

from forum.content.models import Post, PostMention, PostState, Watch, WatchLevel, WatchSpace
from forum.content.watching import effective_level, strongest
from forum.core.db import db
from forum.core.events import Fact, Recipient
from forum.core.notices import STRENGTH, Notice, Reason
from forum.core.time import now
from forum.notify.models import Notification
from forum.people.models import Person, PersonState
from forum.spaces.feature import item_kinds, kind_of, meets
from forum.spaces.models import Item, ItemState, Membership
from forum.spaces.queries.visible import is_for_member


def nobody(_fact: Fact) -> Iterable[Recipient]:
    """Tell nobody by mail alone: who is told in the app has mail because of that."""
    return ()


def notices_of(post_id: int, *, quoted: Sequence[int] = (), named: Collection[int] | None = None) -> list[Notice]:
    """Return whom a post concerns among the members who see it now; nobody as long as it isn't published (A5).

    `quoted` are the ids of the posts that it repeats. With `named`, only these people are told, as the ones whom an edit names for
    the first time. Whoever chose to hear nothing of the place is not told, even when they are named.
    """
    found = db.session.execute(
        select(Post, Item)
        .join(Item, Item.id == Post.item_id)
        .where(Post.id == post_id, Post.state == PostState.PUBLISHED, Item.state == ItemState.PUBLISHED)
    ).one_or_none()
    if found is None:
        return []
    post, item = found
    query = _told(
        post,
        item,
        answered=_author_of(item, post.in_reply_to),
        quoted=_authors_of(Post.id.in_(quoted)) if quoted else (),
    )
    if named is not None:
        query = query.where(PostMention.person_id.in_(named))
    told = [
        Notice(person_id=person_id, post_id=post.id, reason=Reason(reason))
        for person_id, reason in db.session.execute(query)
    ]
    return _redirected(told, post, item)


def _redirected(told: list[Notice], post: Post, item: Item) -> list[Notice]:
    """Tell whoever covers for somebody who is named and away, once; and them quietly (D9).

    Whoever covers is told as one who sees the item themselves and wants to hear of it: nothing private is passed on.
    """
    named = {notice.person_id for notice in told if notice.reason is Reason.MENTION}
    away = meets(item.space_id, named, now())
    if not away:
        return told
    wanted = {person_id for covers in away.values() for person_id in covers}
    may = set(db.session.scalars(_listening(item, post).where(Membership.person_id.in_(wanted)))) if wanted else set()
    found = {notice.person_id: notice for notice in told}
    for person_id in away:
        found[person_id] = replace(found[person_id], is_quiet=True)
    for person_id in sorted(may):
        before = found.get(person_id)
        if before is None or STRENGTH[before.reason] < STRENGTH[Reason.COVER]:
            found[person_id] = Notice(person_id=person_id, post_id=post.id, reason=Reason.COVER)
    return list(found.values())


def _listening(item: Item, post: Post) -> Select[int]:
    """Return the query of the members who see an item, wrote not the post themselves, and didn't choose to hear nothing of it."""
    level, query = levels_of(item)
    listening: Select[int] = query.join(Person, Person.id == Membership.person_id).where(
        Membership.space_id == item.space_id,
        Membership.ended_at.is_(None),
        Membership.person_id.is_distinct_from(post.author_id),
        Person.state == PersonState.ACTIVE,
        is_for_member(item, now()),
        level != WatchLevel.OFF,
    )
    return listening


def _told(post: Post, item: Item, *, answered: int | None, quoted: Collection[int]) -> Select[*tuple[Any, ...]]:
    level, query = levels_of(item)
    askers_in = kind_of(item).askers_in
    askers, writers = askers_in(item.id, post.id) if askers_in else ((), ())
    is_named, is_answered = PostMention.person_id.is_not(None), or_(_is(answered), Membership.person_id.in_(askers))
    is_quoted = Membership.person_id.in_(quoted)
    reason = case(
        (is_named, literal(Reason.MENTION.value)),
        (is_answered, literal(Reason.REPLY.value)),
        (is_quoted, literal(Reason.QUOTE.value)),
        else_=literal(Reason.WATCHING.value),
    )
    naming = and_(PostMention.person_id == Membership.person_id, PostMention.post_id == post.id)
    return (
        query.add_columns(reason)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(PostMention, naming)
        .where(
            Membership.space_id == item.space_id,
            Membership.ended_at.is_(None),
            Membership.person_id.is_distinct_from(post.author_id),
            Membership.person_id.not_in(writers),
            Person.state == PersonState.ACTIVE,
            is_for_member(item, now()),
            level != WatchLevel.OFF,
            or_(is_named, is_answered, is_quoted, level == WatchLevel.EVERYTHING),
        )
        .order_by(Membership.person_id)
    )


def levels_of(item: Item) -> tuple[ColumnElement[WatchLevel], Select[Any]]:
    """Return how much a member wants to hear of an item, and the query of memberships with the tables that say so."""
    in_place = kind_of(item).watched_in
    in_space = and_(WatchSpace.person_id == Membership.person_id, WatchSpace.space_id == item.space_id)
    query = (
        select(Membership.person_id)
        .outerjoin(Watch, and_(Watch.person_id == Membership.person_id, Watch.item_id == item.id))
        .outerjoin(WatchSpace, in_space)
    )
    levels: list[Any] = [case((Watch.is_chosen, Watch.level), else_=null())]
    if in_place is not None:
        place = in_place(item.id).subquery()
        query = query.outerjoin(place, place.c.person_id == Membership.person_id)
        levels.append(place.c.level)
    return strongest(*levels, WatchSpace.level, Watch.level), query


def _is(person_id: int | None) -> ColumnElement[bool]:
    return false() if person_id is None else Membership.person_id == person_id


def _author_of(item: Item, number: int | None) -> int | None:
    if number is None:
        return None
    return next(iter(_authors_of(and_(Post.item_id == item.id, Post.number == number))), None)


def _authors_of(which: ColumnElement[bool]) -> list[int]:
    """Return who wrote posts that can be seen. Whoever left no name isn't among them."""
    query = select(Post.author_id).where(which, Post.state == PostState.PUBLISHED, Post.author_id.is_not(None))
    return list(dict.fromkeys(db.session.scalars(query)))


def ids_of_quoted(item: Item, numbers: Collection[int]) -> tuple[int, ...]:
    """Return the ids of the posts of an item that a text repeats: numbers may mean others once posts are moved."""
    if not numbers:
        return ()
    query = select(Post.id).where(Post.item_id == item.id, Post.number.in_(numbers)).order_by(Post.id)
    return tuple(db.session.scalars(query))


def hears_of(person_id: int) -> ColumnElement[bool]:
    """Return the condition on `Item` and `Notification`, asked before mail leaves, that somebody still wants to hear of it.

    They belong to the space and hear something of the item; and everything, if that is why they were told.
    """
    places = [_level_in(kind.watched_in, person_id) for kind in item_kinds() if kind.watched_in]
    is_member = exists().where(
        Membership.person_id == person_id, Membership.space_id == Item.space_id, Membership.ended_at.is_(None)
    )
    level = effective_level(literal(person_id), *places)
    is_wanted = or_(level == WatchLevel.EVERYTHING, Notification.reason != Reason.WATCHING)
    return and_(is_member.correlate(Item), level != WatchLevel.OFF, is_wanted)


def _level_in(watched_in: Callable[[Any], Select[int, Any]], person_id: int) -> ScalarSelect[Any]:
    """Return the level that somebody chose for the place in which an `Item` in the query around stands."""
    watched = watched_in(Item.id)
    who, level = watched.selected_columns
    return watched.with_only_columns(level).where(who == person_id).correlate(Item).scalar_subquery()
