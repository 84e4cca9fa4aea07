"""What waits to be passed on, and what became of it: each for the one person whom it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import aliased, joinedload

from forum.content.models import Post, PostState
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership, Space
from forum.spaces.policy import Can
from forum.spaces.queries import is_holder, visible_items
from forum.threads.behind.actions import LONG
from forum.threads.behind.models import Relay, RelayState, RelayStep
from forum.threads.models import Thread

LISTED = 100


@dataclass(frozen=True, kw_only=True)
class RelayLine:
    """A relay in a list. `title` is its question's, also where something is added to that."""

    relay: Relay
    title: str
    is_unkept: bool
    """It waits for somebody who is no keeper any more."""

    @property
    def is_long(self) -> bool:
        """Whether nothing has happened for so long that the asker is told."""
        return self.relay.state is RelayState.WAITING and waits_long(self.relay, at=now())


def waits_long(relay: Relay, *, at: datetime) -> bool:
    """Say whether a relay has waited for its keeper for days."""
    return at - relay.chosen_at >= LONG


def keepers_to_ask(here: Here) -> list[Person]:
    """Return through whom the person can ask: everybody who looks after the space. Those who do ask each other in their own name."""
    return [] if here.is_keeper else [keeper.person for keeper in here.keepers if keeper.person.id != here.actor.id]


def asked_by(here: Here) -> list[RelayLine]:
    """Return what the person asks through others in this space, the latest first."""
    about = aliased(Relay)
    query = (
        select(Relay, about.title)
        .outerjoin(about, about.id == Relay.about_id)
        .where(Relay.asker_id == here.actor.id, Relay.space_id == here.space.id)
        .options(joinedload(Relay.keeper))
        .order_by(Relay.asked_at.desc(), Relay.id.desc())
        .limit(LISTED)
    )
    keeping = {keeper.person.id for keeper in here.keepers}
    return [
        RelayLine(
            relay=relay,
            title=relay.title or title,
            is_unkept=relay.state is RelayState.WAITING and relay.keeper_id not in keeping,
        )
        for relay, title in db.session.execute(query)
    ]


def waiting_for(here: Here) -> list[RelayLine]:
    """Return what waits for the person to pass it on, the longest first: of members only, and for keepers only."""
    if not here.may(Can.ASK_FOR_COLLEAGUE):
        return []
    about = aliased(Relay)
    query = (
        select(Relay, about.title)
        .outerjoin(about, about.id == Relay.about_id)
        .where(_waits_for(here))
        .options(joinedload(Relay.asker))
        .order_by(Relay.chosen_at, Relay.id)
        .limit(LISTED)
    )
    rows = db.session.execute(query)
    return [RelayLine(relay=relay, title=relay.title or title, is_unkept=False) for relay, title in rows]


def how_many_wait(here: Here) -> int:
    """Count what waits for the person to pass it on; nothing is asked for who is no keeper."""
    if not here.may(Can.ASK_FOR_COLLEAGUE):
        return 0
    return db.session.scalar(select(func.count()).select_from(Relay).where(_waits_for(here))) or 0


def _waits_for(here: Here) -> ColumnElement[bool]:
    asking = (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.space_id == here.space.id,
            Membership.ended_at.is_(None),
            Person.state == PersonState.ACTIVE,
        )
    )
    return and_(
        Relay.keeper_id == here.actor.id,
        Relay.space_id == here.space.id,
        Relay.state == RelayState.WAITING,
        Relay.asker_id.in_(asking),
    )


def steps_of(relay: Relay, reader: Person) -> Sequence[RelayStep]:
    """Return the log of a relay: all of it for who asked, for a keeper what was between the two of them."""
    query = select(RelayStep).where(RelayStep.relay_id == relay.id).options(joinedload(RelayStep.keeper))
    if reader.id != relay.asker_id:
        query = query.where(RelayStep.keeper_id == reader.id)
    return db.session.scalars(query.order_by(RelayStep.at, RelayStep.id)).all()


def is_kept(relay: Relay) -> bool:
    """Say whether the keeper of a relay still is one, and can pass it on now: who is suspended can't."""
    keeper, space = db.session.get_one(Person, relay.keeper_id), db.session.get_one(Space, relay.space_id)
    return is_holder(keeper, space, Can.ASK_FOR_COLLEAGUE, at=now())


def place_of(relay: Relay, reader: Person) -> tuple[Item, int, int | None] | None:
    """Return the item and number of what was passed on, and of the accepted answer there, while the reader can see it."""
    row = db.session.execute(
        select(Item, Post.number, Thread.accepted_number)
        .join(Post, Post.item_id == Item.id)
        .join(Thread, Thread.id == Item.id)
        .where(Post.id == relay.post_id, Post.state == PostState.PUBLISHED, visible_items(reader, now()))
    ).one_or_none()
    return (row[0], row[1], row[2]) if row else None


def askers_in(item_id: int, post_id: int) -> tuple[Sequence[int], Sequence[int]]:
    """Return who asked through somebody what stands in an item, and who wrote the post in that way: they are told as authors are."""
    where = select(Post.item_id).where(Post.id == Relay.post_id).correlate(Relay).scalar_subquery()
    asked = select(Relay.asker_id).where(Relay.about_id.is_(None), where == item_id).distinct()
    own = select(Relay.asker_id).where(Relay.post_id == post_id)
    return db.session.scalars(asked).all(), db.session.scalars(own).all()
