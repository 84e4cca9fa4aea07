"""Duties as other rooms use them: which can be chosen, and who holds them at a moment, by the one rule (D1)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from forum.core.db import db
from forum.core.time import local, now
from forum.roster.models import Duty
from forum.roster.queries.book import book_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items

A_DAY = timedelta(days=1)


def duties_in(here: Here) -> Sequence[tuple[int, str]]:
    """Return the duties of a space that aren't over, by key and name. For members only."""
    if not here.may(Can.SEE_ROSTER):
        return []
    at = now()
    today = local(at, here.space.zone).date()
    rows = db.session.execute(
        select(Item.id, Item.title)
        .join(Duty, Duty.id == Item.id)
        .where(Item.space_id == here.space.id, visible_items(here.actor, at), Duty.ended_on.is_(None))
        .where(or_(Duty.last_day.is_(None), Duty.last_day >= today))
        .order_by(func.lower(Item.title), Item.id)
    )
    return [(key, title) for key, title in rows]


def holders(asked: Collection[tuple[int, datetime]]) -> Mapping[tuple[int, datetime], int | None]:
    """Return who holds duties at moments, each a duty's key with a moment; None where nobody does: at most three queries."""
    if not asked:
        return {}
    days = [at.date() for _duty, at in asked]
    ids = {duty_id for duty_id, _at in asked}
    book = book_of(Duty.id.in_(ids), min(days) - A_DAY, max(days) + A_DAY)
    return {(duty_id, at): book.at(duty_id, at).person_id if duty_id in book.duties else None for duty_id, at in asked}
