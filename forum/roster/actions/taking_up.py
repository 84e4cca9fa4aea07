"""Taking back that somebody's part in a duty was ended, by whoever ended it: within the hour, it was a slip. Inside `transaction()`."""

from datetime import datetime

from sqlalchemy import or_, select

from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.events import announce
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.access import hold_duty
from forum.roster.actions import sponsors
from forum.roster.actions.appointing import ENDED_PART, GAVE_UP, Gone, open_of, require_offerable
from forum.roster.actions.bringing_back import UNDO_WITHIN, bring_back, last_line, lock_all
from forum.roster.actions.settling import settle_duty
from forum.roster.events import DutyTakenUp
from forum.roster.models import CoverRequest, Duty, Holding, HoldingState, Place
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import LogEntry
from forum.spaces.policy import Can
from forum.spaces.queries import membership_of
from forum.web.words import _

TOOK_UP = "took up part"


def take_up(here: Here, holding: Holding, *, at: datetime | None = None) -> bool:
    """Let a part in a duty that one ended be whose it was, with the covers that ended with it; they are told. Twice is once.

    Return whether all is as it was. Raises Missing for what somebody else ended, Denied, RuleBroken, and Gone when it is too late or
    something has changed since.
    """
    at = at or now()
    covers = CoverRequest.duty_id == holding.duty_id
    lock_all(covers, _moment(holding), holding.person_id)
    here, duty, item = hold_duty(here, holding.duty_id, power=Can.SEE_ROSTER)
    held = lock(Holding, holding.id)
    if held is None or held.state is not HoldingState.ACCEPTED:
        raise Missing
    if held.person_id != here.actor.id and not here.may(Can.KEEP_ROSTER):
        raise Denied(_("Whoever has the duty gives it up, or an organiser ends it."))
    if held.until_day is None:
        return True
    entry = _line(held)
    if entry is None or entry.actor_id != here.actor.id:
        raise Missing
    person = db.session.get_one(Person, held.person_id)
    if at - entry.at > UNDO_WITHIN or entry.details.get("before"):
        raise Gone(_("It is too late to undo this. Ask %(name)s to take it on again.", name=person.name))
    _require_as_it_was(here, duty, held, person, at=at)
    held.until_day, held.reason = None, ""
    db.session.flush()
    is_all = bring_back(covers, entry.at, actor=here.actor, at=at)
    settle_duty(duty.id, at=at)
    record(TOOK_UP, actor=here.actor, space=here.space, item=item, person=person, at=at)
    sponsors.tell(duty, held, is_end=False, again=True)
    if held.person_id != here.actor.id:
        announce(DutyTakenUp(actor_id=here.actor.id, item_id=item.id, holding_id=held.id, with_covers=is_all))
    return is_all


def _require_as_it_was(here: Here, duty: Duty, held: Holding, person: Person, *, at: datetime) -> None:
    """Raise when a part can't be whose it was any more: somebody else has it, or they came anew since."""
    require_offerable(here, duty, person, place=held.place, day=local(at, here.space.zone).date())
    after = select(Holding.id).where(
        Holding.duty_id == duty.id,
        Holding.place == held.place,
        Holding.state == HoldingState.ACCEPTED,
        Holding.id != held.id,
        or_(
            Holding.until_day.is_(None),
            (Holding.until_day > Holding.from_day) & (Holding.until_day > held.until_day),
        ),
    )
    deputy = open_of(duty.id, Place.DEPUTY) if held.place is Place.HOLDER else None
    membership = membership_of(here.space, person)
    is_new = membership is None or held.answered_at is None or membership.joined_at > held.answered_at
    if is_new or db.session.scalar(after.limit(1)) is not None or (deputy and deputy.person_id == person.id):
        raise Gone(_("This has changed since. Ask somebody to take it on."))


def _line(holding: Holding) -> LogEntry | None:
    """Return the line of the log on the latest end of somebody's part: None when that was undone, so that something else ended it."""
    entry = last_line(holding.duty_id, GAVE_UP, ENDED_PART, TOOK_UP, person_id=holding.person_id)
    return entry if entry is not None and entry.verb != TOOK_UP else None


def _moment(holding: Holding) -> datetime:
    entry = _line(holding)
    return entry.at if entry else now()
