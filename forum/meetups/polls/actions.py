"""A date poll is opened, changed, answered and called off. Each holds the poll's item, inside `transaction()`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select

from forum.content.access import hold_item
from forum.core.db import db, insert
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.events import announce
from forum.core.markup import Rendered
from forum.core.text import once_key, one_line
from forum.core.time import is_zone, local, now
from forum.meetups.actions.details import FARTHEST, LONGEST, Details, checked_details, require_clock
from forum.meetups.models import Occurrence
from forum.meetups.polls.events import DatePollCancelled, DatePollNeedsAnswers, DatePollOpened
from forum.meetups.polls.models import FEWEST_OPTIONS, MOST_OPTIONS, POLL_KIND, DateOption, DatePoll, DateVote, Vote
from forum.meetups.recurrence import instant
from forum.meetups.words import date_words
from forum.spaces import guard
from forum.spaces.guard import Here
from forum.spaces.items import make_item
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.words import _

BETWEEN_REMINDERS = timedelta(hours=20)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked: what the meetup is called, how long it takes, where it may be, and until when answers are wished for."""

    title: str
    zone: str
    minutes: int
    place: str = ""
    link: str = ""
    answer_by: date | None = None
    about: Rendered | None = None


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A day to choose, with a time on the wall or without one."""

    start: datetime
    has_time: bool


def open_poll(
    here: Here,
    asked: Asked,
    options: Sequence[Proposed],
    *,
    moves: Occurrence | None = None,
    once: str | None = None,
    at: datetime | None = None,
) -> tuple[DatePoll, Item]:
    """Ask when people can, and tell the members. A second press gives back the first one's.

    Raises Missing, Denied, RuleBroken for a date that has begun, and Invalid: for the first option `day_1` or `time_1`, and so on.
    """
    here = guard.hold(here, Can.SCHEDULE_MEETUP)
    at = at or now()
    if moves is not None and moves.starts_at <= at:
        raise RuleBroken(_("This meetup has begun, or is over: its time stays. Plan another one instead."))
    asked = _checked(asked, at=at)
    options = _checked_options(options, asked.zone, at=at)
    _require_answers_before([one.start for one in options], asked.answer_by)
    different = {(one.start, one.has_time): one for one in options}
    if not FEWEST_OPTIONS <= len(different) <= MOST_OPTIONS:
        raise Invalid(
            {"day_1": [_("Give %(fewest)s to %(most)s different days.", fewest=FEWEST_OPTIONS, most=MOST_OPTIONS)]}
        )
    key = once_key(once, POLL_KIND, here.actor.id, here.space.id, asked.title, sorted(different))
    earlier = (
        key
        and db.session.execute(
            select(DatePoll, Item).join(Item, Item.id == DatePoll.id).where(DatePoll.key == key)
        ).one_or_none()
    )
    if earlier:
        return earlier[0], earlier[1]
    item = make_item(here.space, kind=POLL_KIND, title=asked.title, author=here.actor, at=at)
    poll = DatePoll(id=item.id, key=key, moves_id=moves.id if moves else None, asked_at=at)
    _put(poll, asked)
    db.session.add(poll)
    db.session.flush()
    db.session.add_all(
        DateOption(poll_id=poll.id, local_start=one.start, has_time=one.has_time) for one in different.values()
    )
    db.session.flush()
    announce(DatePollOpened(actor_id=here.actor.id, item_id=item.id, asked=poll.asked))
    record("opened date poll", actor=here.actor, space=here.space, item=item, at=at)
    return poll, item


def change(here: Here, poll_id: int, asked: Asked, *, at: datetime | None = None) -> None:
    """Change what is asked; the zone and who answered what stay (C8). Raises Missing, Denied, Invalid, RuleBroken."""
    here, item, poll = held_poll(here, poll_id, power=Can.SCHEDULE_MEETUP)
    at = at or now()
    asked = _checked(replace(asked, zone=poll.zone), at=at, stands=poll.answer_by)
    if asked.answer_by != poll.answer_by:
        _require_answers_before([one.local_start for one in options_of(poll.id)], asked.answer_by)
    before = (item.title, poll.minutes, poll.place, poll.link, poll.answer_by, poll.about)
    item.title = asked.title
    _put(poll, asked)
    if (item.title, poll.minutes, poll.place, poll.link, poll.answer_by, poll.about) != before:
        item.version += 1
        record("changed date poll", actor=here.actor, space=here.space, item=item, at=at)


def add_option(here: Here, poll_id: int, proposed: Proposed, *, at: datetime | None = None) -> None:
    """Offer one more day, for which nobody has answered (C8). One that is there already is no second one.

    Raises Missing, Denied, Invalid for `day`, `time`, RuleBroken.
    """
    here, item, poll = held_poll(here, poll_id, power=Can.SCHEDULE_MEETUP)
    at = at or now()
    proposed = _checked_option(proposed, poll.zone, at=at)
    if poll.answer_by is not None and proposed.start.date() < poll.answer_by:
        said = _("People may answer until %(day)s. Pick that day or a later one.", day=date_words(poll.answer_by))
        raise Invalid({"day": [said]})
    there = db.session.scalar(select(func.count()).select_from(DateOption).where(DateOption.poll_id == poll_id)) or 0
    if there >= MOST_OPTIONS:
        raise Invalid({"day": [_("There are %(most)s days already. Take one away first.", most=MOST_OPTIONS)]})
    values = {"poll_id": poll_id, "local_start": proposed.start, "has_time": proposed.has_time, "is_chosen": False}
    made = db.session.scalar(insert(DateOption).values(**values).on_conflict_do_nothing().returning(DateOption.id))
    if made is not None:
        record("added poll day", actor=here.actor, space=here.space, item=item, at=at, day=str(proposed.start.date()))


def remove_option(here: Here, poll_id: int, option_id: int, *, at: datetime | None = None) -> None:
    """Take a day away, with what was said of it and nothing else (C8). Gone already, nothing happens.

    Raises Missing, Denied, RuleBroken.
    """
    here, item, poll = held_poll(here, poll_id, power=Can.SCHEDULE_MEETUP)
    option = db.session.get(DateOption, option_id, populate_existing=True)
    if option is None or option.poll_id != poll.id:
        return
    left = db.session.scalar(select(func.count()).select_from(DateOption).where(DateOption.poll_id == poll_id)) or 0
    if left <= 1:
        raise RuleBroken(_("This is the only day left. Add another one first, or cancel the poll."))
    db.session.execute(delete(DateVote).where(DateVote.option_id == option_id))
    db.session.execute(delete(DateOption).where(DateOption.id == option_id))
    day = str(option.local_start.date())
    record("removed poll day", actor=here.actor, space=here.space, item=item, at=at or now(), day=day)


def answer(here: Here, poll_id: int, said: Mapping[int, Vote], *, at: datetime | None = None) -> int:
    """Say of days whether one can; what one said of others stays. Return how many of them are no longer offered (C8).

    Raises Missing, Denied, RuleBroken when it is decided or called off.
    """
    here, _item, poll = held_poll(here, poll_id, power=Can.TURN_UP)
    there = {one.id for one in options_of(poll.id)}
    mine = {
        one.option_id: one
        for one in db.session.scalars(
            select(DateVote)
            .where(DateVote.person_id == here.actor.id, DateVote.option_id.in_(there))
            .execution_options(populate_existing=True)
        )
    }
    for key in sorted(there & said.keys()):
        own = mine.get(key)
        if own is None:
            db.session.add(DateVote(option_id=key, person_id=here.actor.id, answer=said[key], at=at or now()))
        elif own.answer is not said[key]:
            own.answer, own.at = said[key], at or now()
    db.session.flush()
    return len(said.keys() - there)


def remind(here: Here, poll_id: int, *, at: datetime | None = None) -> None:
    """Ask those who have not answered once more. Raises Missing, Denied, RuleBroken when they were asked a short time ago."""
    here, item, poll = held_poll(here, poll_id, power=Can.SCHEDULE_MEETUP)
    at = at or now()
    if at - max(filter(None, (poll.reminded_at, poll.asked_at, item.created_at))) < BETWEEN_REMINDERS:
        raise RuleBroken(_("They were asked less than a day ago. Give them until tomorrow."))
    poll.reminded_at = at
    announce(DatePollNeedsAnswers(actor_id=here.actor.id, item_id=item.id, asked=poll.asked))


def cancel(here: Here, poll_id: int, *, reason: str, at: datetime | None = None) -> None:
    """Call a poll off, and say why. Called off already, nothing changes. Raises Missing, Denied, Invalid for `reason`, RuleBroken."""
    here, item, poll = hold_any(here, poll_id, power=Can.SCHEDULE_MEETUP)
    if poll.cancelled_at is not None:
        return
    _require_open(poll)
    reason = one_line(reason)
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why: it is in the mail to those who have answered.")]})
    poll.cancelled_at, poll.reason = at or now(), reason
    when = poll.cancelled_at.isoformat()
    announce(DatePollCancelled(actor_id=here.actor.id, item_id=item.id, cancelled=when))
    record("cancelled date poll", actor=here.actor, space=here.space, item=item, reason=reason, at=at)


def reopen(here: Here, poll_id: int, *, at: datetime | None = None) -> None:
    """Let a poll that was called off go on, with all that was answered. Raises Missing, Denied."""
    here, item, poll = hold_any(here, poll_id, power=Can.SCHEDULE_MEETUP)
    if poll.cancelled_at is None:
        return
    poll.cancelled_at, poll.reason, poll.asked_at = None, "", at or now()
    announce(DatePollOpened(actor_id=here.actor.id, item_id=item.id, asked=poll.asked))
    record("reopened date poll", actor=here.actor, space=here.space, item=item, at=at)


def held_poll(here: Here, poll_id: int, *, power: Can) -> tuple[Here, Item, DatePoll]:
    """Lock a poll that is under way. Raises Missing, Denied, RuleBroken."""
    here, item, poll = hold_any(here, poll_id, power=power)
    _require_open(poll)
    return here, item, poll


def hold_any(here: Here, poll_id: int, *, power: Can) -> tuple[Here, Item, DatePoll]:
    """Lock a poll, over or not. Raises Missing, Denied."""
    here, item = hold_item(here, poll_id, power=power)
    poll = db.session.get(DatePoll, poll_id, populate_existing=True)
    if poll is None:
        raise Missing
    return here, item, poll


def options_of(poll_id: int) -> Sequence[DateOption]:
    """Return the days of a poll in their order, read anew."""
    query = select(DateOption).where(DateOption.poll_id == poll_id)
    query = query.order_by(DateOption.local_start, DateOption.has_time, DateOption.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _require_open(poll: DatePoll) -> None:
    if poll.decided_at is not None:
        raise RuleBroken(_("This poll is decided. What was answered stays as it is."))
    if poll.cancelled_at is not None:
        raise RuleBroken(_("This poll was cancelled. Let it go on first."))


def _put(poll: DatePoll, asked: Asked) -> None:
    poll.zone, poll.minutes, poll.place, poll.link = asked.zone, asked.minutes, asked.place, asked.link
    poll.answer_by = asked.answer_by
    if asked.about is not None:
        poll.about, poll.about_html, poll.renderer = asked.about.source, asked.about.html, asked.about.renderer


def _checked(asked: Asked, *, at: datetime, stands: date | None = None) -> Asked:
    """Return what is asked as it is kept; a last day for answers that `stands` already may be past.

    Raises Invalid, naming the fields of `forum.meetups.polls.forms`.
    """
    if not is_zone(asked.zone):
        raise Invalid({"zone": [_("There is no such time zone. Pick one of the list.")]})
    details = checked_details(Details(title=asked.title, place=asked.place, link=asked.link))
    if not 1 <= asked.minutes <= LONGEST // timedelta(minutes=1):
        raise Invalid({"minutes": [_("Between a minute and a day.")]})
    today = local(at, asked.zone).date()
    last = asked.answer_by
    if last is not None and last != stands and not today <= last <= today + FARTHEST:
        raise Invalid({"answer_by": [_("Pick today or a later day.")]})
    return replace(asked, title=details.title, place=details.place, link=details.link)


def _require_answers_before(starts: Sequence[datetime], answer_by: date | None) -> None:
    """Refuse a last day for answers that is after the first day to choose from. Raises Invalid for `answer_by`."""
    first = min((one.date() for one in starts), default=date.max)
    if answer_by is not None and answer_by > first:
        said = _("The first day to choose from is %(day)s. Pick that day or one before it.", day=date_words(first))
        raise Invalid({"answer_by": [said]})


def _checked_options(options: Sequence[Proposed], zone: str, *, at: datetime) -> Sequence[Proposed]:
    """Return days as they are kept. Raises Invalid for all that can't be, by their places: `day_1`, `time_1` and so on."""
    checked: list[Proposed] = []
    problems: dict[str, list[str]] = {}
    for number, one in enumerate(options, 1):
        try:
            checked.append(_checked_option(one, zone, at=at))
        except Invalid as problem:
            problems |= {f"{name}_{number}": said for name, said in problem.errors.items()}
    if problems:
        raise Invalid(problems)
    return checked


def _checked_option(proposed: Proposed, zone: str, *, at: datetime) -> Proposed:
    """Return a day as it is kept: one without a time is the date and nothing else."""
    start = proposed.start
    if not proposed.has_time:
        start = datetime.combine(start.date(), datetime.min.time())
    today = local(at, zone).date()
    if not today <= start.date() <= today + FARTHEST:
        raise Invalid({"day": [_("%(day)s is not ahead. Pick a day within ten years.", day=date_words(start.date()))]})
    if proposed.has_time:
        require_clock(start, zone)
        if instant(start, zone) <= at:
            raise Invalid({"day": [_("That time has passed. Pick a later one.")]})
    return replace(proposed, start=start)
