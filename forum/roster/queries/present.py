"""Who is on duty and who is away just now, for Today: two queries, with what somebody who is back hasn't read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_, select

from forum.core.db import db
from forum.core.halves import day_of, half_at, part_of
from forum.core.prepared import prepared
from forum.core.time import now
from forum.people.models import Person, PersonState
from forum.roster.actions.returning import FRESH, unread_of
from forum.roster.models import Absence, Duty, DutyKind
from forum.roster.queries.book import named_book
from forum.roster.queries.standing import absences_where, may_know, stand_in
from forum.roster.who import Away, Held
from forum.spaces.guard import Here
from forum.spaces.models import Item, Membership
from forum.spaces.parts import StandIn
from forum.spaces.queries import viewing, visible_to_viewer

A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class OnDuty:
    """A duty of first response, who has it now, and whom to ask after them."""

    title: str
    held: Held
    person: Person | None
    deputy: Person | None


@dataclass(frozen=True, kw_only=True)
class AwayNow:
    """A member who is away now, as far as the reader may know."""

    person: Person
    stands: StandIn


@dataclass(frozen=True, kw_only=True)
class Present:
    """What stands on Today of all this."""

    back: Absence | None
    away: Sequence[AwayNow] = ()
    on_duty: Sequence[OnDuty] = field(default_factory=list)


def present(here: Here) -> Present:
    """Return who is on duty and who is away here now, and the absence from which the reader is back."""
    at = now()
    half = half_at(at, zone=here.space.zone, midday=here.space.midday)
    values = {
        "space_id": here.space.id,
        "actor_id": here.actor.id,
        "day": day_of(half),
        "half": part_of(half),
        "fresh": day_of(half) - FRESH,
        "before": day_of(half) - A_DAY,
        "after": day_of(half) + A_DAY,
    }
    rows = db.session.execute(_around(), values).all()
    absences: dict[int, list[Away]] = {}
    for row in {row.number: row for row in rows}.values():
        absences.setdefault(row.person_id, []).append(Away(row.Absence.span, row.returned_at))
    mine = {row.Absence for row in rows if row.person_id == here.actor.id}
    return Present(
        back=unread_of(here.actor, mine),
        away=_away(here, rows, half=half, at=at),
        on_duty=_on_duty(here, absences, at=at),
    )


@prepared
def _around() -> Select[*tuple[Any, ...]]:
    """Absences of members around today, and those of the reader of late. Built once."""
    members = select(Membership.person_id).where(
        Membership.space_id == bindparam("space_id"), Membership.ended_at.is_(None)
    )
    own = and_(Absence.person_id == bindparam("actor_id"), Absence.end_day >= bindparam("fresh"))
    theirs = and_(Absence.person_id.in_(members), Absence.end_day >= bindparam("before"))
    found = absences_where(or_(own, theirs), Absence.start_day <= bindparam("after"))
    return found.join(Person, Person.id == Absence.person_id).add_columns(Absence, Person).order_by(Person.name)


def _away(here: Here, rows: Sequence[Any], *, half: Any, at: Any) -> list[AwayNow]:  # noqa: ANN401  # a half-day and an instant
    found: dict[int, tuple[Person, Any, list[str]]] = {}
    for row in rows:
        span, is_over = row.Absence.span, row.returned_at is not None and row.returned_at <= at
        is_member = row.Person.state is PersonState.ACTIVE and row.person_id != here.actor.id
        if half in span and not is_over and is_member and may_know(here, row):
            _person, until, covers = found.setdefault(row.person_id, (row.Person, span.last, []))
            if row.name and row.name not in covers:
                covers.append(row.name)
            found[row.person_id] = (row.Person, max(until, span.last), covers)
    return [AwayNow(person=person, stands=stand_in(until, covers)) for person, until, covers in found.values()]


def _on_duty(here: Here, absences: dict[int, list[Away]], *, at: Any) -> list[OnDuty]:  # noqa: ANN401  # an instant
    values = {"space_id": here.space.id, **viewing(here.actor, at)}
    book, titles, people = named_book(_duties_of_first_response(), values, at, absences)
    found = []
    for duty_id, duty in book.duties.items():
        held = book.at(duty_id, at)
        deputy = people.get(duty.deputy_on(day_of(half_at(at, zone=duty.zone, midday=duty.midday))) or 0)
        if held.is_gap or held.person_id is not None:
            person = people.get(held.person_id or 0)
            found.append(OnDuty(title=titles[duty_id], held=held, person=person, deputy=deputy))
    return found


@prepared
def _duties_of_first_response() -> ColumnElement[bool]:
    here = Item.space_id == bindparam("space_id", type_=Integer)
    return and_(here, Duty.kind == DutyKind.ON_DUTY, visible_to_viewer())
