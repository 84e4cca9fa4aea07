"""The agenda of a date: members propose, organisers and the host put it in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from forum.content.order.holding import is_held_now
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.meetups.day.access import allow, found, hold_date, hold_led, leads, require_member
from forum.meetups.day.events import AgendaItemTakenOut
from forum.meetups.day.models import NOTE_LENGTH, AgendaItem
from forum.meetups.models import Occurrence, OccurrenceState
from forum.people.models import Person
from forum.spaces.feature import carried
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, TITLE_LENGTH, Audience, Item, ItemState, Space
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.web.words import _

MOST = 30
LONGEST = 480
"""Minutes that something may take."""


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What somebody wants to talk about. `carried` is a thread or something else of the space; then the title may be its own."""

    title: str = ""
    note: str = ""
    minutes: int | None = None
    brought_by_id: int | None = None
    carried: Item | None = None


def propose(
    here: Here,
    series_id: int,
    occurrence_id: int,
    proposal: Proposal,
    *,
    once: str | None = None,
    at: datetime | None = None,
) -> AgendaItem:
    """Put something at the end of the agenda of a date that isn't over. A second press gives back the first one's.

    Who leads the meetup may say that somebody else brings it. Raises Missing, Denied, Invalid, RuleBroken.
    """
    here, item, series, one = hold_date(here, series_id, occurrence_id, power=Can.WRITE_POST)
    at = at or now()
    key = once_key(once, "agenda", here.actor.id, one.id, proposal.title, proposal.note)
    earlier = db.session.scalar(select(AgendaItem).where(AgendaItem.once == key)) if key else None
    if earlier is not None:
        return earlier
    _require_open(one, at=at)
    if is_held_now(here):
        raise RuleBroken(_("What you write is looked at first. Ask an organiser to put it on the agenda."))
    checked = _checked(here, proposal, leads=leads(here, series, item, one))
    if len(agenda_of(one.id)) >= MOST:
        raise RuleBroken(_("The agenda is full: %(most)s things. Put it on the next one.", most=MOST))
    made = AgendaItem(
        occurrence_id=one.id,
        place=last_place(one.id) + 1,
        title=checked.title,
        note=checked.note,
        minutes=checked.minutes,
        brought_by_id=checked.brought_by_id,
        item_id=checked.carried.id if checked.carried else None,
        added_at=at,
        once=key,
    )
    db.session.add(made)
    db.session.flush()
    return made


def move(here: Here, series_id: int, occurrence_id: int, agenda_id: int, *, up: bool) -> None:
    """Let something change places with what stands before or after it. At the end of the list nothing happens.

    Raises Missing, Denied.
    """
    _here, _item, one = hold_led(here, series_id, occurrence_id)
    rows = list(agenda_of(one.id))
    moved = found(next((row for row in rows if row.id == agenda_id), None))
    index = rows.index(moved) + (-1 if up else 1)
    if not 0 <= index < len(rows):
        return
    other = rows[index]
    first, second = moved.place, other.place
    moved.place = 0  # nothing else stands there: the key lets no two have one place, also for a moment
    db.session.flush()
    other.place = first
    db.session.flush()
    moved.place = second
    db.session.flush()


def take_out(
    here: Here, series_id: int, occurrence_id: int, agenda_id: int, *, reason: str = "", at: datetime | None = None
) -> None:
    """Take something off the agenda: one's own as one likes; of others with a reason, which they are told. Twice is once.

    Raises Missing, Denied, Invalid for `reason`.
    """
    here, item, series, one = hold_date(here, series_id, occurrence_id, power=Can.SEE_MEETUPS)
    at, reason = at or now(), one_line(reason)
    row = found(_row_of(one.id, agenda_id))
    is_own = row.brought_by_id == here.actor.id and here.may(Can.WRITE_POST)
    if not is_own and not leads(here, series, item, one):
        allow(_("Only who brought it, the host and the organisers can take it off the agenda."))
    if row.place is None:
        return
    if not is_own and not 0 < len(reason) <= REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why: who brought it reads this in a mail.")]})
    row.place, row.removed_at, row.removed_by_id, row.reason = None, at, here.actor.id, reason
    db.session.flush()
    if not is_own:
        brought = db.session.get(Person, row.brought_by_id) if row.brought_by_id else None
        record(
            "took off agenda",
            actor=here.actor,
            on_behalf_of=here.on_behalf_of(Can.SCHEDULE_MEETUP, item),
            space=here.space,
            item=item,
            person=brought,
            reason=reason,
            at=at,
            day=one.local_start.date().isoformat(),
        )
        when = at.isoformat()
        announce(AgendaItemTakenOut(actor_id=here.actor.id, item_id=item.id, agenda_id=row.id, removed=when))


def put_back(here: Here, series_id: int, occurrence_id: int, agenda_id: int) -> None:
    """Undo a taking out by the same person: it stands at the end again. Raises Missing, Denied."""
    here, _item, _series, one = hold_date(here, series_id, occurrence_id, power=Can.WRITE_POST)
    row = found(_row_of(one.id, agenda_id))
    if row.place is not None:
        return
    if row.removed_by_id != here.actor.id:
        allow(_("Only who took it off the agenda can put it back."))
    row.place, row.removed_at, row.removed_by_id, row.reason = last_place(one.id) + 1, None, None, ""
    db.session.flush()


def put_off(here: Here, series_id: int, occurrence_id: int, agenda_id: int) -> Occurrence:
    """Leave something for the next date of the series: it goes to the end of that agenda. Raises Missing, Denied, RuleBroken."""
    _here, _item, one = hold_led(here, series_id, occurrence_id)
    row = found(_row_of(one.id, agenda_id))
    following = next_date(one)
    if following is None:
        raise RuleBroken(_("No other date of this meetup is to come."))
    if row.place is not None:
        row.occurrence_id, row.place = following.id, last_place(following.id) + 1
        db.session.flush()
    return following


def next_date(one: Occurrence) -> Occurrence | None:
    """Return the next date of the series after this one that takes place."""
    return db.session.scalar(
        select(Occurrence)
        .where(
            Occurrence.series_id == one.series_id,
            Occurrence.starts_at > max(one.starts_at, now()),
            Occurrence.state == OccurrenceState.PLANNED,
            Occurrence.id != one.id,
        )
        .order_by(Occurrence.starts_at)
        .limit(1)
    )


def carried_for(here: Here, ref: str) -> Item | None:
    """Return a thing of this space that can be carried to an agenda: one that every member of it sees. None for any other (A3)."""
    return db.session.scalar(
        select(Item).where(
            Item.ref == ref,
            Item.kind.in_(list(carried())),
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Item.audience == Audience.SPACE,
            visible_items(here.actor, now()),
        )
    )


def agenda_of(occurrence_id: int) -> Sequence[AgendaItem]:
    """Return what stands on an agenda, read anew, in order."""
    query = select(AgendaItem).where(AgendaItem.occurrence_id == occurrence_id, AgendaItem.place.is_not(None))
    return db.session.scalars(query.order_by(AgendaItem.place).execution_options(populate_existing=True)).all()


def last_place(occurrence_id: int) -> int:
    """Return the last place of an agenda, 0 when nothing is on it."""
    query = select(func.max(AgendaItem.place)).where(AgendaItem.occurrence_id == occurrence_id)
    return db.session.scalar(query) or 0


def _row_of(occurrence_id: int, agenda_id: int) -> AgendaItem | None:
    row = db.session.get(AgendaItem, agenda_id, populate_existing=True)
    return row if row is not None and row.occurrence_id == occurrence_id else None


def _require_open(one: Occurrence, *, at: datetime) -> None:
    if not one.is_planned:
        raise RuleBroken(_("This meetup does not take place on that day."))
    if one.ends_at <= at:
        raise RuleBroken(_("This meetup is over. Put it on the agenda of the next one."))


def _checked(here: Here, proposal: Proposal, *, leads: bool) -> Proposal:
    title, note = one_line(proposal.title), one_line(proposal.note)
    problems: dict[str, list[str]] = {}
    if not title and proposal.carried is None:
        problems["title"] = [_("Say what it is about, in a few words.")]
    elif len(title) > TITLE_LENGTH:
        problems["title"] = [_("Keep it under %(most)s characters.", most=TITLE_LENGTH)]
    if len(note) > NOTE_LENGTH:
        problems["note"] = [_("Keep it under %(most)s characters.", most=NOTE_LENGTH)]
    if proposal.minutes is not None and not 1 <= proposal.minutes <= LONGEST:
        problems["minutes"] = [_("Between 1 and %(most)s minutes, or leave it empty.", most=LONGEST)]
    if problems:
        raise Invalid(problems)
    return Proposal(
        title=title,
        note=note,
        minutes=proposal.minutes,
        brought_by_id=_bringer(here, here.space, proposal.brought_by_id, leads=leads),
        carried=proposal.carried,
    )


def _bringer(here: Here, space: Space, person_id: int | None, *, leads: bool) -> int:
    if person_id is None or person_id == here.actor.id or not leads:
        return here.actor.id
    return require_member(space, person_id, field="brought_by").id
