"""Coming in by an invitation. Each of its uses is taken once, whoever tries at the same moment (A7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, select, update

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.secrets import hashed
from forum.core.text import address_key
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.actions.invitations import open_to, write
from forum.spaces.actions.membership import enter
from forum.spaces.events import InvitedToSpace
from forum.spaces.log import record
from forum.spaces.models import Invitation, Space
from forum.spaces.queries import membership_of
from forum.web.words import _

PASSED_ON = timedelta(days=2)


@dataclass(frozen=True)
class Opened:
    """An invitation that somebody holds in their hands."""

    invitation: Invitation
    space: Space
    by: Person


def invitation_at(token: str, *, at: datetime | None = None) -> Opened:
    """Find what a link opens, with its space and who wrote it. Raises Missing when it opens nothing, whatever the reason."""
    found = db.session.execute(
        select(Invitation, Space, Person)
        .join(Space, Space.id == Invitation.space_id)
        .join(Person, Person.id == Invitation.invited_by_id)
        .where(Invitation.token_hash == hashed(token))
    ).one_or_none()
    at = at or now()
    if found is None or not is_good(found.Invitation, space=found.Space, by=found.Person, at=at):
        raise Missing
    invitation: Invitation = found.Invitation
    link = invitation.link_id and db.session.get(Invitation, invitation.link_id)
    if link and not is_good(link, space=found.Space, by=found.Person, at=at):
        raise Missing
    return Opened(invitation, found.Space, found.Person)


def is_good(invitation: Invitation, *, space: Space, by: Person, at: datetime) -> bool:
    """Say whether an invitation still lets somebody in."""
    return (
        invitation.uses_left > 0
        and invitation.revoked_at is None
        and at < invitation.expires_at
        and space.archived_at is None
        and by.is_active
    )


def is_for(invitation: Invitation, person: Person) -> bool:
    """Say whether `person` may use an invitation: it is a link, or it is to their address."""
    return invitation.address is None or address_key(invitation.address) == address_key(person.email or "")


def accept(person: Person, invitation: Invitation) -> Space:
    """Come in. A member already takes no use. Use inside `transaction()`.

    Raises Missing when the invitation opens nothing any more, RuleBroken when it is to another address.
    """
    space = lock(Space, invitation.space_id)
    by = db.session.get(Person, invitation.invited_by_id)
    invitation = db.session.get_one(Invitation, invitation.id, populate_existing=True)
    if space is None or by is None or not is_good(invitation, space=space, by=by, at=now()):
        raise Missing
    if not is_for(invitation, person):
        raise RuleBroken(_("This invitation is to another address than yours."))
    if membership_of(space, person) is not None:
        return space
    _take_use(invitation.id)
    if invitation.link_id is not None:
        _take_use(invitation.link_id)
    enter(space, person, role=invitation.role, let_in_by=by)
    record("came by invitation", actor=by, space=space, person=person, role=invitation.role.value)
    return space


def pass_on(link: Invitation, *, address: str) -> None:
    """Send somebody who followed a link, and has no account, an invitation to their own address. Use inside `transaction()`.

    So that nobody makes an account with an address that isn't theirs. The link's use is taken when they come in.
    """
    space = lock(Space, link.space_id)
    if space is None or link.address is not None:
        raise Missing
    before = open_to(space, address)
    if before is None:
        by = db.session.get_one(Person, link.invited_by_id)
        lasts = min(PASSED_ON, link.expires_at - now())
        before = write(space, by=by, role=link.role, uses=1, lasts=lasts, address=address, link_id=link.id)
    announce(InvitedToSpace(invitation_id=before.id))


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
