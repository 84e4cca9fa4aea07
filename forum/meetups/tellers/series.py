"""What is told of a whole series: that somebody comes every time, and what it is from now on."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Invitation, Mail
from forum.core.time import local, now, today
from forum.meetups import calendars
from forum.meetups.actions import is_paused_on
from forum.meetups.day.actions.telling import has_read_end
from forum.meetups.events import SeriesChanged, SlotsMoved, StandingRsvpMade
from forum.meetups.models import COMES, Answer, Occurrence, Rsvp, Series, StandingRsvp
from forum.meetups.queries.one import followers_of
from forum.meetups.tellers.dates import rsvp_of, why_told
from forum.meetups.telling import Told, told_of
from forum.meetups.words import local_words, rhythm_words
from forum.notify.heard import Heard, heard_by, is_undo_news, unheard
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _

LISTED = 5


def followers(fact: SeriesChanged) -> Iterable[Recipient]:
    """Return who comes to any date to come, and who comes every time."""
    return [Recipient(person_id=one) for one in followers_of(fact.item_id or 0, at=now())]


def tell_standing(fact: StandingRsvpMade, recipient: Recipient) -> Mail | None:
    """Say that one comes every time, with the whole series for the calendar; unless one said no meanwhile."""
    told = told_of(fact.item_id, recipient)
    standing = db.session.get(StandingRsvp, (fact.item_id, told.person.id)) if told else None
    if told is None or standing is None or fact.version not in {"", standing.version}:
        return None
    subject = _("Every time: %(title)s", title=told.item.title)
    return _about_series(told, opening=_("You come every time, until you say no."), subject=subject)


def tell_series(fact: SeriesChanged, recipient: Recipient) -> Mail | None:
    """Say when a meetup takes place from now on. Of several changes only the last one is told."""
    told = told_of(fact.item_id, recipient)
    if told is None or told.series.sequence != fact.sequence:
        return None
    if told.series.ended_at is not None and _is_end_news(fact, recipient):
        return _about_series(
            told,
            opening=_last_words(told),
            subject=_("It ends: %(title)s", title=told.item.title),
            reason=told.series.end_reason or "",
        )
    subject, opening = _("Changed: %(title)s", title=told.item.title), _("This meetup was changed.")
    if fact.is_back and _is_back_news(fact, recipient, told):
        subject = _("It goes on: %(title)s", title=told.item.title)
        opening = _("This meetup goes on after all. What you had said still counts.")
    elif fact.is_back and not any(map(_is_plain, unheard(heard_by(recipient, fact.kind(), item_id=fact.item_id)))):
        return None
    return _about_series(told, opening=opening, subject=subject)


def _is_back_news(fact: SeriesChanged, recipient: Recipient, told: Told) -> bool:
    """Say whether somebody may believe that a series ends which goes on: they had the mail, or read it in the app."""
    found = heard_by(recipient, fact.kind(), item_id=fact.item_id)
    return has_read_end(told.person.id, told.item, told.series) or is_undo_news(
        found, is_off=_is_end, is_back=lambda one: bool(one.payload.get("is_back"))
    )


def _is_end(one: Heard) -> bool:
    return bool(one.payload.get("is_end"))


def _is_plain(one: Heard) -> bool:
    return not _is_end(one) and not one.payload.get("is_back")


def _is_end_news(fact: SeriesChanged, recipient: Recipient) -> bool:
    """Say whether a change is the end, or came after it, before somebody had the mail on the end."""
    before = unheard(heard_by(recipient, fact.kind(), item_id=fact.item_id))
    return fact.is_end or any(map(_is_end, before))


def _last_words(told: Told) -> str:
    """Return the sentence that says where a series ends, on the clock of the reader."""
    last = next((one for one in reversed(told.dates()) if one.is_planned), None)
    if last is None:
        return _("This meetup does not take place any more.")
    return _("This meetup ends. The last one is on %(when)s.", when=local_words(last, told.person.zone))


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
    mine = {key for key in _keys(fact) if rsvp_of(key, recipient) is not None}
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
        why=why_told(),
        for_calendar=Invitation(method=calendars.CANCEL, text=text),
        title=told.item.title,
        space=told.space,
        url=absolute("meetups.series", slug=told.space.slug, ref=told.item.ref),
    )


def _about_series(told: Told, *, opening: str, subject: str, reason: str = "") -> Mail | None:
    """Say what is to come: to who comes every time with the whole series, to others with the dates to which they come.

    With a `reason` it ends: which of their dates still take place stands before those that don't.
    """
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
        why=why_told(),
        for_calendar=Invitation(method=method, text=text),
        opening=opening,
        title=told.item.title,
        rhythm="" if reason else rhythm_words(told.series.plan),
        reason=reason,
        dates=[(local_words(one, told.person.zone), one) for one in _listed(mine, is_end=bool(reason))],
        is_paused=is_paused_on(told.series, today(told.series.zone)),
        is_on=is_on,
        space=told.space,
        url=absolute("meetups.series", slug=told.space.slug, ref=told.item.ref),
    )


def _listed(mine: Sequence[Occurrence], *, is_end: bool) -> list[Occurrence]:
    """Return the dates that a mail names: the next ones, and of a series that ends also the next of those that don't take place."""
    if not is_end:
        return list(mine[:LISTED])
    on, off = [one for one in mine if one.is_planned], [one for one in mine if not one.is_planned]
    return [*on[:LISTED], *off[:LISTED]]


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


def _keys(fact: SlotsMoved) -> list[int]:
    return [int(key) for key in fact.slots]
