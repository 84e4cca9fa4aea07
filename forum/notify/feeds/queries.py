"""Reads of feeds."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.feeds import Followed
from forum.core.secrets import hashed
from forum.notify.feeds.models import FeedLink
from forum.people.models import Person, PersonState
from forum.spaces.feature import features
from forum.spaces.parts import FeedKind


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A feed in its owner's list. `followed` is None when they can't see any more what it is of."""

    link: FeedLink
    kind: FeedKind | None
    followed: Followed | None


def feed_kinds() -> dict[str, FeedKind]:
    """Return what can be followed, by name."""
    return {kind.name: kind for feature in features() for kind in feature.feeds}


def link_of(token: str) -> tuple[FeedLink, Person] | None:
    """Return whose feed a token opens. None for one that was never made, was revoked, or whose owner's account is out of use."""
    row = db.session.execute(
        select(FeedLink, Person)
        .join(Person, Person.id == FeedLink.person_id)
        .where(FeedLink.token_hash == hashed(token), Person.state == PersonState.ACTIVE)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def followed_by(person: Person, kind: str, key: str) -> Followed:
    """Return what somebody wants to follow. Raises Missing when they can't see it."""
    found = feed_kinds()[kind].followed(person, [key]).get(key)
    if found is None:
        raise Missing
    return found


def feeds_of(person: Person) -> Sequence[Listed]:
    """Return a person's feeds, newest first: one query, and one for each kind among them."""
    mine = select(FeedLink).where(FeedLink.person_id == person.id).order_by(FeedLink.made_at.desc(), FeedLink.id.desc())
    links = db.session.scalars(mine).all()
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        keys[link.kind].append(link.key)
    kinds = feed_kinds()
    followed = {name: kinds[name].followed(person, some) for name, some in keys.items() if name in kinds}
    return [
        Listed(link=link, kind=kinds.get(link.kind), followed=followed.get(link.kind, {}).get(link.key))
        for link in links
    ]
