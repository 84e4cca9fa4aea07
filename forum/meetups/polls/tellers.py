"""Who hears of date polls: the members when one is opened and decided, who has not answered once more, who has when it is off.

As with announcements, whoever turned a space off or wants no mail hears nothing; but who has a seat by it always hears of that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from forum.core.db import db
from forum.core.events import Recipient, Teller
from forum.core.mail import Invitation, Mail
from forum.core.time import end_of_day, now
from forum.meetups import calendars, in_time
from forum.meetups.models import Answer, Occurrence, Rsvp
from forum.meetups.polls.actions import options_of
from forum.meetups.polls.events import DatePollCancelled, DatePollDecided, DatePollNeedsAnswers, DatePollOpened
from forum.meetups.polls.models import DateOption, DatePoll, DateVote, Vote
from forum.meetups.polls.queries import missing_in
from forum.meetups.polls.words import option_words
from forum.meetups.tellers.dates import about_date, comers
from forum.meetups.telling import Told, told_of
from forum.meetups.words import date_words, local_words
from forum.people.models import Person, PersonState
from forum.spaces.models import Item, Membership, Space
from forum.spaces.queries import visible_items
from forum.threads.queries import is_mailed, told_by
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who may be told of a poll now."""

    person: Person
    poll: DatePoll
    item: Item
    space: Space


def members(fact: DatePollOpened) -> Iterable[Recipient]:
    """Return the members who hear of what is announced in the space, without who asks."""
    return [Recipient(person_id=key) for key in _told(fact.item_id, but_not=fact.actor_id)]


def who_is_missing(fact: DatePollNeedsAnswers) -> Iterable[Recipient]:
    """Return the members who have not answered for every day."""
    item = db.session.get(Item, fact.item_id)
    missing = {one.id for one in db.session.scalars(missing_in(item.id, item.space_id))} if item else set()
    return [Recipient(person_id=key) for key in _told(fact.item_id, but_not=None) if key in missing]


def all_and_comers(fact: DatePollDecided) -> Iterable[Recipient]:
    """Return the members, and who comes. When a date was moved, who comes to it hears that by itself; who can't now hears it here."""
    poll, coming = db.session.get(DatePoll, fact.item_id), {one.person_id for one in comers(fact.occurrence_id)}
    told = set(_told(fact.item_id, but_not=None))
    people = told - coming if poll is not None and poll.moves_id is not None else told | coming
    people |= {*fact.gave_up}
    return [Recipient(person_id=key) for key in sorted(filter(None, people))]


def who_answered(fact: DatePollCancelled) -> Iterable[Recipient]:
    """Return who has answered, without who called it off."""
    query = (
        select(DateVote.person_id)
        .distinct()
        .join(DateOption, DateOption.id == DateVote.option_id)
        .join(Person, Person.id == DateVote.person_id)
        .where(DateOption.poll_id == fact.item_id, Person.state == PersonState.ACTIVE)
        .where(Person.id.is_distinct_from(fact.actor_id))
    )
    return [Recipient(person_id=key) for key in sorted(db.session.scalars(query))]


def tell_opened(fact: DatePollOpened, recipient: Recipient) -> Mail | None:
    """Ask when somebody can, unless they have said so, turned the space off, or it is over by now."""
    reader = _reader(fact.item_id, recipient)
    if reader is None or not _is_asked(reader, fact.asked):
        return None
    subject = _("When can you? %(title)s", title=reader.item.title)
    return _asking(reader, subject=subject, opening=_("On which of these days can you?"))


def tell_once_more(fact: DatePollNeedsAnswers, recipient: Recipient) -> Mail | None:
    """Ask once more, likewise."""
    reader = _reader(fact.item_id, recipient)
    if reader is None or not _is_asked(reader, fact.asked):
        return None
    subject = _("Your answer is missing: %(title)s", title=reader.item.title)
    return _asking(reader, subject=subject, opening=_("You have not said yet on which of these days you can."))


def tell_decided(fact: DatePollDecided, recipient: Recipient) -> Mail | None:
    """Say what was chosen: to who comes with what a calendar needs."""
    reader, one = _reader(fact.item_id, recipient), db.session.get(Occurrence, fact.occurrence_id)
    told = told_of(one.series_id, recipient) if one else None
    if reader is None or one is None or told is None or not one.is_planned or one.ends_at <= now():
        return None
    subject = _("Decided: %(title)s, %(when)s", title=told.item.title, when=local_words(one, reader.person.zone))
    rsvp = db.session.get(Rsvp, (one.id, reader.person.id))
    if rsvp is not None and rsvp.status is not Answer.NO:
        opening = {
            Answer.GOING: _("A day was chosen on which you can: you have a seat."),
            Answer.WAITING: _("A day was chosen on which you can. More people can than there are seats."),
            Answer.MAYBE: _("A day was chosen on which you can if need be: you might come."),
        }[rsvp.status]
        return about_date(told, one, rsvp, opening=opening, subject=subject)
    gave_up = reader.person.id in fact.gave_up
    if not gave_up and not _still_told(reader):
        return None
    said = _("You can still say whether you come.")
    if rsvp is not None:
        said = (
            _("You had said that you can’t.")
            if _said_no(reader)
            else _(
                "You had said that you can, but you are noted as away on that day, so no seat is kept for you. "
                "If you come all the same, say so on its page."
            )
        )
    return letter(
        "meetups/poll",
        to=reader.person.email or "",
        subject=subject,
        why=_why(reader),
        for_calendar=_taken_out(told, one) if gave_up else None,
        opening=_("A day was chosen: %(when)s.", when=local_words(one, reader.person.zone)),
        more=said,
        title=told.item.title,
        days=[],
        press=_("The meetup’s page"),
        space=reader.space,
        url=absolute("meetups.occurrence", slug=reader.space.slug, ref=told.item.ref, key=one.id),
    )


def _said_no(reader: Reader) -> bool:
    """Say whether somebody who has no seat had said so themselves, of the day that was chosen."""
    vote = db.session.scalar(
        select(DateVote.answer)
        .join(DateOption, DateOption.id == DateVote.option_id)
        .where(
            DateOption.poll_id == reader.poll.id,
            DateOption.is_chosen.is_(True),
            DateVote.person_id == reader.person.id,
        )
    )
    return vote in {None, Vote.NO}


def _taken_out(told: Told, one: Occurrence) -> Invitation:
    """Return what takes a date out of the calendar of somebody who came to it before it moved."""
    whole = told.whole([one])
    text = calendars.dates_only(whole, whole.dates, at=now(), method=calendars.CANCEL, writer=told.writer())
    return Invitation(method=calendars.CANCEL, text=text)


def tell_cancelled(fact: DatePollCancelled, recipient: Recipient) -> Mail | None:
    """Say that nothing comes of it, and why; unless it goes on after all."""
    reader = _reader(fact.item_id, recipient)
    if reader is None or reader.poll.cancelled_at is None:
        return None
    if fact.cancelled not in {"", reader.poll.cancelled_at.isoformat()}:
        return None
    return letter(
        "meetups/poll",
        to=reader.person.email or "",
        subject=_("Cancelled: the poll “%(title)s”", title=reader.item.title),
        why=_("You get this because you answered this poll."),
        opening=_("This poll was cancelled: no day is chosen."),
        more=reader.poll.reason,
        title=reader.item.title,
        days=[],
        press=_("The poll’s page"),
        space=reader.space,
        url=_url(reader),
    )


def _asking(reader: Reader, *, subject: str, opening: str) -> Mail:
    poll, zone = reader.poll, reader.person.zone
    by = _("Answers are wished for by %(day)s.", day=date_words(poll.answer_by)) if poll.answer_by else ""
    return letter(
        "meetups/poll",
        to=reader.person.email or "",
        subject=subject,
        why=_why(reader),
        opening=opening,
        more=by,
        title=reader.item.title,
        days=[option_words(one, poll, zone) for one in options_of(poll.id)],
        press=_("Say when you can"),
        space=reader.space,
        url=_url(reader),
    )


def _told(item_id: int | None, *, but_not: int | None) -> list[int]:
    item = db.session.get(Item, item_id)
    if item is None:
        return []
    return list(db.session.scalars(_mailed_in(item.space_id, but_not=but_not).order_by(Person.id)))


def _mailed_in(space_id: int, *, but_not: int | None = None) -> Select[int, bool]:
    """Return the query of whom mail reaches about a space. Whether it goes anywhere in the demo is settled when it is sent."""
    return told_by(space_id, but_not, mails_demo=True).where(is_mailed(space_id, mails_demo=True))


def _still_told(reader: Reader) -> bool:
    """Say whether somebody still wants to hear of what is announced in the space: asked at sending, as the footer promises."""
    query = _mailed_in(reader.space.id).where(Person.id == reader.person.id)
    return db.session.scalar(query) is not None


def _reader(item_id: int | None, recipient: Recipient) -> Reader | None:
    """Return who is told of which poll, None when they may not be any more: they left, or can't see it (A3)."""
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    poll, item = db.session.get(DatePoll, item_id), db.session.get(Item, item_id)
    if person is None or not person.is_active or not person.email or poll is None or item is None:
        return None
    sees = db.session.scalar(select(Item.id).where(Item.id == item.id, visible_items(person, now())))
    belongs = select(Membership.id).where(
        Membership.space_id == item.space_id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    if sees is None or db.session.scalar(belongs) is None:
        return None
    return Reader(person=person, poll=poll, item=item, space=db.session.get_one(Space, item.space_id))


def _is_asked(reader: Reader, asked: str) -> bool:
    """Say whether somebody is to be asked, by this version of the question: they are still told, and haven't answered it."""
    is_last = asked in {"", reader.poll.asked}
    return is_last and reader.poll.is_open and not _has_answered(reader) and _still_told(reader)


def _has_answered(reader: Reader) -> bool:
    query = missing_in(reader.poll.id, reader.space.id).where(Person.id == reader.person.id)
    return db.session.scalar(query) is None


def _why(reader: Reader) -> str:
    return _(
        "You get this because you are a member of %(space)s. If you set the space to “Off”, on its page of threads, you get none.",
        space=reader.space.name,
    )


def _url(reader: Reader) -> str:
    return absolute("meetups.poll", slug=reader.space.slug, ref=reader.item.ref)


def _until_answered(fact: DatePollOpened | DatePollNeedsAnswers) -> datetime | None:
    """Return until when answers are wished for."""
    poll = db.session.get(DatePoll, fact.item_id)
    until = end_of_day(poll.answer_by, poll.zone) if poll is not None else None
    return until if until is not None and until > now() else None


TELLERS = (
    Teller(fact=DatePollOpened, recipients=members, compose=tell_opened, of_use_until=_until_answered),
    Teller(fact=DatePollNeedsAnswers, recipients=who_is_missing, compose=tell_once_more, of_use_until=_until_answered),
    Teller(fact=DatePollDecided, recipients=all_and_comers, compose=tell_decided, of_use_until=in_time.until_start),
    Teller(fact=DatePollCancelled, recipients=who_answered, compose=tell_cancelled),
)
