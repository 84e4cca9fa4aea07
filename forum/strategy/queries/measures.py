"""What measures were, day by day: a value that was corrected counts no more, and stays to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from forum.core.db import db
from forum.people.models import Person
from forum.strategy.models import Strategy, Value

MOST = 400
"""Of each measure, on a page."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """A value, who noted it, and whether another corrects it."""

    value: Value
    by: Person | None
    is_corrected: bool


def values_of(strategy: Strategy, *, most: int | None = MOST) -> Mapping[str, Sequence[Noted]]:
    """Return the latest values of all measures, up to `most` of each (None: all), each in the order of their days."""
    later = aliased(Value)
    query = (
        select(Value, Person, later.id)
        .outerjoin(Person, Person.id == Value.by_id)
        .outerjoin(later, later.corrects_id == Value.id)
        .where(Value.strategy_id == strategy.id)
        .order_by(Value.day, Value.id)
    )
    if most is not None:
        place = func.row_number().over(partition_by=Value.measure, order_by=(Value.day.desc(), Value.id.desc()))
        counted = select(Value.id, place.label("place")).where(Value.strategy_id == strategy.id).subquery()
        query = query.join(counted, and_(counted.c.id == Value.id, counted.c.place <= most))
    found: dict[str, list[Noted]] = {}
    for value, by, corrected in db.session.execute(query):
        found.setdefault(value.measure, []).append(Noted(value=value, by=by, is_corrected=corrected is not None))
    return found


def noted_keys(strategy: Strategy) -> Sequence[str]:
    """Return the measures of which there are values."""
    return db.session.scalars(select(Value.measure).where(Value.strategy_id == strategy.id).distinct()).all()


def latest_values(strategy: Strategy) -> Mapping[str, Value]:
    """Return the latest value of each measure that counts."""
    later = aliased(Value)
    place = func.row_number().over(partition_by=Value.measure, order_by=(Value.day.desc(), Value.id.desc()))
    counted = (
        select(Value.id, place.label("place"))
        .outerjoin(later, later.corrects_id == Value.id)
        .where(Value.strategy_id == strategy.id, later.id.is_(None))
        .subquery()
    )
    rows = db.session.scalars(select(Value).join(counted, and_(counted.c.id == Value.id, counted.c.place == 1)))
    return {value.measure: value for value in rows}
