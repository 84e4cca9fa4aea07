"""Hearing of what the original changed: on Today as long as it waits, and by the bell once a week at most; unless it isn't wanted."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.clone.models import Lineage
from forum.clone.upstream.offers import offers_for
from forum.clone.upstream.waiting import may_be_offered
from forum.core.apart import apart, looked_at
from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.time import now
from forum.notify import heads_up
from forum.people.models import Person
from forum.spaces.guard import Here, here_for, hold
from forum.spaces.log import record
from forum.spaces.models import Item, Space
from forum.spaces.policy import Can
from forum.spaces.queries import stewards_of, visible_items
from forum.web.words import _n

KIND = "upstream changes"


def follow(here: Here, *, is_followed: bool) -> None:
    """Let stewards hear of changes in the original, or not. Twice is once. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    lineage = lock(Lineage, here.space.id)
    if lineage is None:
        raise Missing
    if lineage.is_followed != is_followed:
        lineage.is_followed = is_followed
        record("follows original" if is_followed else "follows original no more", actor=here.actor, space=here.space)


def tell_stewards() -> None:
    """Tell the stewards of every copy, each week once, how many changes wait that they may look at."""
    moment, copied = now(), aliased(Lineage)
    query = (
        select(copied.space_id)
        .join(Space, Space.id == copied.space_id)
        .where(copied.is_followed, Space.archived_at.is_(None), may_be_offered(copied.space_id))
    )
    week = moment.strftime("%G-W%V")
    for space_id in db.session.scalars(query).all():
        found: list[Waiting] = []
        with looked_at("upstream", space_id):
            found = _waiting_in(db.session.get_one(Space, space_id), week=week)
        if found:
            with apart("upstream", space_id):
                _tell(found, week=week)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a steward is told: of which item's space, and how many changes wait."""

    steward_id: int
    item_id: int
    space_id: int
    slug: str
    number: int


def _waiting_in(space: Space, *, week: str) -> list[Waiting]:
    """Return what waits for the stewards of a copy who haven't heard this week. Takes time, and writes nothing."""
    found = []
    for steward in stewards_of(space.id):
        if heads_up.was_told(steward.id, key=_key(space.id, week)):
            continue
        offers = offers_for(here_for(steward, space.slug))
        item_id = next((one.item.id for one in offers if one.item is not None), None) or _any_item(steward, space)
        if offers and item_id is not None:
            found.append(
                Waiting(steward_id=steward.id, item_id=item_id, space_id=space.id, slug=space.slug, number=len(offers))
            )
    return found


def _any_item(steward: Person, space: Space) -> int | None:
    """Return something of the space, as the bell tells of items, where what waits is about none; what came from the original first."""
    query = select(Item.id).where(Item.space_id == space.id, visible_items(steward, now()))
    return db.session.scalar(query.order_by(Item.origin_uuid.is_(None), Item.id).limit(1))


def _tell(found: list[Waiting], *, week: str) -> None:
    for one in found:
        heads_up.tell(
            [one.steward_id],
            item_id=one.item_id,
            kind=KIND,
            key=_key(one.space_id, week),
            path=page_of(one.slug),
            number=one.number,
        )


def _key(space_id: int, week: str) -> str:
    return f"upstream:{space_id}:{week}"


def page_of(slug: str) -> str:
    """Return the path of the page of the original."""
    return f"/s/{slug}/upstream/"


def counted(number: int) -> str:
    """Say how many changes wait."""
    return _n("One change upstream", "%(num)d changes upstream", number)
