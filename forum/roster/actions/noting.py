"""What happened to a duty, written into its passport. Runs inside `transaction()`."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Denied, Invalid
from forum.core.markup.source import normalised
from forum.core.time import local, now
from forum.roster.access import hold_duty, why_not_change
from forum.roster.actions.duties import is_holder
from forum.roster.models import ABOUT_LENGTH, Duty, DutyEntry, EntryKind
from forum.roster.queries.book import who_holds
from forum.roster.secrets import no_secret
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.policy import Can
from forum.web.words import _

A_MOMENT = timedelta(minutes=10)
"""Within it the same words again are the first press's."""


def why_not_note(here: Here, duty: Duty, *, at: datetime) -> str:
    """Return "" when the person may note what happened: whoever has the duty or stands in, or an organiser. Else why not."""
    why = why_not_change(here, is_holder=is_holder(duty.id, here))
    if why and here.may(Can.TAKE_DUTY) and who_holds(duty.id, at).person_id == here.actor.id:
        return ""
    return why


def note_incident(here: Here, duty: Duty, words: str, *, day: date, at: datetime | None = None) -> DutyEntry:
    """Note something that happened on a day, for whoever has the duty later. Twice is once. Raises Missing, Denied, Invalid."""
    at = at or now()
    here, duty, item = hold_duty(here, duty.id, power=Can.SEE_ROSTER)
    if why := why_not_note(here, duty, at=at):
        raise Denied(why)
    words = normalised(words).strip()
    problems = no_secret("words", words)
    if not words:
        problems["words"] = [_("Say in a sentence what happened.")]
    elif len(words) > ABOUT_LENGTH:
        problems["words"] = [_("Keep it under %(most)s characters.", most=ABOUT_LENGTH)]
    if day > local(at, here.space.zone).date():
        problems["day"] = [_("That day is still to come. Choose today or an earlier one.")]
    if problems:
        raise Invalid(problems)
    entry = DutyEntry(duty_id=duty.id, kind=EntryKind.INCIDENT, day=day, words=words, by_id=here.actor.id, at=at)
    same = select(DutyEntry).where(
        DutyEntry.duty_id == duty.id,
        DutyEntry.day == day,
        DutyEntry.words == words,
        DutyEntry.by_id == here.actor.id,
        DutyEntry.at > at - A_MOMENT,
    )
    there = db.session.scalars(same).first()
    if there is not None:
        return there
    db.session.add(entry)
    db.session.flush()
    record("noted incident", actor=here.actor, space=here.space, item=item, at=at)
    return entry
