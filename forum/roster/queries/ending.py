"""What follows when somebody's part in a duty ends now, and who is told: for the page before the press."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.appointing import open_of
from forum.roster.actions.consequences import UNDER_WAY
from forum.roster.actions.sponsors import given_of
from forum.roster.models import CoverRequest, CoverState, Duty, DutyKind, Handover, Holding, Place
from forum.spaces.models import Space


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Whose part it is, and what goes with it. `deputy` stands in from then on; `sponsor` is by name."""

    person: Person
    deputy: Person | None = None
    covers: Sequence[tuple[Person, Span]] = ()
    is_asked: bool = False
    """Somebody was asked to cover, and nobody has taken it."""
    sponsor: str = ""
    handover: bool = False
    """It is being handed over."""


def what_ends(holding: Holding, space: Space) -> Ending:
    """Return what follows when a part that has no end ends now. The deputy's takes nothing with it."""
    person = db.session.get_one(Person, holding.person_id)
    if holding.place is Place.DEPUTY:
        return Ending(person=person)
    deputy = open_of(holding.duty_id, Place.DEPUTY)
    given = given_of(holding.duty_id)
    duty = db.session.get_one(Duty, holding.duty_id)
    requests = _requests(holding, space)
    running = select(Handover.id).where(Handover.duty_id == holding.duty_id, Handover.state.in_(UNDER_WAY))
    return Ending(
        person=person,
        deputy=db.session.get(Person, deputy.person_id) if deputy else None,
        covers=[(cover, span) for request, cover, span in requests if request.state is CoverState.ACCEPTED and cover],
        is_asked=any(request.state is CoverState.OPEN for request, _cover, _span in requests),
        sponsor=given.name if given and duty.kind is DutyKind.SEAT else "",
        handover=db.session.scalar(running.limit(1)) is not None,
    )


def _requests(holding: Holding, space: Space) -> list[tuple[CoverRequest, Person | None, Span]]:
    """Return who covers for whose part it is, and what is asked for: what of it is ahead."""
    current = half_at(now(), zone=space.zone, midday=space.midday)
    rows = db.session.execute(
        select(CoverRequest, Person)
        .outerjoin(Person, Person.id == CoverRequest.accepted_by_id)
        .where(
            CoverRequest.duty_id == holding.duty_id,
            CoverRequest.away_id == holding.person_id,
            CoverRequest.state.in_((CoverState.OPEN, CoverState.ACCEPTED)),
        )
        .order_by(CoverRequest.start_day, CoverRequest.id)
    )
    return [
        (request, person, ahead)
        for request, person in rows
        if (ahead := request.span.within(Span(current, max(current, request.span.last))))
    ]
