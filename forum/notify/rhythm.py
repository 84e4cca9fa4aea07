"""When somebody has mail about posts: at once, in a digest at an hour of their own, or never; never on their days off."""

import logging
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from forum.core.db import db, insert, transaction
from forum.core.events import announce
from forum.core.time import local, now
from forum.notify.events import DigestDue
from forum.notify.models import MailChoice, MailRhythm
from forum.people.models import Person
from forum.web.words import _

logger = logging.getLogger(__name__)
USUAL = MailRhythm.AT_ONCE
USUAL_HOUR = 8
MIDNIGHT = 24
DIGESTS = (MailRhythm.DAILY, MailRhythm.WEEKLY)
AT_ONCE = 50
WEEK = 7


def choice_of(person_id: int) -> MailChoice:
    """Return what a person chose, or what holds for whoever didn't choose."""
    kept = db.session.get(MailChoice, person_id)
    return kept or MailChoice(
        person_id=person_id, rhythm=USUAL, hour=USUAL_HOUR, weekday=0, next_at=None, from_hour=0, to_hour=MIDNIGHT
    )


def sentence(choice: MailChoice, person: Person) -> str:
    """Say when mail comes, in words."""
    hour = f"{choice.hour:02}:00"
    if choice.rhythm is MailRhythm.AT_ONCE and not is_whole_day(choice):
        return _(
            "Mail comes a few minutes after somebody wrote, on your working days between %(start)s and %(end)s.",
            start=f"{choice.from_hour:02}:00",
            end=f"{choice.to_hour:02}:00",
        )
    if choice.rhythm is MailRhythm.AT_ONCE:
        return _("Mail comes a few minutes after somebody wrote, on your working days.")
    if choice.rhythm is MailRhythm.NEVER:
        return _("No mail comes about posts. Everything stands here.")
    if choice.rhythm is MailRhythm.DAILY:
        return _("One mail comes on each of your working days at %(hour)s, if there is something.", hour=hour)
    assert choice.next_at is not None
    day = local(choice.next_at, person.zone)
    return _(
        "One mail comes each week, next on %(day)s at %(hour)s, if there is something.", day=f"{day:%A}", hour=hour
    )


def choose(
    person: Person, *, rhythm: MailRhythm, hour: int, weekday: int, from_hour: int = 0, to_hour: int = MIDNIGHT
) -> None:
    """Let mail come in a rhythm, and mail at once within working hours, from now on. Use inside `transaction()`.

    What waited for a digest comes in a last one when from now on mail comes at once.
    """
    if rhythm is MailRhythm.AT_ONCE and choice_of(person.id).rhythm in DIGESTS:
        announce(DigestDue(person_id=person.id, moment=now().isoformat(), is_last=True))
    next_at = next_digest(person, rhythm=rhythm, hour=hour, weekday=weekday, after=now())
    hours = {"hour": hour, "weekday": weekday, "from_hour": from_hour, "to_hour": to_hour}
    values = {"rhythm": rhythm, "next_at": next_at, "stopped": None, **hours}
    made = insert(MailChoice).values(person_id=person.id, **values)
    db.session.execute(made.on_conflict_do_update(index_elements=[MailChoice.person_id], set_=values))


def choose_rhythm(person: Person, rhythm: MailRhythm) -> None:
    """Change only the rhythm. Use inside `transaction()`."""
    kept = choice_of(person.id)
    choose(
        person,
        rhythm=rhythm,
        hour=kept.hour,
        weekday=kept.weekday,
        from_hour=kept.from_hour,
        to_hour=kept.to_hour,
    )


def stop_digests(person: Person) -> None:
    """Send somebody no digest any more, and nothing else about posts instead. Use inside `transaction()`.

    An old digest's link changes nothing for who has mail at once by now: there is no digest to stop.
    """
    before = choice_of(person.id).rhythm
    if before in DIGESTS:
        choose_rhythm(person, MailRhythm.NEVER)
        db.session.execute(update(MailChoice).where(MailChoice.person_id == person.id).values(stopped=before))


def take_up_digests(person: Person) -> None:
    """Take `stop_digests` back: they come as they did. Use inside `transaction()`."""
    kept = choice_of(person.id)
    if kept.rhythm is MailRhythm.NEVER:
        choose_rhythm(person, kept.stopped or MailRhythm.DAILY)


def next_digest(person: Person, *, rhythm: MailRhythm, hour: int, weekday: int, after: datetime) -> datetime | None:
    """Return when the digest that follows `after` is due, on the person's clock; None for who has none.

    A daily one comes on working days, or on every day for who has none; a weekly one on its day, or the first working day after it. An
    hour that the clocks leave out is the one after it.
    """
    if rhythm not in DIGESTS:
        return None
    here = local(after, person.zone)
    for later in range(2 * WEEK):
        day = here.date() + timedelta(days=later)
        due = datetime.combine(day, time(hour), ZoneInfo(person.zone))
        is_day = works(person, day.weekday()) and (rhythm is MailRhythm.DAILY or _is_first_since(person, day, weekday))
        if is_day and due.timestamp() > after.timestamp():
            return due
    raise AssertionError("no day in two weeks is a day of the week")


def _is_first_since(person: Person, day: date, weekday: int) -> bool:
    """Say whether no day since the last `weekday`, that one included, was a working day before this one."""
    since = (day.weekday() - weekday) % WEEK
    return not any(works(person, (weekday + later) % WEEK) for later in range(since))


def works(person: Person, weekday: int) -> bool:
    """Say whether a weekday is one on which somebody has mail: a working day, or any for who named none."""
    return not person.working_days or person.works_on(weekday)


def is_whole_day(choice: MailChoice) -> bool:
    """Say whether mail at once may come at any hour of a working day."""
    return (choice.from_hour, choice.to_hour) == (0, MIDNIGHT)


def working_moment(person: Person, at: datetime, choice: MailChoice | None = None) -> datetime:
    """Return `at`, or when the person's next working hours begin: those of `choice`, on their clock and their working days.

    After a day off on which any hour would do, that is the morning. An hour that the clocks leave out is the one after it.
    """
    here, opens, closes, begins = local(at, person.zone), 0, MIDNIGHT, USUAL_HOUR
    if choice is not None and not is_whole_day(choice):
        opens, closes, begins = choice.from_hour, choice.to_hour, choice.from_hour
    works_today = works(person, here.weekday())
    if works_today and opens <= here.hour < closes:
        return at
    first = 0 if works_today and here.hour < opens else 1
    days = (here.date() + timedelta(days=later) for later in range(first, first + WEEK + 1))
    day = next(day for day in days if works(person, day.weekday()))
    return datetime.combine(day, time(begins), ZoneInfo(person.zone))


def announce_digests() -> int:
    """Announce the digests that are due, and set when the next ones are: together, so that none is announced twice."""
    at = now()
    due = select(MailChoice.person_id).where(MailChoice.next_at <= at).order_by(MailChoice.next_at).limit(AT_ONCE)
    if db.session.scalar(due.limit(1)) is None:
        return 0
    with transaction():
        choices: Sequence[MailChoice] = db.session.scalars(
            select(MailChoice)
            .where(MailChoice.next_at <= at)
            .order_by(MailChoice.next_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        for choice in choices:
            person = db.session.get_one(Person, choice.person_id)
            try:
                _announce_digest(person, choice, at)
            except (KeyError, ValueError):  # as for a zone that the system doesn't know any more
                logger.exception("the digest of person %s has no moment", person.id)
                choice.next_at = at + timedelta(days=1)
    return len(choices)


def _announce_digest(person: Person, choice: MailChoice, at: datetime) -> None:
    is_time = _is_time(person, choice, at)
    rhythm = choice.rhythm if is_time else MailRhythm.DAILY  # put off to the hour of the next working day
    following = next_digest(person, rhythm=rhythm, hour=choice.hour, weekday=choice.weekday, after=at)
    if is_time:
        announce(DigestDue(person_id=person.id, moment=choice.next_at.isoformat() if choice.next_at else ""))
    choice.next_at = following


def _is_time(person: Person, choice: MailChoice, at: datetime) -> bool:
    """Say whether a digest that is due may leave now: it isn't when their zone or days are others since, or workers stood still."""
    here = local(at, person.zone)
    return works(person, here.weekday()) and here.hour >= choice.hour
