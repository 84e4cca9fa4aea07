"""Holding what one member writes, for a time. Each runs inside `transaction()` and holds the space."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from forum.content.order.events import MemberHeld
from forum.content.order.models import MemberHold
from forum.core.db import db, insert
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import now
from forum.people.models import Person
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import LogAudience, Space
from forum.spaces.policy import KEEPERS, Can
from forum.spaces.queries import membership_of
from forum.web.words import _

LONGEST = timedelta(days=366)


def hold_member(here: Here, person: Person, *, until: datetime, reason: str, at: datetime | None = None) -> None:
    """Hold what a member writes until a moment; held already, this takes its place. They are told, with the reason.

    Raises Missing, Denied, RuleBroken for somebody who looks after the space, or Invalid for `until`, `reason`.
    """
    here = guard.hold(here, Can.KEEP_ORDER)
    at = at or now()
    membership = membership_of(here.space, person)
    if membership is None:
        raise Missing
    if membership.role in KEEPERS:
        raise RuleBroken(_("%(name)s looks after this space. What they write is never held.", name=person.name))
    _check(until, reason, at=at)
    values = {"held_by_id": here.actor.id, "at": at, "until": until, "reason": reason}
    made = insert(MemberHold).values({**values, "space_id": here.space.id, "person_id": person.id})
    db.session.execute(
        made.on_conflict_do_update(index_elements=[MemberHold.space_id, MemberHold.person_id], set_=values)
    )
    _tell("held member", here, person, reason=reason, at=at, until=until.isoformat())


def end_hold(here: Here, person: Person) -> bool:
    """Hold no longer what a member writes; they are told. False: it wasn't held. Raises Missing, Denied."""
    here = guard.hold(here, Can.KEEP_ORDER)
    mine = (MemberHold.space_id == here.space.id, MemberHold.person_id == person.id)
    ended = delete(MemberHold).where(*mine).returning(MemberHold.until).execution_options(synchronize_session=False)
    until = db.session.scalar(ended)
    if until is None or until <= now():
        return False
    _tell("ended hold", here, person)
    return True


def hold_of(space: Space, person: Person) -> MemberHold | None:
    """Return how a member is held now."""
    return next((one for one in holds_in(space) if one.person_id == person.id), None)


def holds_in(space: Space) -> list[MemberHold]:
    """Return who is held in a space now, those first whose time ends first."""
    query = select(MemberHold).where(MemberHold.space_id == space.id, MemberHold.until > now())
    both = (joinedload(MemberHold.person), joinedload(MemberHold.held_by))
    return list(db.session.scalars(query.options(*both).order_by(MemberHold.until, MemberHold.person_id)))


def hold_newcomers(here: Here, *, wanted: bool) -> None:
    """Let the first thing that somebody writes here wait for an organiser, or not. What waits already goes on waiting.

    Raises Missing, Denied.
    """
    here = guard.hold(here, Can.CHANGE_SPACE)
    if here.space.holds_newcomers != wanted:
        here.space.holds_newcomers = wanted
        record("holds newcomers" if wanted else "trusts newcomers", actor=here.actor, space=here.space)


def _check(until: datetime, reason: str, *, at: datetime) -> None:
    problems: dict[str, list[str]] = {}
    if not at < until <= at + LONGEST:
        problems["until"] = [_("Choose a day from tomorrow on, within a year.")]
    if not reason:
        problems["reason"] = [_("Say why. The mail to them says it.")]
    if problems:
        raise Invalid(problems)


def _tell(
    verb: str, here: Here, person: Person, *, reason: str = "", at: datetime | None = None, until: str = ""
) -> None:
    """Note it in the log, for organisers, and let the member be told."""
    entry = record(
        verb,
        actor=here.actor,
        space=here.space,
        person=person,
        reason=reason,
        audience=LogAudience.ORGANISERS,
        at=at,
    )
    entry.details = {"until": until} if until else {}
    db.session.flush()
    announce(MemberHeld(actor_id=here.actor.id, person_id=person.id, log_id=entry.id))
