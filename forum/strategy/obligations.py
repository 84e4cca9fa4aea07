"""What of the strategy counts on somebody: that they keep it, and see to its reviews."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update

from forum.core.db import db, lock
from forum.core.halves import Span
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, ItemState, Membership, Space
from forum.spaces.parts import Obligation
from forum.spaces.queries import visible_items
from forum.strategy.access import version_of
from forum.strategy.content import read
from forum.strategy.models import KIND, Strategy
from forum.strategy.queries.reviews import due_on
from forum.web.links import path_of
from forum.web.rendering import long_day
from forum.web.words import _


def obligations_of(person: Person, span: Span | None) -> Sequence[Obligation]:
    """Return the strategies that somebody keeps: those of which a review is due while they are away, or all."""
    rows = db.session.execute(
        select(Strategy, Item, Space)
        .join(Item, Item.id == Strategy.id)
        .join(Space, Space.id == Strategy.space_id)
        .join(Membership, Membership.space_id == Space.id)
        .where(
            Strategy.holder_id == person.id,
            Membership.person_id == person.id,
            Membership.ended_at.is_(None),
            Space.archived_at.is_(None),
            visible_items(person, now()),
        )
        .order_by(Item.id)
    )
    found = []
    for strategy, item, space in rows:
        due = due_on(strategy, read(version_of(strategy.id, strategy.shown).content), zone=space.zone)
        if span is None or due <= span.last_day:
            found.append(
                Obligation(
                    kind=KIND,
                    key=str(strategy.id),
                    title=item.title,
                    url=path_of("strategy.page", slug=space.slug),
                    space=space,
                    item_id=item.id,
                    note=_("Its review is due on %(day)s.", day=long_day(due)),
                )
            )
    return found


def pass_to(key: str, giver: Person, taker: Person) -> None:
    """Let a strategy that somebody leaves be kept by who takes it, in that transaction: for the leaving kit."""
    strategy = lock(Strategy, int(key))
    if strategy is not None and strategy.holder_id == giver.id:
        strategy.holder_id = taker.id


def settled(keys: Collection[str]) -> Collection[str]:
    """Return which of some strategies somebody keeps by now; or they are gone."""
    ids = [int(key) for key in keys if key.isdigit()]
    query = select(Strategy.id).join(Item, Item.id == Strategy.id)
    query = query.where(Strategy.id.in_(ids), Strategy.holder_id.is_not(None) | (Item.state != ItemState.PUBLISHED))
    return {str(strategy_id) for strategy_id in db.session.scalars(query)}


def let_go(space: Space, person: Person, _at: datetime) -> None:
    """Let nobody keep what somebody kept in a space, as they stop belonging to it."""
    db.session.execute(
        update(Strategy)
        .where(Strategy.space_id == space.id, Strategy.holder_id == person.id)
        .values(holder_id=None)
        .execution_options(synchronize_session=False)
    )
