"""Inviting people to a space, by address or by a link. Coming in that way stands in `entering`."""

from datetime import timedelta

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing
from forum.core.events import announce
from forum.core.secrets import hashed, new_nonce
from forum.core.text import address_key, once_key
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.events import InvitedToSpace
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Invitation, LogAudience, Membership, Role, Space
from forum.spaces.policy import Can
from forum.spaces.queries import is_holder
from forum.spaces.tokens import invitation_token
from forum.web.words import _

BY_ADDRESS = timedelta(days=14)
LONGEST = timedelta(days=90)
MOST_USES = 500


def invite_address(here: Here, *, address: str, role: Role = Role.CHAMPION, once: str | None = None) -> Invitation:
    """Invite one address: it works once, for that address. Pressed twice it is one. Use inside `transaction()`.

    Raises Denied for a role that is not the actor's to give, Invalid when that address is a member's or is invited already.
    """
    here = _inviting(here, role)
    key = once_key(once, "address", here.space.id, address_key(address), role.value)
    if made := _made_before(here, key):
        return made
    if _is_members(here.space, address):
        raise Invalid({"address": [_("Somebody with this address is a member already.")]})
    if _open_to(here.space, address) is not None:
        raise Invalid({"address": [_("This address is invited already. Revoke that invitation to send another one.")]})
    invitation = _write(here.space, by=here.actor, role=role, uses=1, lasts=BY_ADDRESS, address=address, key=key)
    _note(here, invitation, "invited address")
    announce(InvitedToSpace(actor_id=here.actor.id, invitation_id=invitation.id))
    return invitation


def make_link(here: Here, *, role: Role, uses: int, lasts: timedelta, once: str | None = None) -> Invitation:
    """Make a link by which `uses` people can come in. Pressed twice (the same `once`) it is one. Use inside `transaction()`.

    Raises Denied for a role that is not the actor's to give.
    """
    here = _inviting(here, role)
    until = round((now() + lasts).timestamp() / 60)  # in minutes: the second press comes a moment later
    key = once_key(once, "link", here.space.id, role.value, uses, until)
    if made := _made_before(here, key):
        return made
    invitation = _write(
        here.space,
        by=here.actor,
        role=role,
        uses=min(max(uses, 1), MOST_USES),
        lasts=min(lasts, LONGEST),
        key=key,
    )
    _note(here, invitation, "made invitation link")
    return invitation


def revoke_invitation(here: Here, invitation_id: int) -> Invitation:
    """Stop an invitation. Use inside `transaction()`.

    Raises Missing for one of another space (A2), Denied when it gives a role that is not the actor's to give.
    """
    here = hold(here, Can.INVITE_MEMBER)
    invitation = lock(Invitation, invitation_id)
    if invitation is None or invitation.space_id != here.space.id:
        raise Missing
    if invitation.role not in here.giveable:
        raise Denied(_("Only a steward can revoke this invitation."))
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        _note(here, invitation, "revoked invitation")
    return invitation


def _inviting(here: Here, role: Role) -> Here:
    here = hold(here, Can.INVITE_MEMBER)
    if role not in here.giveable:
        raise Denied(_("That role is not yours to give."))
    return here


def _made_before(here: Here, key: str | None) -> Invitation | None:
    """Return what an earlier press of the same form made. The key also holds what was sent, so it is that and no other."""
    if key is None:
        return None
    query = select(Invitation).where(Invitation.invited_by_id == here.actor.id, Invitation.once == key)
    return db.session.scalars(query).one_or_none()


def _write(
    space: Space,
    *,
    by: Person,
    role: Role,
    uses: int,
    lasts: timedelta,
    address: str | None = None,
    key: str | None = None,
) -> Invitation:
    nonce, at = new_nonce(), now()
    invitation = Invitation(
        space_id=space.id,
        role=role,
        address=address_key(address) if address else None,
        nonce=nonce,
        token_hash=hashed(invitation_token(nonce)),
        uses_left=uses,
        invited_by_id=by.id,
        created_at=at,
        expires_at=at + lasts,
        once=key,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def _is_members(space: Space, address: str) -> bool:
    query = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space.id, Membership.ended_at.is_(None), Person.email.is_not(None))
    )
    return address_key(address) in {address_key(email or "") for email in db.session.scalars(query)}


def _open_to(space: Space, address: str) -> Invitation | None:
    """Return the invitation that is open to an address. One that opens nothing any more is put aside, for the constraint's sake."""
    found = db.session.scalars(
        select(Invitation).where(
            Invitation.space_id == space.id,
            Invitation.address == address_key(address),
            Invitation.uses_left > 0,
            Invitation.revoked_at.is_(None),
        )
    ).one_or_none()
    if found is not None and not _works(found, space):
        found.revoked_at = now()
        db.session.flush()
        return None
    return found


def _works(invitation: Invitation, space: Space) -> bool:
    by = db.session.get_one(Person, invitation.invited_by_id)
    return now() < invitation.expires_at and is_holder(by, space, Can.INVITE_MEMBER, at=now())


def _note(here: Here, invitation: Invitation, verb: str) -> None:
    """Log what was done to an invitation, for organisers. An address is not put where nobody could erase it."""
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.INVITE_MEMBER),
        space=here.space,
        audience=LogAudience.ORGANISERS,
        role=invitation.role.value,
    )
