"""Who hears what of meetups: those who said that they come, wait or might come. Asked again at sending (A3)."""

from collections.abc import Collection, Iterable

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Invitation, Mail
from forum.core.time import local, now, today
from forum.meetups import calendars
from forum.meetups.access import token_of
from forum.meetups.actions import is_paused_on
from forum.meetups.events import (
    OccurrenceCancelled,
    OccurrenceChanged,
    ReminderDue,
    SeatTaken,
    SeriesChanged,
    SlotsMoved,
    StandingRsvpMade,
)
from forum.meetups.models import Answer, Occurrence, Rsvp, Series, StandingRsvp
from forum.meetups.queries.hosts import host_of
from forum.meetups.telling import COMES, Told, told_of
from forum.meetups.words import clock_words, local_words, rhythm_words
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


def followers(fact: SeriesChanged) -> Iterable[Recipient]:
    """Return who comes to any date to come, and who comes every time."""
    at = now()
    single = (
        select(Rsvp.person_id)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence_id)
        .where(Occurrence.series_id == fact.item_id, Rsvp.status.in_(COMES), Occurrence.ends_at > at)
    )
    always = select(StandingRsvp.person_id).where(StandingRsvp.series_id == fact.item_id)
    people = sorted({*db.session.scalars(single), *db.session.scalars(always)})
    return [Recipient(person_id=one) for one in people]


def the_one(fact: SeatTaken | StandingRsvpMade | ReminderDue) -> Iterable[Recipient]:
    """Return the person of the fact."""
    return [Recipient(person_id=fact.person_id)]


def tell_seat(fact: SeatTaken, recipient: Recipient) -> Mail | None:
    """Say that one has a seat, with what a calendar needs; unless it was given up meanwhile."""
    told, rsvp = told_of(fact.item_id, recipient), _rsvp(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or rsvp.status is not Answer.GOING or _is_over(one):
        return None
    opening = _("A seat came free, and it is yours.") if fact.was_waiting else _("You have a seat.")
    return about_date(told, one, rsvp, opening=opening, subject=_("Your seat: %(title)s", title=_name(told, one)))


def tell_reminder(fact: ReminderDue, recipient: Recipient) -> Mail | None:
    """Remind somebody, as long as it is of use, still at that time, and could be answered (C9)."""
    told, rsvp = told_of(fact.item_id, recipient), _rsvp(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or rsvp.status not in {Answer.GOING, Answer.MAYBE}:
        return None
    if not one.is_planned or one.moves != fact.moves or one.starts_at <= now() or told.space.archived_at is not None:
        return None
    subject = _("Soon: %(title)s, %(when)s", title=_name(told, one), when=local_words(one, told.person.zone))
    return about_date(told, one, rsvp, opening=_("A reminder."), subject=subject, method=None)


def tell_changed(fact: OccurrenceChanged, recipient: Recipient) -> Mail | None:
    """Say what a date is now. Of several changes only the last one is told."""
    told, rsvp = told_of(fact.item_id, recipient), _rsvp(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or one.sequence != fact.sequence or not one.is_planned:
        return None
    if _is_over(one):
        return None
    subject = _("Changed: %(title)s, %(when)s", title=_name(told, one), when=local_words(one, told.person.zone))
    return about_date(told, one, rsvp, opening=_("This meetup was changed."), subject=subject)


def tell_cancelled(fact: OccurrenceCancelled, recipient: Recipient) -> Mail | None:
    """Say that a date does not take place, and why."""
    told, rsvp = told_of(fact.item_id, recipient), _rsvp(fact.occurrence_id, recipient)
    one = db.session.get(Occurrence, fact.occurrence_id)
    if told is None or rsvp is None or one is None or one.sequence != fact.sequence or one.is_planned:
        return None
    subject = _("Cancelled: %(title)s, %(when)s", title=_name(told, one), when=local_words(one, told.person.zone))
    opening = _("This meetup does not take place.")
    return about_date(told, one, rsvp, opening=opening, subject=subject, method=calendars.CANCEL)


def tell_standing(fact: StandingRsvpMade, recipient: Recipient) -> Mail | None:
    """Say that one comes every time, with the whole series for the calendar; unless one said no meanwhile."""
    told = told_of(fact.item_id, recipient)
    if told is None or db.session.get(StandingRsvp, (fact.item_id, told.person.id)) is None:
        return None
    subject = _("Every time: %(title)s", title=told.item.title)
    return _about_series(told, opening=_("You come every time, until you say no."), subject=subject)


def tell_series(fact: SeriesChanged, recipient: Recipient) -> Mail | None:
    """Say when a meetup takes place from now on. Of several changes only the last one is told."""
    told = told_of(fact.item_id, recipient)
    if told is None or told.series.sequence != fact.sequence:
        return None
    subject = _("Changed: %(title)s", title=told.item.title)
    return _about_series(told, opening=_("This meetup was changed."), subject=subject)


def who_left_slots(fact: SlotsMoved) -> Iterable[Recipient]:
    """Return who comes to dates that left their slots, without those who come every time: their whole series changed."""
    rows = select(Rsvp.person_id).where(Rsvp.occurrence_id.in_(_keys(fact)), Rsvp.status.in_(COMES))
    series = select(Series.id).where(Series.uid == fact.uid).scalar_subquery()
    always = select(StandingRsvp.person_id).where(StandingRsvp.series_id == series)
    people = {*db.session.scalars(rows)} - {*db.session.scalars(always)}
    return [Recipient(person_id=one) for one in sorted(people)]


def tell_left(fact: SlotsMoved, recipient: Recipient) -> Mail | None:
    """Take dates out of the calendar of somebody who comes to these: another mail says what they are now."""
    told = told_of(fact.item_id, recipient)
    if told is None:
        return None
    mine = {key for key in _keys(fact) if _rsvp(key, recipient) is not None}
    dates = list(db.session.scalars(select(Occurrence).where(Occurrence.id.in_(mine)).order_by(Occurrence.starts_at)))
    if not dates:
        return None
    whole = calendars.left(
        told.whole(dates), uid=fact.uid, zone=fact.zone, slots=fact.slots, keys=[one.id for one in dates]
    )
    text = calendars.dates_only(whole, whole.dates, at=now(), method=calendars.CANCEL, writer=told.writer())
    return letter(
        "meetups/left",
        to=told.person.email or "",
        subject=_("Other dates: %(title)s", title=told.item.title),
        why=_why(),
        for_calendar=Invitation(method=calendars.CANCEL, text=text),
        title=told.item.title,
        space=told.space,
        url=absolute("meetups.series", slug=told.space.slug, ref=told.item.ref),
    )


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
        why=_why(),
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


def _about_series(told: Told, *, opening: str, subject: str) -> Mail | None:
    """Say what is to come: to who comes every time with the whole series, to others with the dates to which they come."""
    standing = db.session.get(StandingRsvp, (told.series.id, told.person.id))
    answers, dates = told.answers(), told.dates()
    is_on = any(one.is_planned for one in dates)
    if is_on and not told.series.comes_back:  # others are left of a series, and leave calendars by themselves
        dates = [one for one in dates if one.is_planned]
    mine = [one for one in dates if one.id in answers]
    if standing is None:
        is_on = any(one.is_planned for one in mine)
    if standing is None and not mine:
        return None
    going = {key for key, one in answers.items() if one.status is Answer.GOING}
    method = calendars.REQUEST if is_on else calendars.CANCEL
    if standing is None:
        whole = told.whole(mine, going=going)
        text = calendars.dates_only(whole, whole.dates, at=now(), method=method, writer=told.writer())
    else:
        whole, method = _whole_series(told, standing, going=going, is_on=is_on)
        text = calendars.calendar([whole], at=now(), method=method, writer=told.writer())
    return letter(
        "meetups/series",
        to=told.person.email or "",
        subject=subject,
        why=_why(),
        for_calendar=Invitation(method=method, text=text),
        opening=opening,
        title=told.item.title,
        rhythm=rhythm_words(told.series.plan),
        dates=[(local_words(one, told.person.zone), one) for one in mine[:5]],
        is_paused=is_paused_on(told.series, today(told.series.zone)),
        is_on=is_on,
        space=told.space,
        url=absolute("meetups.series", slug=told.space.slug, ref=told.item.ref),
    )


def _whole_series(
    told: Told, standing: StandingRsvp, *, going: Collection[int], is_on: bool
) -> tuple[calendars.Whole, str]:
    """Return a series as somebody who comes every time has it, and how it is sent. What has been stays in their calendar."""
    whole = calendars.every_time(
        told.whole(told.known(), going=going, always=True),
        comes=told.said(*COMES),
        declined=told.said(Answer.NO),
        until=standing.until_day,
        at=now(),
    )
    if is_on:
        return whole, calendars.REQUEST
    if told.series.comes_back and told.has_been():
        return calendars.ended(whole, day=local(now(), told.series.zone).date()), calendars.REQUEST
    return whole, calendars.CANCEL


def _host(told: Told, one: Occurrence) -> str:
    host = host_of(told.series, one.starts_at)
    return host.person.name if host and host.person else ""


def _why() -> str:
    return _("You get this because you said that you come to this meetup, or might.")


def _keys(fact: SlotsMoved) -> list[int]:
    return [int(key) for key in fact.slots]


def _rsvp(occurrence_id: int, recipient: Recipient) -> Rsvp | None:
    rsvp = db.session.get(Rsvp, (occurrence_id, recipient.person_id)) if recipient.person_id else None
    return rsvp if rsvp is not None and rsvp.status in COMES else None


def _name(told: Told, one: Occurrence) -> str:
    return one.title or told.item.title


def _is_over(one: Occurrence) -> bool:
    return one.ends_at <= now()


def _of_date(fact: OccurrenceChanged | OccurrenceCancelled) -> Iterable[Recipient]:
    return comers(fact.occurrence_id)


TELLERS = (
    Teller(fact=SeatTaken, recipients=the_one, compose=tell_seat),
    Teller(fact=StandingRsvpMade, recipients=the_one, compose=tell_standing),
    Teller(fact=OccurrenceChanged, recipients=_of_date, compose=tell_changed),
    Teller(fact=OccurrenceCancelled, recipients=_of_date, compose=tell_cancelled),
    Teller(fact=SeriesChanged, recipients=followers, compose=tell_series),
    Teller(fact=SlotsMoved, recipients=who_left_slots, compose=tell_left),
    Teller(fact=ReminderDue, recipients=the_one, compose=tell_reminder),
)
