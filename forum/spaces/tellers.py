"""Whom the facts of spaces concern, and what their mails say. Each is asked again at sending whether they may still be told (A3)."""

from collections.abc import Iterable, Sequence

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Mail
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.actions.entering import Opened
from forum.spaces.events import (
    AskedToJoin,
    InvitedToSpace,
    JoinRequestDecided,
    MemberRemoved,
    MemberSuspended,
    RoleChanged,
    SuspensionEnded,
)
from forum.spaces.models import Invitation, JoinRequest, JoinState, LogEntry, Membership, Role, Space
from forum.spaces.policy import Can
from forum.spaces.queries import holders_of, is_holder, membership_of, suspension_of
from forum.spaces.tokens import invitation_token
from forum.spaces.words import WITH_ARTICLE
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.rendering import long_day
from forum.web.words import _


def _reachable(recipient: Recipient) -> tuple[Person, str] | None:
    """Return the person and where mail reaches them, unless the account is out of use."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if person is None or not person.is_active or not person.email:
        return None
    return person, person.email


def _name(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else _("Somebody")


def invited(fact: InvitedToSpace) -> Iterable[Recipient]:
    """Tell the address that was invited."""
    invitation = db.session.get(Invitation, fact.invitation_id)
    return [Recipient(address=invitation.address)] if invitation and invitation.address else []


def tell_invited(fact: InvitedToSpace, recipient: Recipient) -> Mail | None:
    """Say who invites to what, unless the invitation stopped meanwhile."""
    invitation = db.session.get(Invitation, fact.invitation_id)
    if invitation is None or not recipient.address:
        return None
    space = db.session.get_one(Space, invitation.space_id)
    by = db.session.get_one(Person, invitation.invited_by_id)
    if not Opened(invitation, space, by).is_good(at=now()):
        return None
    return letter(
        "space/invitation",
        to=recipient.address,
        subject=_("%(name)s invites you to %(space)s", name=by.name, space=space.name),
        why=_("You get this because %(name)s wrote your address into an invitation.", name=by.name),
        by=by,
        space=space,
        role=str(WITH_ARTICLE[invitation.role]),
        expires_at=invitation.expires_at,
        url=absolute("spaces.invitation", token=invitation_token(invitation.nonce)),
    )


def asked(fact: AskedToJoin) -> Iterable[Recipient]:
    """Tell who can let people in: organisers, stewards, and to whom it is lent."""
    request = db.session.get(JoinRequest, fact.request_id)
    if request is None or request.state is not JoinState.WAITING:
        return []
    space = db.session.get_one(Space, request.space_id)
    return [Recipient(person_id=person.id) for person in holders_of(space, Can.DECIDE_REQUEST, at=now())]


def tell_asked(fact: AskedToJoin, recipient: Recipient) -> Mail | None:
    """Say who asks, unless somebody answered meanwhile or this person may not answer any more."""
    request = db.session.get(JoinRequest, fact.request_id)
    found = _reachable(recipient)
    if request is None or request.state is not JoinState.WAITING or found is None:
        return None
    person, address = found
    space = db.session.get_one(Space, request.space_id)
    asking = db.session.get_one(Person, request.person_id)
    if not is_holder(person, space, Can.DECIDE_REQUEST, at=now()):
        return None
    return letter(
        "space/request",
        to=address,
        subject=_("%(name)s asks to join %(space)s", name=asking.name, space=space.name),
        why=_("You get this because you can let people into %(space)s.", space=space.name),
        asking=asking,
        note=request.note,
        space=space,
        url=absolute("spaces.requests", slug=space.slug),
    )


def decided(fact: JoinRequestDecided) -> Iterable[Recipient]:
    """Tell who asked."""
    request = db.session.get(JoinRequest, fact.request_id)
    return [Recipient(person_id=request.person_id)] if request else []


def tell_decided(fact: JoinRequestDecided, recipient: Recipient) -> Mail | None:
    """Say what was decided; of being let in only while they are still inside."""
    request = db.session.get(JoinRequest, fact.request_id)
    found = _reachable(recipient)
    if request is None or found is None or request.state not in {JoinState.ACCEPTED, JoinState.DECLINED}:
        return None
    person, address = found
    space = db.session.get_one(Space, request.space_id)
    is_in = request.state is JoinState.ACCEPTED
    if is_in and membership_of(space, person) is None:
        return None
    welcome = _("Welcome to %(space)s", space=space.name)
    return letter(
        "space/decided",
        to=address,
        subject=welcome if is_in else _("Your request to join %(space)s", space=space.name),
        why=_("You get this because you asked to join %(space)s.", space=space.name),
        space=space,
        is_in=is_in,
        answer=request.answer,
        by=_name(request.decided_by_id),
        url=absolute("home.today_page", slug=space.slug) if is_in else None,
    )


def concerned(fact: MemberRemoved | RoleChanged) -> Iterable[Recipient]:
    """Tell whose membership it is."""
    membership = db.session.get(Membership, fact.membership_id)
    return [Recipient(person_id=membership.person_id)] if membership else []


def tell_removed(fact: MemberRemoved, recipient: Recipient) -> Mail | None:
    """Say that somebody is no member any more, and why; unless they came back meanwhile."""
    membership, entry = db.session.get(Membership, fact.membership_id), db.session.get(LogEntry, fact.log_id)
    found = _reachable(recipient)
    if membership is None or entry is None or found is None:
        return None
    person, address = found
    space = db.session.get_one(Space, membership.space_id)
    if membership_of(space, person) is not None:
        return None
    return letter(
        "space/removed",
        to=address,
        subject=_("You are no longer a member of %(space)s", space=space.name),
        why=_("You get this because you were a member of %(space)s.", space=space.name),
        space=space,
        by=_name(entry.actor_id),
        reason=entry.reason,
    )


def tell_role(fact: RoleChanged, recipient: Recipient) -> Mail | None:
    """Say which role somebody has now; unless it changed again meanwhile, of which they are told by itself."""
    membership, entry = db.session.get(Membership, fact.membership_id), db.session.get(LogEntry, fact.log_id)
    found = _reachable(recipient)
    if membership is None or membership.ended_at is not None or entry is None or found is None:
        return None
    if membership.role != entry.details.get("new", Role.STEWARD.value):
        return None
    space, role = db.session.get_one(Space, membership.space_id), str(WITH_ARTICLE[membership.role])
    return letter(
        "space/role",
        to=found[1],
        subject=_("You are %(role)s of %(space)s now", role=role, space=space.name),
        why=_("You get this because you are a member of %(space)s.", space=space.name),
        space=space,
        role=role,
        by=_name(entry.actor_id),
        reason=entry.reason,
        url=absolute("home.today_page", slug=space.slug),
    )


def suspended(fact: MemberSuspended | SuspensionEnded) -> Iterable[Recipient]:
    """Tell whom the line of the log is about."""
    entry = db.session.get(LogEntry, fact.log_id)
    return [Recipient(person_id=entry.person_id)] if entry and entry.person_id else []


def tell_suspended(fact: MemberSuspended, recipient: Recipient) -> Mail | None:
    """Say until when somebody only reads, by whom and why; unless it changed or ended meanwhile, or they left."""
    entry, found = db.session.get(LogEntry, fact.log_id), _reachable(recipient)
    if entry is None or entry.space_id is None or found is None:
        return None
    person, address = found
    space, at = db.session.get_one(Space, entry.space_id), now()
    held = suspension_of(space, person, at=at)
    if held is None or held.until.isoformat() != fact.until or membership_of(space, person) is None:
        return None
    day = long_day(local(held.until, space.zone).date())
    return letter(
        "space/suspended",
        to=address,
        subject=_("You are suspended in %(space)s until %(day)s", space=space.name, day=day),
        why=_("You get this because you are a member of %(space)s.", space=space.name),
        space=space,
        day=day,
        is_changed=entry.verb == "changed suspension",
        by=_name(entry.actor_id),
        reason=entry.reason,
        url=absolute("home.today_page", slug=space.slug),
    )


def tell_suspension_ended(fact: SuspensionEnded, recipient: Recipient) -> Mail | None:
    """Say that somebody takes part again; unless they were suspended anew meanwhile, or left."""
    entry, found = db.session.get(LogEntry, fact.log_id), _reachable(recipient)
    if entry is None or entry.space_id is None or found is None:
        return None
    person, address = found
    space = db.session.get_one(Space, entry.space_id)
    if suspension_of(space, person, at=now()) is not None or membership_of(space, person) is None:
        return None
    return letter(
        "space/suspension_ended",
        to=address,
        subject=_("You take part in %(space)s again", space=space.name),
        why=_("You get this because you are a member of %(space)s.", space=space.name),
        space=space,
        by=_name(entry.actor_id),
        reason=entry.reason,
        url=absolute("home.today_page", slug=space.slug),
    )


TELLERS: Sequence[Teller] = (
    Teller(fact=InvitedToSpace, recipients=invited, compose=tell_invited),
    Teller(fact=AskedToJoin, recipients=asked, compose=tell_asked),
    Teller(fact=JoinRequestDecided, recipients=decided, compose=tell_decided),
    Teller(fact=MemberRemoved, recipients=concerned, compose=tell_removed),
    Teller(fact=RoleChanged, recipients=concerned, compose=tell_role),
    Teller(fact=MemberSuspended, recipients=suspended, compose=tell_suspended),
    Teller(fact=SuspensionEnded, recipients=suspended, compose=tell_suspension_ended),
)
