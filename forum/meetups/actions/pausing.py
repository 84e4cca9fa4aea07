"""A series rests for a time, or ends. Each holds the meetup's item, inside `transaction()`."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from forum.content.access import hold_item
from forum.core.db import db
from forum.core.errors import Invalid, RuleBroken
from forum.core.events import announce
from forum.core.text import one_line
from forum.core.time import local, now
from forum.meetups.access import require_change
from forum.meetups.actions import is_paused_on
from forum.meetups.actions.seating import fill_all, to_come
from forum.meetups.events import SeriesChanged
from forum.meetups.models import Occurrence, OccurrenceState, Series
from forum.spaces.guard import Here
from forum.spaces.log import record
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.words import _


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


def end(here: Here, series_id: int, *, reason: str, at: datetime | None = None) -> None:
    """Cancel all dates to come: nothing of the series takes place any more. Raises Missing, Denied, Invalid for `reason`."""
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    at, reason = at or now(), one_line(reason)
    if not reason or len(reason) > REASON_LENGTH:
        raise Invalid({"reason": [_("Say in a sentence why: it is in the mail to those who wanted to come.")]})
    coming = [one for one in _ahead(series, at=at) if one.state is not OccurrenceState.CANCELLED]
    for one in coming:
        one.state, one.reason, one.sequence, one.changed_at = OccurrenceState.CANCELLED, reason, one.sequence + 1, at
    if series.comes_back:
        series.until_day = max(series.local_start.date(), local(at, series.zone).date())
        series.count = None
    _tell("ended series", here, item, series, reason=reason, at=at)


def _hold(here: Here, series_id: int) -> tuple[Here, Item, Series]:
    here, item = hold_item(here, series_id, power=Can.SEE_MEETUPS)
    series = db.session.get_one(Series, series_id, populate_existing=True)
    require_change(here, series, item)
    if not series.comes_back:
        raise RuleBroken(_("This takes place once. Cancel it, or move it."))
    return here, item, series


def _follow_pause(series: Series, *, at: datetime) -> None:
    for one in _ahead(series, at=at):
        is_paused = is_paused_on(series, one.local_start.date())
        if is_paused and one.state is OccurrenceState.PLANNED:
            one.state = OccurrenceState.PAUSED
        elif not is_paused and one.state is OccurrenceState.PAUSED:
            one.state = OccurrenceState.PLANNED
        else:
            continue
        one.sequence, one.changed_at = one.sequence + 1, at
    db.session.flush()
    fill_all(to_come(series.id, at=at), at=at)


def _ahead(series: Series, *, at: datetime) -> Sequence[Occurrence]:
    return db.session.scalars(
        select(Occurrence)
        .where(Occurrence.series_id == series.id, Occurrence.starts_at > at)
        .order_by(Occurrence.starts_at)
        .execution_options(populate_existing=True)
    ).all()


def _tell(verb: str, here: Here, item: Item, series: Series, *, at: datetime, reason: str = "") -> None:
    series.sequence, series.changed_at = series.sequence + 1, at
    announce(SeriesChanged(actor_id=here.actor.id, item_id=item.id, sequence=series.sequence))
    record(verb, actor=here.actor, space=here.space, item=item, reason=reason, at=at)
