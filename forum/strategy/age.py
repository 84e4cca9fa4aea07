"""How old a signature is, in facts: what of the signed page is true no more."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import local, now, today
from forum.roster.models import Duty, DutyKind
from forum.roster.queries.book import who_hold
from forum.roster.who import Held
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.strategy.access import Sheet
from forum.strategy.measuring import Way, track_of
from forum.strategy.queries.measures import latest_values
from forum.web.words import _, _n


def age_of(here: Here, sheet: Sheet) -> Sequence[str]:
    """Return what has changed since a version was signed, a sentence each: computed now, stored nowhere. For members of the space."""
    strategy = sheet.strategy
    if strategy.signed_at is None or strategy.signed != sheet.version.number or not here.may(Can.SEE_ROSTER):
        return []
    signed_on = local(strategy.signed_at, here.space.zone).date()
    return [*_vacant(sheet, strategy.signed_at), *_ended(here, signed_on), *_missed(here, sheet)]


def _vacant(sheet: Sheet, signed_at: datetime) -> Sequence[str]:
    named = {one.duty_id: one.duty for one in sheet.content.activities if one.duty_id is not None}
    if not named:
        return []
    there = db.session.scalars(select(Duty.id).where(Duty.id.in_(named), Duty.ended_on.is_(None))).all()
    held, before = (who_hold(there, at) if there else {} for at in (now(), signed_at))
    said = []
    for duty_id, name in named.items():
        if duty_id not in there:
            said.append(_("The duty “%(name)s” has ended.", name=name))
        elif _is_held(before, duty_id) and not _is_held(held, duty_id):
            said.append(_("Nobody holds “%(name)s” any more.", name=name))
    return said


def _is_held(book: Mapping[int, Held], duty_id: int) -> bool:
    return duty_id in book and book[duty_id].owner_id is not None


def _ended(here: Here, signed_on: date) -> Sequence[str]:
    """Say how many accounts were closed since, of those that this person sees (A3)."""
    query = (
        select(func.count())
        .select_from(Duty)
        .join(Item, Item.id == Duty.id)
        .where(Item.space_id == here.space.id, Duty.kind == DutyKind.ACCOUNT, Duty.ended_on > signed_on)
        .where(visible_to_viewer())
    )
    number = db.session.scalar(query, viewing(here.actor, now())) or 0
    return [_n("%(num)d account was closed.", "%(num)d accounts were closed.", number)] if number else []


def _missed(here: Here, sheet: Sheet) -> Sequence[str]:
    values, this = latest_values(sheet.strategy), today(here.space.zone)
    said = []
    for measure in sheet.content.measures:
        value = values.get(measure.key)
        track = track_of(measure, latest=(value.day, value.amount) if value else None, today=this)
        if track.way is Way.MISSED:
            said.append(_("“%(words)s” missed its target.", words=measure.words))
    return said
