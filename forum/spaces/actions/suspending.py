"""Suspending a member for a time. The space is held, so of two stewards who suspend each other the second is refused (A4)."""

from datetime import UTC, datetime, timedelta

from forum.core.db import db
from forum.core.errors import Denied, Invalid, Missing
from forum.core.events import announce
from forum.core.time import local, now
from forum.people.models import Person
from forum.spaces.events import MemberSuspended, SuspensionEnded
from forum.spaces.feature import let_go
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import Role, Suspension
from forum.spaces.policy import RANK, Can
from forum.spaces.queries import membership_of, suspension_of
from forum.web.words import _

LONGEST_SUSPENSION = timedelta(days=90)
A_DAY = timedelta(days=1)


def why_not_suspend(here: Here, person: Person, *, role: Role) -> str | None:
    """Return the sentence for why `person`, of `role`, can't be suspended; None when they can."""
    if not here.may(Can.SUSPEND_MEMBER):
        return here.why_not(Can.SUSPEND_MEMBER)
    if person.id == here.actor.id:
        return _("You can’t suspend yourself.")
    if here.role is not Role.STEWARD and RANK[role] >= RANK[Role.ORGANISER]:
        return _("Only a steward can suspend an organiser or a steward.")
    return None


def suspend(here: Here, person: Person, *, until: datetime, reason: str) -> Suspension:
    """Let a member only read here, from now until an instant. One who is suspended already gets the new end and reason.

    The same again changes nothing. Use inside `transaction()`. Raises Missing when they are no member, Denied when the role of the
    person acting doesn't reach that far, and Invalid for `until` and `reason`.
    """
    here = _hold(here, person)
    at, until = now(), until.astimezone(UTC)
    if not reason:
        raise Invalid({"reason": [_("Say why. They read it in the mail, and members in the log.")]})
    if until <= at:
        raise Invalid({"until": [_("That day has passed. Pick a later one.")]})
    if until > at + LONGEST_SUSPENSION + A_DAY:  # the last day counts whole
        raise Invalid({"until": [_("A suspension lasts 90 days at the most. Pick an earlier day.")]})
    before = suspension_of(here.space, person, at=at)
    if before is not None and (before.until, before.reason) == (until, reason):
        return before
    if before is None:
        let_go(here.space, person, at)
    held = db.session.get(Suspension, (here.space.id, person.id))
    if held is None:
        held = Suspension(space_id=here.space.id, person_id=person.id)
        db.session.add(held)
    held.since = before.since if before else at
    held.until, held.reason, held.by_id = until, reason, here.actor.id
    entry = record(
        "changed suspension" if before else "suspended member",
        actor=here.actor,
        space=here.space,
        person=person,
        reason=reason,
        until=local(until, here.space.zone).date().isoformat(),
    )
    db.session.flush()
    announce(MemberSuspended(actor_id=here.actor.id, log_id=entry.id, until=until.isoformat()))
    return held


def end_suspension(here: Here, person: Person, *, reason: str = "") -> None:
    """Let a member take part again before the day. Not suspended (any more), nothing changes. Raises Missing, Denied."""
    here = _hold(here, person)
    held = suspension_of(here.space, person, at=now())
    if held is None:
        return
    db.session.delete(held)
    entry = record("ended suspension", actor=here.actor, space=here.space, person=person, reason=reason)
    db.session.flush()
    announce(SuspensionEnded(actor_id=here.actor.id, log_id=entry.id))


def _hold(here: Here, person: Person) -> Here:
    here = hold(here, Can.SUSPEND_MEMBER)
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    if why := why_not_suspend(here, person, role=membership.role):
        raise Denied(why)
    return here
