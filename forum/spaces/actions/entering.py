"""Coming in by an invitation. Each of its uses is taken once, whoever tries at the same moment (A7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, select, update

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.secrets import hashed
from forum.core.text import address_key
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.actions.membership import enter
from forum.spaces.log import record
from forum.spaces.models import Invitation, Space
from forum.spaces.policy import Can
from forum.spaces.queries import is_holder, membership_of
from forum.web.words import _


@dataclass(frozen=True)
class Opened:
    """An invitation that somebody holds in their hands."""

    invitation: Invitation
    space: Space
    by: Person

    def is_good(self, *, at: datetime) -> bool:
        """Say whether it still lets somebody in: who wrote it may still invite, by role or while it is lent to them (D5)."""
        return (
            self.invitation.uses_left > 0
            and self.invitation.revoked_at is None
            and at < self.invitation.expires_at
            and is_holder(self.by, self.space, Can.INVITE_MEMBER, at=at)
        )


def invitation_at(token: str, *, seen_by: Person | None = None) -> Opened:
    """Find what a link opens, with its space and who wrote it.

    Raises Missing when it opens nothing, whatever the reason. To a member of its space (`seen_by`) it opens for ever: they press the
    button twice, or follow the link in the old mail.
    """
    found = db.session.execute(
        select(Invitation, Space, Person)
        .join(Space, Space.id == Invitation.space_id)
        .join(Person, Person.id == Invitation.invited_by_id)
        .where(Invitation.token_hash == hashed(token))
    ).one_or_none()
    if found is None:
        raise Missing
    opened = Opened(found.Invitation, found.Space, found.Person)
    is_inside = seen_by is not None and membership_of(opened.space, seen_by) is not None
    if not (is_inside or opened.is_good(at=now())):
        raise Missing
    return opened


def is_for(invitation: Invitation, person: Person) -> bool:
    """Say whether `person` may use an invitation: it is a link, or it is to their address."""
    return invitation.address is None or address_key(invitation.address) == address_key(person.email or "")


def accept(person: Person, invitation: Invitation) -> Space:
    """Come in. A member already takes no use. Use inside `transaction()`.

    Raises Missing when the invitation opens nothing any more, RuleBroken when it is to another address.
    """
    space = lock(Space, invitation.space_id)
    person = db.session.get_one(Person, person.id)  # with the address that it has now
    by = db.session.get(Person, invitation.invited_by_id)
    invitation = db.session.get_one(Invitation, invitation.id, populate_existing=True)
    if space is None or by is None:
        raise Missing
    if membership_of(space, person) is not None:
        return space
    if not Opened(invitation, space, by).is_good(at=now()):
        raise Missing
    if not is_for(invitation, person):
        raise RuleBroken(_("This invitation is to another address than yours."))
    _take_use(invitation.id)
    enter(space, person, role=invitation.role, let_in_by=by)
    record("came by invitation", actor=by, space=space, person=person, role=invitation.role.value)
    return space


def _take_use(invitation_id: int) -> None:
    """Take one use of an invitation; the row count decides, whoever else tries at this moment. Raises Missing when none is left."""
    taken: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.uses_left > 0,
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .values(uses_left=Invitation.uses_left - 1)
    )
    if taken.rowcount != 1:
        raise Missing
