"""A handover with its lines and questions, and a duty's passport."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import (
    CoverRequest,
    CoverState,
    Duty,
    DutyEntry,
    EntryKind,
    Handover,
    HandoverItem,
    HandoverQuestion,
    HandoverState,
    Holding,
    HoldingState,
    Rehearsal,
)


@dataclass(frozen=True, kw_only=True)
class HandoverShown:
    """What stands on the page of a handover."""

    lines: Sequence[HandoverItem]
    questions: Mapping[int, Sequence[HandoverQuestion]]
    people: Mapping[int | None, Person]

    @property
    def done(self) -> int:
        """How many lines are done."""
        return sum(line.done_at is not None for line in self.lines)


def shown(handover: Handover) -> HandoverShown:
    """Return the lines of a handover with what is asked beside them: three queries."""
    lines = db.session.scalars(
        select(HandoverItem).where(HandoverItem.handover_id == handover.id).order_by(HandoverItem.place)
    ).all()
    asked: dict[int, list[HandoverQuestion]] = {}
    query = select(HandoverQuestion).where(HandoverQuestion.line_id.in_([line.id for line in lines]))
    for question in db.session.scalars(query.order_by(HandoverQuestion.id)):
        asked.setdefault(question.line_id, []).append(question)
    ids = {handover.giver_id, handover.taker_id, handover.made_by_id} | {line.done_by_id for line in lines}
    ids |= {key for several in asked.values() for one in several for key in (one.asker_id, one.answered_by_id)}
    return HandoverShown(lines=lines, questions=asked, people=_people(ids))


def _people(ids: set[int | None]) -> dict[int | None, Person]:
    known = [key for key in ids if key is not None]
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(known)))}


@dataclass(frozen=True, kw_only=True)
class Passport:
    """All that a duty went through: who held it, who covered, when nobody did, what happened; the latest first."""

    holdings: Sequence[Holding]
    covers: Sequence[CoverRequest]
    untaken: Sequence[CoverRequest]
    handovers: Sequence[Handover]
    open_handover: Handover | None
    rehearsals: Sequence[Rehearsal]
    incidents: Sequence[DutyEntry]
    notes: Sequence[DutyEntry]
    people: Mapping[int | None, Person]


def passport_of(duty: Duty) -> Passport:
    """Return the passport of a duty: six queries."""
    holdings = db.session.scalars(
        select(Holding)
        .where(Holding.duty_id == duty.id, Holding.state == HoldingState.ACCEPTED)
        .order_by(Holding.from_day.desc(), Holding.id.desc())
    ).all()
    requests = db.session.scalars(
        select(CoverRequest)
        .where(CoverRequest.duty_id == duty.id)
        .order_by(CoverRequest.start_day.desc(), CoverRequest.id.desc())
    ).all()
    handovers = db.session.scalars(
        select(Handover).where(Handover.duty_id == duty.id).order_by(Handover.made_at.desc(), Handover.id.desc())
    ).all()
    rehearsals = db.session.scalars(
        select(Rehearsal).where(Rehearsal.duty_id == duty.id).order_by(Rehearsal.day.desc(), Rehearsal.id.desc())
    ).all()
    entries = db.session.scalars(
        select(DutyEntry).where(DutyEntry.duty_id == duty.id).order_by(DutyEntry.day.desc(), DutyEntry.id.desc())
    ).all()
    ids: set[int | None] = {one.by_id for one in entries}
    ids.update(one.person_id for one in holdings)
    ids.update(one.person_id for one in rehearsals)
    ids.update(key for one in handovers for key in (one.giver_id, one.taker_id))
    ids.update(key for one in requests for key in (one.away_id, one.accepted_by_id))
    today = now().date()
    return Passport(
        holdings=[one for one in holdings if one.lasts],
        covers=[one for one in requests if one.accepted_by_id is not None],
        untaken=[one for one in requests if one.state is CoverState.OPEN and one.end_day < today],
        handovers=[one for one in handovers if one.state is HandoverState.ACCEPTED],
        open_handover=next(
            (one for one in handovers if one.state in {HandoverState.DRAFT, HandoverState.OFFERED}), None
        ),
        rehearsals=rehearsals,
        incidents=[one for one in entries if one.kind is EntryKind.INCIDENT],
        notes=[one for one in entries if one.kind is EntryKind.NOTE],
        people=_people(ids),
    )
