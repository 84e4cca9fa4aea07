"""Who belongs to a space, and with which role. A space that has a steward keeps one (A4)."""

from datetime import datetime

from sqlalchemy import or_, select, update

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.events import MemberRemoved, RoleChanged
from forum.spaces.feature import left, let_go
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Grant, Invitation, JoinRequest, JoinState, Membership, Role, Space
from forum.spaces.policy import POWERS, RANK, Can, giveable
from forum.spaces.queries import membership_of, stewards_of, suspension_of
from forum.web.words import _


def add_member(
    space: Space, person: Person, *, role: Role = Role.CHAMPION, actor: Person, at: datetime | None = None
) -> Membership:
    """Make `person` a member, on somebody's own authority: the demo, a command, the first run. Use inside `transaction()`.

    Raises RuleBroken when they are one already.
    """
    lock(Space, space.id)
    if membership_of(space, person) is not None:
        raise RuleBroken(_("%(name)s is a member already.", name=person.name))
    membership = enter(space, person, role=role, at=at)
    record("added member", actor=actor, space=space, person=person, at=at, role=role.value)
    return membership


def enter(
    space: Space, person: Person, *, role: Role, let_in_by: Person | None = None, at: datetime | None = None
) -> Membership:
    """Open a membership, under the space's lock; a request that waits is answered by it. The caller writes the log."""
    moment = at or now()
    membership = Membership(space_id=space.id, person_id=person.id, role=role, joined_at=moment)
    db.session.add(membership)
    db.session.execute(
        update(JoinRequest)
        .where(
            JoinRequest.space_id == space.id,
            JoinRequest.person_id == person.id,
            JoinRequest.state == JoinState.WAITING,
        )
        .values(state=JoinState.ACCEPTED, decided_at=moment, decided_by_id=let_in_by.id if let_in_by else None)
    )
    db.session.flush()
    return membership


def join(here: Here, *, at: datetime | None = None) -> Membership:
    """Join an open space as a champion. Twice is once. Use inside `transaction()`."""
    try:
        here = hold(here, Can.JOIN_SPACE)
    except Denied:
        membership = membership_of(here.space, here.actor)
        if membership is None:
            raise
        return membership
    membership = enter(here.space, here.actor, role=Role.CHAMPION, at=at)
    record("joined space", actor=here.actor, space=here.space, at=at)
    return membership


def leave(here: Here, *, at: datetime | None = None) -> None:
    """End one's own membership. Twice is once. Use inside `transaction()`. Raises RuleBroken for the last steward."""
    here = hold(here)
    if not here.is_member:
        return
    here.require(Can.LEAVE_SPACE)
    _keep_a_steward(here.space, without=here.actor, membership=_held(here))
    end(here.space, _held(here), at=at)
    record("left space", actor=here.actor, space=here.space, at=at)


def end_membership(here: Here, person: Person, *, reason: str = "", at: datetime | None = None) -> None:
    """Remove a member, who is told why. Use inside `transaction()`.

    Raises Missing when they are no member, Denied when the role of the person acting doesn't reach that far, RuleBroken for the last
    steward.
    """
    here = hold(here, Can.REMOVE_MEMBER)
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    if why := why_not_remove(here, person, role=membership.role):
        raise Denied(why)
    _keep_a_steward(here.space, without=person, membership=membership)
    end(here.space, membership, at=at)
    entry = record("removed member", actor=here.actor, space=here.space, person=person, reason=reason, at=at)
    db.session.flush()
    announce(MemberRemoved(actor_id=here.actor.id, membership_id=membership.id, log_id=entry.id))


def change_role(here: Here, person: Person, *, role: Role, reason: str = "", at: datetime | None = None) -> Membership:
    """Give a member another role. Use inside `transaction()`.

    Raises Missing when they are no member, Denied for a role that is not the actor's to give or their own raised, RuleBroken when no
    steward would be left (A4).
    """
    here = hold(here, Can.CHANGE_ROLE)
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    old = membership.role
    if old is role:
        return membership
    if why := why_not_change(here, person, old=old, new=role):
        raise Denied(why)
    _keep_a_steward(here.space, without=person, membership=membership)
    if Can.TAKE_DUTY in POWERS[old] and Can.TAKE_DUTY not in POWERS[role]:
        let_go(here.space, person, at or now())
        _end_lent(here.space.id, person.id, at=at or now())
    membership.role = role
    is_own = person.id == here.actor.id
    _take_back_invitations(
        here.space, person, giveable_now=giveable(role) if RANK[role] >= RANK[Role.ORGANISER] else ()
    )
    entry = record(
        "stepped down" if is_own else "changed role",
        actor=here.actor,
        space=here.space,
        person=person,
        reason=reason,
        at=at,
        old=old.value,
        new=role.value,
    )
    db.session.flush()
    if not is_own:
        announce(RoleChanged(actor_id=here.actor.id, membership_id=membership.id, log_id=entry.id))
    return membership


def appoint(admin: Person, space: Space, person: Person, *, reason: str = "") -> Membership:
    """Give a space without a steward one, by an admin, who learns nothing of the space by it (A4). Use inside `transaction()`."""
    if not admin.is_admin:
        raise Missing
    lock(Space, space.id)
    if stewards_of(space.id):
        raise RuleBroken(_("This space has a steward. They decide who else becomes one."))
    if person.id == admin.id:
        raise Denied(_("Nobody raises their own role. Appoint somebody else, or ask another admin."))
    if not person.is_active:
        raise RuleBroken(_("The account of %(name)s is not in use. Choose somebody else.", name=person.name))
    if suspension_of(space, person, at=now()) is not None:
        raise RuleBroken(_("%(name)s is suspended in this space. Choose somebody else.", name=person.name))
    membership = membership_of(space, person) or enter(space, person, role=Role.STEWARD, let_in_by=admin)
    membership.role = Role.STEWARD
    entry = record("appointed steward", actor=admin, space=space, person=person, reason=reason)
    db.session.flush()
    announce(RoleChanged(actor_id=admin.id, membership_id=membership.id, log_id=entry.id))
    return membership


def why_not_remove(here: Here, person: Person, *, role: Role) -> str | None:
    """Return the sentence for why `person`, of `role`, can't be removed; None when they can."""
    if not here.may(Can.REMOVE_MEMBER):
        return here.why_not(Can.REMOVE_MEMBER)
    if person.id == here.actor.id:
        return _("You can’t remove yourself. Leave the space instead.")
    if here.role is not Role.STEWARD and RANK[role] >= RANK[Role.ORGANISER]:
        return _("Only a steward can remove an organiser or a steward.")
    return None


def why_not_change(here: Here, person: Person, *, old: Role, new: Role) -> str | None:
    """Return the sentence for why `person` can't be given the role `new`; None when they can."""
    if not here.may(Can.CHANGE_ROLE):
        return here.why_not(Can.CHANGE_ROLE)
    if person.id == here.actor.id and RANK[new] > RANK[old]:
        return _("Nobody raises their own role.")
    if new not in here.giveable:
        return _("That role is not yours to give.")
    return None


def _held(here: Here) -> Membership:
    if here.membership is None:
        raise Missing
    return here.membership


def _keep_a_steward(space: Space, *, without: Person, membership: Membership) -> None:
    """Refuse what would leave a space that has a steward without one. Under the space's lock, or two could go at once."""
    if membership.role is not Role.STEWARD:
        return
    if all(steward.id == without.id for steward in stewards_of(space.id)) and without.is_active:
        raise RuleBroken(_("%(name)s is the only steward here. Make somebody else a steward first.", name=without.name))


def end(space: Space, membership: Membership, *, at: datetime | None = None) -> None:
    """End a membership, and with it what it gave: rights lent by or to the person, and invitations they wrote (A3, D5)."""
    moment = at or now()
    person_id = membership.person_id
    let_go(space, db.session.get_one(Person, person_id), moment)
    membership.ended_at = moment
    _end_lent(space.id, person_id, at=moment)
    person = db.session.get_one(Person, person_id)
    db.session.flush()
    left(space, person, moment)
    _take_back_invitations(space, person, giveable_now=())


def _end_lent(space_id: int, person_id: int, *, at: datetime) -> None:
    """End what is lent by or to somebody in a space."""
    db.session.execute(
        update(Grant)
        .where(
            Grant.space_id == space_id,
            or_(Grant.person_id == person_id, Grant.giver_id == person_id),
            Grant.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )


def _take_back_invitations(space: Space, person: Person, *, giveable_now: tuple[Role, ...]) -> None:
    """Revoke the invitations that somebody wrote to roles they could not give any more."""
    theirs = select(Invitation.id).where(
        Invitation.space_id == space.id, Invitation.invited_by_id == person.id, Invitation.revoked_at.is_(None)
    )
    db.session.execute(
        update(Invitation)
        .where(Invitation.id.in_(theirs), Invitation.role.not_in(giveable_now))
        .values(revoked_at=now())
    )
