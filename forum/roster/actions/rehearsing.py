"""A rehearsal: the deputy runs a duty for a day and notes what was missing, which the handover then has. Inside `transaction()`."""

from datetime import date, datetime

from sqlalchemy import select

from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.time import local, now
from forum.roster.access import hold_duty, why_not_change
from forum.roster.actions import handing
from forum.roster.actions.appointing import open_of
from forum.roster.actions.duties import is_holder
from forum.roster.actions.duty_words import too_far
from forum.roster.actions.passing import line_of
from forum.roster.events import RehearsalAsked, RehearsalNoted
from forum.roster.models import Duty, Place, Rehearsal
from forum.roster.telling import no_more_asked, tell_asked
from forum.spaces.guard import Here
from forum.spaces.policy import Can
from forum.web.words import _


def ask(here: Here, duty: Duty, *, day: date, at: datetime | None = None) -> Rehearsal:
    """Ask the deputy to run a duty on a day, while its holder is there to be asked. By the holder, or an organiser. Twice is once.

    Raises Missing, Denied, Invalid for `day`, RuleBroken without a deputy.
    """
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    if why := why_not_change(here, is_holder=is_holder(duty.id, here)):
        raise Denied(why)
    if day < local(at, here.space.zone).date():
        raise Invalid({"day": [_("That day has passed. Choose today or a later one.")]})
    if problems := too_far("day", day):
        raise Invalid(problems)
    deputy = open_of(duty.id, Place.DEPUTY)
    if deputy is None:
        raise RuleBroken(_("There is no deputy yet. Ask somebody to be the deputy first."))
    query = select(Rehearsal).where(
        Rehearsal.duty_id == duty.id, Rehearsal.person_id == deputy.person_id, Rehearsal.day == day
    )
    there = db.session.scalar(query)
    if there is not None:
        return there
    made = Rehearsal(duty_id=duty.id, person_id=deputy.person_id, day=day, asked_by_id=here.actor.id)
    db.session.add(made)
    db.session.flush()
    if made.person_id != here.actor.id:
        tell_asked(made.person_id, about=item.id, at=at)
        announce(RehearsalAsked(actor_id=here.actor.id, item_id=item.id, rehearsal_id=made.id))
    return made


def note(here: Here, rehearsal: Rehearsal, text: str, *, at: datetime | None = None) -> None:
    """Note what was missing, a line each: it goes into the handover that is under way, or the next one. Once it is noted, it stays.

    Raises Missing for anybody but who ran it, Denied, Invalid for `missing`, RuleBroken.
    """
    at = at or now()
    here, duty, item = hold_duty(here, rehearsal.duty_id, power=Can.TAKE_DUTY)
    held = lock(Rehearsal, rehearsal.id)
    if held is None or held.person_id != here.actor.id:
        raise Missing
    if held.noted_at is not None:
        return
    if local(at, here.space.zone).date() < held.day:
        raise RuleBroken(_("That day is still to come. Note what was missing when you have run it."))
    lines = [line_of("missing", line) for line in text.splitlines() if line.strip()]
    if not lines:
        raise Invalid({"missing": [_("Write what was missing, or “Nothing”.")]})
    held.missing, held.noted_at = "\n".join(lines), at
    db.session.flush()
    running = handing.open_of(duty.id)
    if running is not None:
        handing.append(running, lines)
    announce(RehearsalNoted(actor_id=here.actor.id, item_id=item.id, rehearsal_id=held.id))
    no_more_asked(item.id)
