"""Where one can look, and what for: what the controls of the search page offer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.search.keeping import findables
from forum.spaces.models import Membership, Space, Suspension, Visibility
from forum.spaces.policy import Can, powers_of
from forum.spaces.queries.suspended import suspends
from forum.web.words import LazyString, _l


@dataclass(frozen=True, kw_only=True)
class Place:
    """A space that one can look into. `may_ask`: one's role there lets one ask."""

    slug: str
    name: str
    may_ask: bool


def places(actor: Person) -> Sequence[Place]:
    """Return the spaces that `actor` can look into, their own ones first."""
    mine = (Membership.space_id == Space.id) & (Membership.person_id == actor.id) & Membership.ended_at.is_(None)
    query = (
        select(Space.slug, Space.name, Space.archived_at, Membership.role, Suspension.until)
        .outerjoin(Membership, mine)
        .outerjoin(Suspension, suspends(Space.id, actor.id, now()))
        .where(or_(Membership.id.is_not(None), Space.visibility == Visibility.OPEN))
        .order_by(Membership.id.is_(None), func.lower(Space.name), Space.id)
    )
    return [
        Place(
            slug=row.slug,
            name=row.name,
            may_ask=row.role is not None
            and Can.START_THREAD
            in powers_of(row.role, archived=row.archived_at is not None, suspended=row.until is not None),
        )
        for row in db.session.execute(query)
    ]


def kinds() -> Mapping[str, LazyString]:
    """Return what can be looked for, by what follows "kind:"."""
    found = {word: label for one in findables().values() for word, label in one.words.items()}
    return {**found, "person": _l("People")}
