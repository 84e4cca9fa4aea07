"""Inviting people to a space, by address or by a link. Coming in that way stands in `entering`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Select, select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
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
from forum.web.words import _, _n, listed

BY_ADDRESS = timedelta(days=14)
LONGEST = timedelta(days=90)
MOST_USES = 500
MOST_AT_ONCE = 50
NAMED = 900
"""Characters in which addresses are named in a banner."""
A_MOMENT = timedelta(minutes=1)
"""Within it a second press of "Send again" is the first one's."""


@dataclass
class Outcome:
    """What became of addresses that somebody wants to invite."""

    invited: list[str] = field(default_factory=list)
    """They have an invitation by this press, or by an earlier one of the same form."""
    invited_before: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)


def invite_addresses(
    here: Here, *, addresses: Sequence[str], role: Role = Role.CHAMPION, once: str | None = None
) -> Outcome:
    """Invite each address that isn't a member's and isn't invited already: it works once, for that address.

    Pressed twice (the same `once`) each is invited once. Use inside `transaction()`. Raises Denied for a role that is not the
    actor's to give, Invalid when nobody is left to invite.
    """
    here = _inviting(here, role)
    outcome, open_ones, members = Outcome(), _open_to(here.space, addresses), _addresses_of_members(here.space)
    made = _made_before(here, *(_key_for(here, address, role=role, once=once) for address in addresses))
    for address in addresses:
        key = _key_for(here, address, role=role, once=once)
        if key in made:
            outcome.invited.append(address)
        elif address_key(address) in members:
            outcome.members.append(address)
        elif address_key(address) in open_ones:
            outcome.invited_before.append(address)
        else:
            invitation = _write(
                here.space, by=here.actor, role=role, uses=1, lasts=BY_ADDRESS, address=address, key=key
            )
            announce(InvitedToSpace(actor_id=here.actor.id, invitation_id=invitation.id))
            outcome.invited.append(address)
    if not outcome.invited:
        raise Invalid({"addresses": sentences_on(outcome)})
    if number := len(outcome.invited) - len(made):
        _note(here, role, "invited address" if number == 1 else "invited addresses", number=number)
    return outcome


def how_many_new(space: Space, addresses: Sequence[str]) -> int:
    """Return how many of `addresses` would be mailed now. For the limit of a day; `invite_addresses` looks again."""
    known = _addresses_of_members(space) | {
        str(one.address) for one in db.session.scalars(_open_by_address(space, addresses)) if one.expires_at > now()
    }
    return sum(address_key(address) not in known for address in addresses)


def sentences_on(outcome: Outcome) -> list[str]:
    """Name those who were not invited, and why."""
    said = []
    if outcome.members:
        names = listed(outcome.members, room=NAMED)
        said.append(
            _n("%(names)s is a member already.", "Members already: %(names)s.", len(outcome.members), names=names)
        )
    if outcome.invited_before:
        names = listed(outcome.invited_before, room=NAMED)
        number = len(outcome.invited_before)
        said.append(
            _n("%(names)s is invited already: send it again below.", "Invited already: %(names)s.", number, names=names)
        )
    return said


def send_again(here: Here, invitation_id: int) -> Invitation:
    """Mail an open invitation anew: with another link, so that the old one stops, and for as long as a new one.

    Pressed twice it is one mail. Use inside `transaction()`. Raises Missing for one of another space (A2) or a link, Denied for a role
    that is not the actor's to give, RuleBroken when it was used or taken back meanwhile.
    """
    here = hold(here, Can.INVITE_MEMBER)
    invitation = _held(here, invitation_id)
    if invitation.address is None:
        raise Missing
    if invitation.role not in here.giveable:
        raise Denied(_("Only a steward can send this invitation again."))
    if invitation.uses_left == 0 or invitation.revoked_at is not None:
        raise RuleBroken(_("This invitation was used or taken back meanwhile."))
    if invitation.address in _addresses_of_members(here.space):
        raise RuleBroken(_("Somebody with this address is a member already."))
    if invitation.mailed_at is not None and invitation.mailed_at > now() - A_MOMENT:
        return invitation
    at, nonce = now(), new_nonce()
    invitation.nonce, invitation.token_hash = nonce, hashed(invitation_token(nonce))
    invitation.invited_by_id, invitation.once = here.actor.id, None
    invitation.mailed_at, invitation.expires_at = at, at + BY_ADDRESS
    _note(here, invitation.role, "sent invitation again")
    announce(InvitedToSpace(actor_id=here.actor.id, invitation_id=invitation.id))
    return invitation


def make_link(
    here: Here, *, role: Role, uses: int, lasts: timedelta, label: str = "", once: str | None = None
) -> Invitation:
    """Make a link by which `uses` people can come in. Pressed twice (the same `once`) it is one. Use inside `transaction()`.

    Raises Denied for a role that is not the actor's to give.
    """
    here = _inviting(here, role)
    until = round((now() + lasts).timestamp() / 60)  # in minutes: the second press comes a moment later
    key = once_key(once, "link", here.space.id, role.value, uses, until, label)
    if made := _made_before(here, key):
        return made[str(key)]
    invitation = _write(
        here.space,
        by=here.actor,
        role=role,
        uses=min(max(uses, 1), MOST_USES),
        lasts=min(lasts, LONGEST),
        label=label,
        key=key,
    )
    _note(here, role, "made invitation link")
    return invitation


def revoke_invitation(here: Here, invitation_id: int) -> Invitation:
    """Stop an invitation. Use inside `transaction()`.

    Raises Missing for one of another space (A2), Denied when it gives a role that is not the actor's to give.
    """
    here = hold(here, Can.INVITE_MEMBER)
    invitation = _held(here, invitation_id)
    if invitation.role not in here.giveable:
        raise Denied(_("Only a steward can revoke this invitation."))
    if invitation.revoked_at is None:
        invitation.revoked_at = now()
        _note(here, invitation.role, "revoked invitation")
    return invitation


def _inviting(here: Here, role: Role) -> Here:
    here = hold(here, Can.INVITE_MEMBER)
    if role not in here.giveable:
        raise Denied(_("That role is not yours to give."))
    return here


def _held(here: Here, invitation_id: int) -> Invitation:
    invitation = lock(Invitation, invitation_id)
    if invitation is None or invitation.space_id != here.space.id:
        raise Missing
    return invitation


def _key_for(here: Here, address: str, *, role: Role, once: str | None) -> str | None:
    return once_key(once, "address", here.space.id, address_key(address), role.value)


def _made_before(here: Here, *keys: str | None) -> dict[str | None, Invitation]:
    """Return what an earlier press of the same form made. A key also holds what was sent, so it is that and no other."""
    wanted = [key for key in keys if key is not None]
    query = select(Invitation).where(Invitation.invited_by_id == here.actor.id, Invitation.once.in_(wanted))
    return {made.once: made for made in db.session.scalars(query)} if wanted else {}


def _write(
    space: Space,
    *,
    by: Person,
    role: Role,
    uses: int,
    lasts: timedelta,
    address: str | None = None,
    label: str = "",
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
        label=label,
        mailed_at=at if address else None,
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def _addresses_of_members(space: Space) -> set[str]:
    query = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.space_id == space.id, Membership.ended_at.is_(None), Person.email.is_not(None))
    )
    return {address_key(email or "") for email in db.session.scalars(query)}


def _open_by_address(space: Space, addresses: Sequence[str]) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.space_id == space.id,
        Invitation.address.in_([address_key(address) for address in addresses]),
        Invitation.uses_left > 0,
        Invitation.revoked_at.is_(None),
    )


def _open_to(space: Space, addresses: Sequence[str]) -> set[str]:
    """Return to which addresses an invitation is open. One that opens nothing any more is put aside, for the constraint's sake."""
    still_open = set()
    for found in db.session.scalars(_open_by_address(space, addresses)):
        if _works(found, space):
            still_open.add(str(found.address))
        else:
            found.revoked_at = now()
    db.session.flush()
    return still_open


def _works(invitation: Invitation, space: Space) -> bool:
    by = db.session.get_one(Person, invitation.invited_by_id)
    return now() < invitation.expires_at and is_holder(by, space, Can.INVITE_MEMBER, at=now())


def _note(here: Here, role: Role, verb: str, *, number: int = 1) -> None:
    """Log what was done to an invitation, for organisers. An address is not put where nobody could erase it."""
    record(
        verb,
        actor=here.actor,
        on_behalf_of=here.on_behalf_of(Can.INVITE_MEMBER),
        space=here.space,
        audience=LogAudience.ORGANISERS,
        role=role.value,
        number=str(number),
    )
