"""A series rests for a time, or ends. Each holds the meetup's item, inside `transaction()`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import local, now
from forum.meetups.access import require_change
from forum.meetups.actions import extend, is_paused_on
from forum.meetups.actions.seating import fill_all, to_come
from forum.meetups.actions.turning_up import held_occurrence
from forum.meetups.day.actions.telling import forget_end, forget_reminders, remind_again, tell_of_end
from forum.meetups.events import SeriesChanged
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.meetups.queries.one import followers_of
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.words import _

UNDO_WITHIN = timedelta(hours=1)
NEAR = timedelta(days=8)
"""Nobody is reminded of a date longer before."""


def pause(here: Here, series_id: int, *, until_day: date | None = None, at: datetime | None = None) -> None:
    """Let a series rest until a day, or until somebody lets it go on. What was answered is kept.

    Raises Missing, Denied, Invalid for `resume_on`, RuleBroken for what takes place once.
    """
    here, item, series = _hold(here, series_id)
    at = at or now()
    if until_day is not None and until_day <= local(at, series.zone).date():
        raise Invalid({"resume_on": [_("That date has passed. Pick a later one.")]})
    if (series.paused_at is not None, series.paused_until) == (True, until_day):
        return
    series.paused_at, series.paused_until = at, until_day
    _follow_pause(series, at=at)
    _tell("paused series", here, item, series, at=at)


def go_on(here: Here, series_id: int, *, at: datetime | None = None) -> None:
    """End a pause: dates to come take place again, but for those that were cancelled. Raises Missing, Denied, RuleBroken."""
    here, item, series = _hold(here, series_id)
    at = at or now()
    if series.paused_at is None:
        return
    series.paused_at = series.paused_until = None
    _follow_pause(series, at=at)
    _tell("resumed series", here, item, series, at=at)


def end(here: Here, series_id: int, *, reason: str, from_id: int | None = None, at: datetime | None = None) -> None:
    """Cancel all dates to come, or those from one on: nothing of the series takes place after it any more.

    Twice is once. Raises Missing, Denied, Invalid for `reason`, RuleBroken when that one has begun.
    """
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    at, reason = at or now(), one_line(reason)
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why: it is in the mail to those who wanted to come.")]})
    first = held_occurrence(series_id, from_id) if from_id is not None else None
    if first is not None and first.starts_at <= at:
        raise RuleBroken(_("That date has begun. Cancel those after it."))
    slot = first.original_local_start if first is not None else None
    coming = [
        one
        for one in _ahead(series, at=at)
        if one.state is not OccurrenceState.CANCELLED and (slot is None or one.original_local_start >= slot)
    ]
    for one in coming:
        one.state, one.reason, one.sequence, one.changed_at = OccurrenceState.CANCELLED, reason, one.sequence + 1, at
    forget_reminders(*coming, series_id=series_id)
    before = (series.until_day, series.count)
    was_to_go_on = series.comes_back and _let_end(series, slot, at=at)
    if not coming and not was_to_go_on:
        return
    series.ended_at, series.end_reason, (series.until_before, series.count_before) = at, reason, before
    db.session.flush()
    last = next(reversed(to_come(series_id, at=at)), None)
    _tell("ended series", here, item, series, reason=reason, at=at)
    people = [one for one in followers_of(series_id, at=at) if one != here.actor.id]
    tell_of_end(people, series, item, last, reason=reason, at=at)


def _let_end(series: Series, slot: datetime | None, *, at: datetime) -> bool:
    """Let the rule give no dates from a slot on, or (None) from now on, also of those that are no rows yet. False: it gave none."""
    before = (series.until_day, series.count)
    last = local(at, series.zone).date() if slot is None else slot.date() - timedelta(days=1)
    series.until_day = max(series.local_start.date(), min(last, series.until_day or last))
    series.count = None
    return (series.until_day, series.count) != before


def take_back_end(here: Here, series_id: int, *, at: datetime | None = None) -> None:
    """Take back, within the hour, that a series ends: the dates that were cancelled by that take place, with who had a seat.

    Twice is once. Raises Missing, Denied, RuleBroken when it is too late.
    """
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    at = at or now()
    if series.ended_at is None:
        return
    if at - series.ended_at > UNDO_WITHIN:
        raise RuleBroken(
            _("It is too late to undo this. Let single dates take place again on their pages, or plan a new meetup.")
        )
    for one in _ahead(series, at=at):
        if one.state is OccurrenceState.CANCELLED and one.changed_at == series.ended_at:
            is_paused = is_paused_on(series, one.local_start.date())
            one.state, one.reason = OccurrenceState.PAUSED if is_paused else OccurrenceState.PLANNED, ""
            one.sequence, one.changed_at = one.sequence + 1, at
            if one.is_planned and one.starts_at <= at + NEAR:
                remind_again(one)
    series.until_day, series.count = series.until_before, series.count_before
    series.ended_at = series.end_reason = None
    db.session.flush()
    extend(series, at=at)
    fill_all(to_come(series_id, at=at), at=at)
    forget_end(item, series)
    _tell("took back end", here, item, series, is_back=True, at=at)


def _hold(here: Here, series_id: int) -> tuple[Here, Item, Series]:
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    if not series.comes_back:
        raise RuleBroken(_("This takes place once. Cancel it, or move it."))
    return here, item, series


def _follow_pause(series: Series, *, at: datetime) -> None:
    ahead = _ahead(series, at=at)
    for one in ahead:
        is_paused = is_paused_on(series, one.local_start.date())
        if is_paused and one.state is OccurrenceState.PLANNED:
            one.state = OccurrenceState.PAUSED
        elif not is_paused and one.state is OccurrenceState.PAUSED:
            one.state = OccurrenceState.PLANNED
        else:
            continue
        one.sequence, one.changed_at = one.sequence + 1, at
    forget_reminders(*(one for one in ahead if not one.is_planned), series_id=series.id)
    db.session.flush()
    fill_all(to_come(series.id, at=at), at=at)


def _ahead(series: Series, *, at: datetime) -> Sequence[Occurrence]:
    return db.session.scalars(
        select(Occurrence)
        .where(Occurrence.series_id == series.id, Occurrence.starts_at > at)
        .order_by(Occurrence.starts_at)
        .execution_options(populate_existing=True)
    ).all()


def _tell(
    verb: str,
    here: Here,
    item: Item,
    series: Series,
    *,
    at: datetime,
    reason: str = "",
    is_back: bool = False,
) -> None:
    """Announce what becomes of a series, and record it; with a `reason` it ends."""
    series.sequence, series.changed_at = series.sequence + 1, at
    announce(
        SeriesChanged(
            actor_id=here.actor.id,
            item_id=item.id,
            sequence=series.sequence,
            is_end=bool(reason),
            is_back=is_back,
        )
    )
    record(verb, actor=here.actor, space=here.space, item=item, reason=reason, at=at)
