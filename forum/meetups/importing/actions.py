"""Planning meetups from a calendar file: what was read is kept, shown, and then planned as shown. Inside `transaction()`."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select

from forum.core.db import db, lock
from forum.core.errors import Invalid, Missing
from forum.core.markup import Rendered
from forum.core.text import new_ref
from forum.core.time import now
from forum.meetups.actions import schedule
from forum.meetups.importing.models import MeetupImport
from forum.meetups.importing.queries import Line, Outcome, details_of, import_of, lines_of, written
from forum.meetups.importing.reading import Draft, Read
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.meetups.recurrence import Clock, clock_at, ends_at, instant
from forum.spaces.guard import Here, hold
from forum.spaces.policy import Can
from forum.web.words import _


def keep(here: Here, read: Read, *, at: datetime | None = None) -> MeetupImport:
    """Keep what was read from a file, to be looked at. An earlier one of theirs goes. Raises Missing, Denied."""
    here = hold(here, Can.SCHEDULE_MEETUP)
    db.session.execute(delete(MeetupImport).where(MeetupImport.person_id == here.actor.id))
    kept = MeetupImport(
        ref=new_ref(), person_id=here.actor.id, space_id=here.space.id, lines=written(read), made_at=at or now()
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def carry_out(
    here: Here, ref: str, *, chosen: Collection[int], texts: Mapping[int, Rendered], at: datetime | None = None
) -> Counter[Outcome]:
    """Plan the meetups of an import with the numbers in `chosen`. A second press does nothing more.

    `texts`: what they are about, rendered before, by the number. Returns how many came to be, were known or refused.
    Raises Missing, Denied.
    """
    here, at = hold(here, Can.SCHEDULE_MEETUP), at or now()
    found = import_of(here.actor, here.space, ref)
    kept = lock(MeetupImport, found.id) if found else None
    if kept is None:
        raise Missing
    done: Counter[Outcome] = Counter()
    if kept.done_at is not None:
        return done
    lines, _unused = lines_of(kept, here.space, at=at)
    kept.done_at, kept.lines = at, ""
    for number, line in enumerate(lines):
        if number in chosen:
            done[_plan(here, line, texts.get(number), at=at)] += 1
    return done


def _plan(here: Here, line: Line, text: Rendered | None, *, at: datetime) -> Outcome:
    if line.outcome is not Outcome.NEW:
        return line.outcome
    try:
        details = replace(details_of(line.draft), about=text)
        series, _item = schedule(here, plan=line.draft.plan, details=details, uid=line.uid, at=at)
    except Invalid:
        return Outcome.REFUSED
    _except(series, line.draft, at=at)
    return Outcome.NEW


def _except(series: Series, draft: Draft, *, at: datetime) -> None:
    """Let single dates be as the file says: nobody has answered for them yet, so nobody is told."""
    dates = db.session.scalars(select(Occurrence).where(Occurrence.series_id == series.id)).all()
    by_slot: Mapping[str, Occurrence] = {one.original_local_start.isoformat(): one for one in dates}
    for slot in draft.gone:
        if slot in by_slot:
            by_slot[slot].state = OccurrenceState.CANCELLED
            by_slot[slot].reason = _("Left out in the calendar that it came from.")
    for slot, start, minutes in _that_can_be(draft.moved, draft.zone):
        if slot in by_slot:
            one = by_slot[slot]
            one.local_start, one.minutes, one.moves = start, minutes, 1
            one.starts_at = instant(start, draft.zone)
            one.ends_at, one.sequence, one.changed_at = ends_at(one.starts_at, minutes), 1, at
    db.session.flush()


def _that_can_be(moved: Sequence[tuple[str, str, int]], zone: str) -> Sequence[tuple[str, datetime, int]]:
    found = [(slot, datetime.fromisoformat(start), minutes) for slot, start, minutes in moved]
    return [one for one in found if clock_at(one[1], zone) is not Clock.SKIPPED]
