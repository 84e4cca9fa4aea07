"""The door of a space that is joined by request: what somebody who is no member learns of it, and nothing more.

A loader of its own, so that `guard.here_for` never has to make an exception: everything else at such a space's address is Missing.
"""

from dataclasses import dataclass

from sqlalchemy import and_, select

from forum.core.db import db
from forum.core.errors import Missing
from forum.people.models import Person
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Cloth, JoinRequest, JoinState, Membership, Space, Visibility
from forum.spaces.queries import belongs, latest_request


@dataclass(frozen=True, kw_only=True)
class Door:
    """Name, purpose, colour, and the person's own latest request."""

    space_id: int
    slug: str
    name: str
    purpose: str
    cloth: Cloth
    request: JoinRequest | None

    @property
    def is_waiting(self) -> bool:
        """Whether the person has asked and nobody has answered yet."""
        return self.request is not None and self.request.state is JoinState.WAITING

    @property
    def is_declined(self) -> bool:
        """Whether the person's latest request was declined."""
        return self.request is not None and self.request.state is JoinState.DECLINED


def door_for(actor: Person, slug: str) -> Door:
    """Load the door at `slug`. Raises Missing unless the space is joined by request and `actor` stands outside."""
    row = db.session.execute(
        select(Space)
        .outerjoin(Membership, and_(Membership.space_id == Space.id, belongs(actor)))
        .where(
            Space.slug == slug,
            Space.visibility == Visibility.BY_REQUEST,
            Space.archived_at.is_(None),
            Membership.id.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise Missing
    space: Space = row[0]
    return Door(
        space_id=space.id,
        slug=space.slug,
        name=space.name,
        purpose=space.purpose,
        cloth=space.cloth,
        request=latest_request(space, actor),
    )


def here_or_door(actor: Person, slug: str) -> Here | Door:
    """Load the space, or its door for somebody who stands outside. Raises Missing when they may not know of it."""
    try:
        return here_for(actor, slug)
    except Missing:
        return door_for(actor, slug)
