"""Who hosts: a person, or whoever has a duty that day, as the roster says (D1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from forum.core.db import db
from forum.core.time import now
from forum.meetups.models import Occurrence, Series
from forum.people.models import Department, Person
from forum.spaces.feature import holders
from forum.spaces.models import Item

KNOWN = timedelta(days=31)
"""So far ahead calendars name who has the duty; later much may change, and each date would be one by itself."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """Who hosts a date. With a `duty` it is whoever has it then: `person` is None while nobody does."""

    person: Person | None
    department: str | None = None
    duty: Item | None = None


@dataclass(frozen=True, kw_only=True)
class HostNames:
    """Who hosts in words, for calendars and mail: by the key of the series, and of a date where that is another one."""

    of_series: Mapping[int, str] = field(default_factory=dict)
    of_date: Mapping[int, str] = field(default_factory=dict)


def host_of(series: Series, at: datetime) -> Host | None:
    """Return who hosts at a moment, None when nobody was named."""
    person_id = holder_of(series, at) if series.host_duty_id else series.host_id
    duty = db.session.get(Item, series.host_duty_id) if series.host_duty_id else None
    row = db.session.execute(
        select(Person, Department.name)
        .outerjoin(Department, Department.id == Person.department_id)
        .where(Person.id == person_id)
    ).one_or_none()
    if row is None:
        return Host(person=None, duty=duty) if duty else None
    return Host(person=row[0], department=row[1], duty=duty)


def holder_of(series: Series, at: datetime) -> int | None:
    """Return who has the duty that hosts, at a moment."""
    asked = (series.host_duty_id or 0, at)
    return holders([asked]).get(asked)


def host_names(series: Collection[Series], dates: Collection[Occurrence]) -> HostNames:
    """Return who hosts, in words: one query where it is people, five where duties are among them."""
    by_duty = {one.id: one.host_duty_id for one in series if one.host_duty_id is not None}
    found = holders_of(by_duty, dates)
    people = {one.host_id for one in series if one.host_id} | {one for one in found.values() if one}
    names: dict[int, str] = {}
    if people:
        names = dict(_pairs(select(Person.id, Person.name).where(Person.id.in_(people))))
    titles: dict[int, str] = {}
    if by_duty:
        titles = dict(_pairs(select(Item.id, Item.title).where(Item.id.in_(by_duty.values()))))
    return HostNames(
        of_series={
            one.id: names.get(one.host_id or 0, "") or titles.get(one.host_duty_id or 0, "")
            for one in series
            if one.host_id or one.host_duty_id
        },
        of_date={key: names[person] for key, person in found.items() if person in names},
    )


def _pairs(query: Select[int, str]) -> list[tuple[int, str]]:
    return [(key, words) for key, words in db.session.execute(query)]


def holders_of(by_duty: Mapping[int, int], dates: Collection[Occurrence]) -> dict[int, int | None]:
    """Return who hosts dates that lie near, by their keys. `by_duty`: the duty by the key of its series."""
    if not by_duty:
        return {}
    at = now()
    near = [one for one in dates if one.series_id in by_duty and at - KNOWN <= one.starts_at <= at + KNOWN]
    asked = {one.id: (by_duty[one.series_id], one.starts_at) for one in near}
    found = holders(set(asked.values()))
    return {key: found.get(pair) for key, pair in asked.items()}


def hosted_by(which: Sequence[tuple[int, int, datetime]]) -> list[tuple[int, int | None]]:
    """Return who hosts dates, given as their key, the key of the duty and when they start: for what tells whether a feed changed."""
    found = holders({(duty, at) for _key, duty, at in which})
    return [(key, found.get((duty, at))) for key, duty, at in which]
