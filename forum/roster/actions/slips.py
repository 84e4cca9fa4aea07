"""An organiser who noted by mistake that somebody is away takes it back. Inside `transaction()`."""

from datetime import datetime

from forum.core.db import db, lock
from forum.core.errors import Missing, RuleBroken
from forum.core.events import announce
from forum.core.halves import begins
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.settling import settle_for
from forum.roster.events import AbsenceTakenBack
from forum.roster.models import Absence
from forum.roster.queries.away import is_own_slip
from forum.spaces.guard import Here, hold
from forum.spaces.log import record
from forum.spaces.models import LogAudience
from forum.spaces.policy import Can
from forum.web.words import _


def take_back(here: Here, absence: Absence, *, at: datetime | None = None) -> None:
    """Take back what one noted for somebody here, as long as they haven't corrected it; cover follows, and they are told.

    It is as if it had never begun. Twice is once. Raises Missing for what one didn't note here, Denied, RuleBroken.
    """
    at = at or now()
    person = lock(Person, absence.person_id)
    here = hold(here, Can.KEEP_ROSTER)
    held = lock(Absence, absence.id)
    if person is None or held is None or not is_own_slip(here, held):
        raise Missing
    if held.returned_at is not None:
        return
    if held.version != 1:
        raise RuleBroken(_("%(name)s has corrected this. It is theirs to change now.", name=person.name))
    held.returned_at = min(at, begins(held.span.first, zone=person.zone))
    held.version, held.changed_at = held.version + 1, at
    db.session.flush()
    settle_for(person, at=at)
    audience = LogAudience.ORGANISERS
    record("took back absence", actor=here.actor, space=here.space, person=person, audience=audience, at=at)
    announce(AbsenceTakenBack(actor_id=here.actor.id, absence_id=held.id))
