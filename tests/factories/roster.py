"""Duties, who holds them, who is away and who covers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from forum.core.db import db, transaction
from forum.core.halves import Span, monday_of
from forum.core.text import new_ref
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions.settling import slots_for
from forum.roster.models import (
    Absence,
    CoverAsk,
    CoverRequest,
    CoverState,
    Criticality,
    Duty,
    DutyKind,
    DutyRight,
    Holding,
    HoldingState,
    Place,
    Seen,
    Turn,
)
from forum.spaces.models import Audience, Item, ItemState, Space
from forum.spaces.policy import Can
from tests.factories.numbers import LONG_AGO, next_number


def make_duty(
    space: Space,
    *,
    by: Person,
    holder: Person | None = None,
    deputy: Person | None = None,
    title: str | None = None,
    kind: DutyKind = DutyKind.TASK,
    first_day: date | None = None,
    last_day: date | None = None,
    is_strict: bool = False,
    powers: Sequence[Can] = (),
    ref: str | None = None,
    what: str = "",
    state: ItemState = ItemState.PUBLISHED,
    audience: Audience = Audience.SPACE,
) -> Duty:
    """Make a duty that began a while ago."""
    at = now() - LONG_AGO
    with transaction():
        item = Item(
            kind="duty",
            space_id=space.id,
            author_id=by.id,
            title=title or f"Duty {next_number()}",
            state=state,
            audience=audience,
            created_at=at,
            last_at=at,
            last_by_id=by.id,
        )
        if ref:
            item.ref = ref
        db.session.add(item)
        db.session.flush()
        duty = Duty(
            id=item.id,
            kind=kind,
            made_by_id=by.id,
            first_day=first_day or today(space.zone) - LONG_AGO,
            last_day=last_day,
            is_strict=is_strict,
            what=what,
            criticality=Criticality.IMPORTANT,
        )
        db.session.add(duty)
        db.session.flush()
        db.session.add_all(DutyRight(duty_id=duty.id, power=power.value) for power in powers)
    for person, place in ((holder, Place.HOLDER), (deputy, Place.DEPUTY)):
        if person is not None:
            make_holding(duty, person, place=place)
    return duty


def make_holding(
    duty: Duty,
    person: Person,
    *,
    place: Place = Place.HOLDER,
    state: HoldingState = HoldingState.ACCEPTED,
    from_day: date | None = None,
    until_day: date | None = None,
) -> Holding:
    """Let somebody hold a duty, or (`state`) be offered it."""
    at = now() - timedelta(days=1)
    with transaction():
        holding = Holding(
            duty_id=duty.id,
            person_id=person.id,
            place=place,
            state=state,
            from_day=from_day or duty.first_day,
            until_day=until_day,
            offered_by_id=person.id,
            offered_at=at,
            answered_at=None if state is HoldingState.OFFERED else at,
        )
        db.session.add(holding)
    return holding


def make_turns(duty: Duty, people: Sequence[Person], *, weeks: int = 1, from_day: date | None = None) -> None:
    """Let a duty rotate."""
    with transaction():
        held = db.session.get_one(Duty, duty.id)
        held.turn_weeks, held.turns_from = weeks, monday_of(from_day or today("Europe/London"))
        db.session.add_all(
            Turn(duty_id=duty.id, place=place, person_id=person.id, since=now() - timedelta(days=1))
            for place, person in enumerate(people, start=1)
        )


def make_absence(
    person: Person,
    span: Span | None = None,
    *,
    days: int = 5,
    starts: int = 0,
    seen: Seen = Seen.MEMBERS,
    by: Person | None = None,
    in_space: Space | None = None,
    returned_at: datetime | None = None,
    filed_at: datetime | None = None,
) -> Absence:
    """Let somebody be away: for a span, or for `days` from today (`starts` days ahead) on."""
    first = today("Europe/London") + timedelta(days=starts)
    with transaction():
        absence = Absence(
            person_id=person.id,
            seen=seen,
            filed_by_id=(by or person).id,
            filed_in_id=in_space.id if in_space else None,
            filed_at=filed_at or now(),
            returned_at=returned_at,
        )
        absence.span = span or Span.of_days(first, first + timedelta(days=days - 1))
        db.session.add(absence)
    return absence


def make_cover_request(
    duty: Duty,
    *,
    away: Person | None,
    span: Span,
    by: Person | None = None,
    taken_by: Person | None = None,
    asked: Sequence[Person] = (),
    to_all: bool = True,
    note: str = "",
    ref: str | None = None,
    absence: Absence | None = None,
) -> CoverRequest:
    """Ask for cover, and let `taken_by` have taken it."""
    asker = away or by
    assert asker is not None
    with transaction():
        request = CoverRequest(
            ref=ref or new_ref(),
            duty_id=duty.id,
            away_id=away.id if away else None,
            absence_id=absence.id if absence else None,
            asked_by_id=(by or asker).id,
            asked_at=now(),
            to_all=to_all,
            note=note,
            state=CoverState.ACCEPTED if taken_by else CoverState.OPEN,
            accepted_by_id=taken_by.id if taken_by else None,
            accepted_at=now() if taken_by else None,
        )
        request.span = span
        db.session.add(request)
        db.session.flush()
        db.session.add_all(CoverAsk(request_id=request.id, person_id=one.id, asked_at=now()) for one in asked)
        if taken_by:
            db.session.add_all(slots_for(duty.id, span, person_id=taken_by.id, request_id=request.id))
    return request
