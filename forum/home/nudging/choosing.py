"""Choosing the nudges of a week, and dismissing one. Each runs inside `transaction()`, under the space's lock."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import chain, zip_longest

from sqlalchemy import Select, delete, literal, select

from forum.core.db import db, lock
from forum.core.errors import Missing
from forum.core.halves import monday_of
from forum.core.time import local, now
from forum.home.models import MOST_A_WEEK, Nudge
from forum.home.nudging.queries import holding, rules, values_of
from forum.people.models import Person
from forum.spaces.guard import Here, hold
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.nudging import NUDGED, About, NudgeRule
from forum.spaces.policy import Can

CARRIED = timedelta(weeks=3)
"""How long one that nobody dismissed moves on to the next week."""
FORGOTTEN = timedelta(weeks=26)
"""After that what it was about may be chosen again."""
Chosen = tuple[str, str, int | None, int | None]


def fill(space_id: int, *, at: datetime | None = None) -> None:
    """Fill the week's free places: with those of earlier weeks that still hold, then with new ones, each kind in turn."""
    at = at or now()
    space = lock(Space, space_id)
    if space is None or space.archived_at is not None:
        return
    week = monday_of(local(at, space.zone).date())
    db.session.execute(delete(Nudge).where(Nudge.space_id == space.id, Nudge.week < week - FORGOTTEN))
    taken = set(db.session.scalars(select(Nudge.place).where(Nudge.space_id == space.id, Nudge.week == week)))
    places = iter(sorted(set(range(1, MOST_A_WEEK + 1)) - taken))
    for nudge, place in zip(_carried(space, week, at=at), places, strict=False):
        nudge.week, nudge.place = week, place
    db.session.flush()
    for place, (kind, key, item_id, person_id) in zip(places, _in_turn(space, at=at), strict=False):
        what = {"item_id": item_id, "person_id": person_id}
        db.session.add(Nudge(space_id=space.id, week=week, place=place, kind=kind, key=key, chosen_at=at, **what))
    db.session.flush()


def _carried(space: Space, week: date, *, at: datetime) -> Iterator[Nudge]:
    """Give what nobody has dismissed in earlier weeks and still holds, the oldest first."""
    earlier = (Nudge.space_id == space.id, Nudge.week < week, Nudge.chosen_at > at - CARRIED)
    rows = db.session.execute(holding(rules()).where(*earlier).limit(MOST_A_WEEK), values_of(space, at)).all()
    return iter([nudge for nudge, _item, _person in rows])


def _in_turn(space: Space, *, at: datetime) -> Iterator[Chosen]:
    """Give what there is to nudge about: the first of each rule, then the second of each, and so on."""
    found = [_found(space, rule, at=at) for rule in rules()]
    return (one for one in chain.from_iterable(zip_longest(*found)) if one is not None)


def _found(space: Space, rule: NudgeRule, *, at: datetime) -> Sequence[Chosen]:
    """Return what a rule finds that wasn't chosen before. Of items only those that every member may see (A3, A5)."""
    values = {**rule.values(at), NUDGED.key: space.id}
    old = set(db.session.scalars(select(Nudge.key).where(Nudge.space_id == space.id, Nudge.kind == rule.kind)))
    if rule.about is About.SPACE:
        month = f"{local(at, space.zone):%Y-%m}"
        is_so = db.session.scalar(select(literal(1)).where(rule.holds()), values)
        return [(rule.kind, month, None, None)] if is_so and month not in old else []
    query: Select[int] = (
        select(Item.id)
        .where(Item.space_id == space.id, Item.state == ItemState.PUBLISHED, Item.audience == Audience.SPACE)
        .order_by(Item.created_at, Item.id)
        if rule.about is About.ITEM
        else select(Person.id).order_by(Person.id)
    )
    ids = [key for key in db.session.scalars(query.where(rule.holds()), values) if str(key) not in old][:MOST_A_WEEK]
    return [(rule.kind, str(key), *((key, None) if rule.about is About.ITEM else (None, key))) for key in ids]


def dismiss(here: Here, nudge_id: int, *, at: datetime | None = None) -> None:
    """Let a nudge stand nowhere any more. Twice is once. Raises Missing, Denied."""
    here = hold(here, Can.TEND_COMMUNITY)
    nudge = _nudge(here, nudge_id)
    if nudge.dismissed_at is None:
        nudge.dismissed_at, nudge.dismissed_by_id = at or now(), here.actor.id


def bring_back(here: Here, nudge_id: int) -> None:
    """Take back that a nudge was dismissed. Twice is once. Raises Missing, Denied."""
    here = hold(here, Can.TEND_COMMUNITY)
    nudge = _nudge(here, nudge_id)
    nudge.dismissed_at = nudge.dismissed_by_id = None


def _nudge(here: Here, nudge_id: int) -> Nudge:
    nudge = lock(Nudge, nudge_id)
    if nudge is None or nudge.space_id != here.space.id:
        raise Missing
    return nudge
