"""Which nudges of this week still hold, for one organiser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select

from forum.core.db import db
from forum.core.halves import monday_of
from forum.core.prepared import prepared
from forum.core.time import local, now
from forum.home.models import MOST_A_WEEK, Nudge
from forum.people.models import Person
from forum.spaces.feature import features
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.nudging import NUDGED, NudgeLine, NudgeRule
from forum.spaces.queries import viewing, visible_to_viewer


@dataclass(frozen=True, kw_only=True)
class Nudging:
    """A nudge as it is shown. `helpers` dealt with something like it."""

    id: int
    line: NudgeLine
    helpers: Sequence[Person] = ()


def rules() -> tuple[NudgeRule, ...]:
    """Return the rules of all rooms, in order."""
    return tuple(sorted((rule for feature in features() for rule in feature.nudges), key=lambda rule: rule.order))


def values_of(space: Space, at: datetime) -> dict[str, Any]:
    """Return the values with which `holding` is executed."""
    found: dict[str, Any] = {NUDGED.key: space.id}
    for rule in rules():
        found.update(rule.values(at))
    return found


@prepared
def holding(these: tuple[NudgeRule, ...]) -> Select[Nudge, Item, Person]:
    """Return the query of the nudges of a space that nobody has dismissed and that still hold. Built once for the rules of an app."""
    shown = and_(Item.space_id == NUDGED, Item.state == ItemState.PUBLISHED, Item.audience == Audience.SPACE)
    return (
        select(Nudge, Item, Person)
        .outerjoin(Item, Item.id == Nudge.item_id)
        .outerjoin(Person, Person.id == Nudge.person_id)
        .where(
            Nudge.space_id == NUDGED,
            Nudge.dismissed_at.is_(None),
            or_(Nudge.item_id.is_(None), shown),
            or_(*(and_(Nudge.kind == rule.kind, rule.holds()) for rule in these)),
        )
        .order_by(Nudge.week, Nudge.place)
    )


@prepared
def _shown(these: tuple[NudgeRule, ...]) -> Select[Nudge, Item, Person]:
    return holding(these).where(or_(Nudge.item_id.is_(None), visible_to_viewer()))


def nudges_for(here: Here, *, with_helpers: bool = False) -> list[Nudging]:
    """Return this week's nudges as an organiser may see them now (A3): one query, and one more for who could help."""
    at = now()
    week = monday_of(local(at, here.space.zone).date())
    these = rules()
    values: Mapping[str, Any] = {**values_of(here.space, at), **viewing(here.actor, at)}
    rows = db.session.execute(_shown(these).where(Nudge.week == week).limit(MOST_A_WEEK), values).all()
    by_kind = {rule.kind: rule for rule in these}
    helpers = _helpers(here, by_kind, [nudge for nudge, _item, _person in rows]) if with_helpers else {}
    return [
        Nudging(
            id=nudge.id,
            line=by_kind[nudge.kind].line(here, item, person, at),
            helpers=helpers.get(nudge.item_id or 0, ()),
        )
        for nudge, item, person in rows
    ]


def _helpers(here: Here, by_kind: Mapping[str, NudgeRule], nudges: Sequence[Nudge]) -> dict[int, Sequence[Person]]:
    found: dict[int, Sequence[Person]] = {}
    for kind, rule in by_kind.items():
        ids = [nudge.item_id for nudge in nudges if nudge.kind == kind and nudge.item_id is not None]
        if rule.helpers and ids:
            found.update(rule.helpers(here, ids))
    return found
