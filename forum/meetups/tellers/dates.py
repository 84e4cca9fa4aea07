"""What is told of single dates: a seat, a reminder, a change."""

from collections.abc import Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Invitation, Mail
from forum.core.time import now
from forum.meetups import calendars
from forum.meetups.access import token_of
from forum.meetups.events import OccurrenceCancelled, OccurrenceChanged, ReminderDue, SeatTaken, StandingRsvpMade
from forum.meetups.models import COMES, Answer, Occurrence, Rsvp
from forum.meetups.queries.hosts import host_of
from forum.meetups.telling import Told, told_of
from forum.meetups.words import clock_words, local_words
from forum.notify.heard import Heard, heard_by, is_undo_news, unheard
from forum.people.models import Person, PersonState
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


def comers(occurrence_id: int) -> Iterable[Recipient]:
    """Return who comes to a date, waits, or might come."""
    query = (
        select(Rsvp.person_id)
        .join(Person, Person.id == Rsvp.person_id)
        .where(Rsvp.occurrence_id == occurrence_id, Rsvp.status.in_(COMES), Person.state == PersonState.ACTIVE)
        .order_by(Rsvp.person_id)
    )
    return [Recipient(person_id=one) for one in db.session.scalars(query)]


def of_date(fact: OccurrenceChanged | OccurrenceCancelled) -> Iterable[Recipient]:
    """Return who comes to the date of the fact, waits, or might come."""
    return comers(fact.occurrence_id)


def the_one(fact: SeatTaken | StandingRsvpMade | ReminderDue) -> Iterable[Recipient]:
    """Return the person of the fact."""
    return [Recipient(person_id=fact.person_id)]


def tell_seat(fact: SeatTaken, recipient: Recipient) -> Mail | None:
    """Say that one has a seat, with what a calendar needs; unless it was given up meanwhile."""
    told, rsvp = told_of(fact.item_id, recipient), rsvp_of(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or rsvp.status is not Answer.GOING or _is_over(one):
        return None
    if fact.answered not in {"", rsvp.version}:
        return None
    opening = _("A seat came free, and it is yours.") if fact.was_waiting else _("You have a seat.")
    return about_date(told, one, rsvp, opening=opening, subject=_("Your seat: %(title)s", title=_name(told, one)))


def tell_reminder(fact: ReminderDue, recipient: Recipient) -> Mail | None:
    """Remind somebody, as long as it is of use, still at that time, and could be answered (C9)."""
    told, rsvp = told_of(fact.item_id, recipient), rsvp_of(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or rsvp.status not in {Answer.GOING, Answer.MAYBE}:
        return None
    if not one.is_planned or one.moves != fact.moves or one.starts_at <= now() or told.space.archived_at is not None:
        return None
    subject = _("Soon: %(title)s, %(when)s", title=_name(told, one), when=local_words(one, told.person.zone))
    return about_date(told, one, rsvp, opening=_("A reminder."), subject=subject, method=None)


def tell_changed(fact: OccurrenceChanged, recipient: Recipient) -> Mail | None:
    """Say what a date is now. Of several changes only the last one is told."""
    told, rsvp = told_of(fact.item_id, recipient), rsvp_of(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or one.sequence != fact.sequence or not one.is_planned:
        return None
    if _is_over(one):
        return None
    values = {"title": _name(told, one), "when": local_words(one, told.person.zone)}
    subject, opening = _("Changed: %(title)s, %(when)s", **values), _("This meetup was changed.")
    found = _heard(fact, recipient) if fact.is_back else []
    if fact.is_back and is_undo_news(found, is_off=_is_off, is_back=_is_back):
        subject = _("After all: %(title)s, %(when)s", **values)
        opening = _("This meetup takes place after all. What you had said still counts.")
    elif fact.is_back and all(_is_off(one) or _is_back(one) for one in unheard(found)):
        return None
    return about_date(told, one, rsvp, opening=opening, subject=subject)


def _heard(fact: OccurrenceChanged, recipient: Recipient) -> list[Heard]:
    """Return of which changes and cancellations of its date somebody was to have a mail."""
    found = heard_by(recipient, OccurrenceChanged.kind(), OccurrenceCancelled.kind(), item_id=fact.item_id)
    return [one for one in found if one.payload.get("occurrence_id") == fact.occurrence_id]


def _is_off(one: Heard) -> bool:
    return one.kind == OccurrenceCancelled.kind()


def _is_back(one: Heard) -> bool:
    return bool(one.payload.get("is_back"))


def tell_cancelled(fact: OccurrenceCancelled, recipient: Recipient) -> Mail | None:
    """Say that a date does not take place, and why."""
    told, rsvp = told_of(fact.item_id, recipient), rsvp_of(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or one.sequence != fact.sequence or one.is_planned:
        return None
    subject = _("Cancelled: %(title)s, %(when)s", title=_name(told, one), when=local_words(one, told.person.zone))
    opening = _("This meetup does not take place.")
    return about_date(told, one, rsvp, opening=opening, subject=subject, method=calendars.CANCEL)


def about_date(
    told: Told, one: Occurrence, rsvp: Rsvp, *, opening: str, subject: str, method: str | None = calendars.REQUEST
) -> Mail:
    """Return the mail on one date to somebody who answered for it, with what a calendar needs unless `method` is None."""
    is_going = rsvp.status is Answer.GOING
    whole = told.whole([one], going=[one.id] if is_going else [])
    invitation = None
    if method is not None:
        text = calendars.dates_only(whole, whole.dates, at=now(), method=method, writer=told.writer())
        invitation = Invitation(method=method, text=text)
    return letter(
        "meetups/date",
        to=told.person.email or "",
        subject=subject,
        why=why_told(),
        for_calendar=invitation,
        opening=opening,
        title=_name(told, one),
        when=local_words(one, told.person.zone),
        there=clock_words(one, told.person.zone),
        date=whole.dates[0].told,
        host=_host(told, one),
        reason=one.reason,
        is_waiting=rsvp.status is Answer.WAITING,
        is_cancelled=not one.is_planned,
        space=told.space,
        url=absolute("meetups.occurrence", slug=told.space.slug, ref=told.item.ref, key=one.id),
        mine=absolute("meetup_links.mine", token=token_of(rsvp.nonce)),
    )


def _host(told: Told, one: Occurrence) -> str:
    host = host_of(told.series, one.starts_at)
    return host.person.name if host and host.person else ""


def why_told() -> str:
    """Return why somebody gets such a mail."""
    return _("You get this because you said that you come to this meetup, or might.")


def rsvp_of(occurrence_id: int, recipient: Recipient) -> Rsvp | None:
    """Return what somebody said of a date, None when they don't come and might not."""
    rsvp = db.session.get(Rsvp, (occurrence_id, recipient.person_id)) if recipient.person_id else None
    return rsvp if rsvp is not None and rsvp.status in COMES else None


def _name(told: Told, one: Occurrence) -> str:
    return one.title or told.item.title


def _is_over(one: Occurrence) -> bool:
    return one.ends_at <= now()
