"""What breaks while somebody is away, and what they leave when they go: of their duties and of what they promised to cover."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from forum.core.db import db
from forum.core.halves import Span, half_at
from forum.core.time import now
from forum.people.models import Person
from forum.roster.models import CoverRequest, CoverState, Duty
from forum.roster.queries.book import book_of
from forum.roster.queries.standing import of_people
from forum.roster.who import Away, Why
from forum.spaces.models import Item, Membership, Space


@dataclass(frozen=True, kw_only=True)
class Uncovered:
    """A duty of somebody's for half-days on which they are away. `person_id` stands in; `request_ref`: cover is asked for."""

    duty_id: int
    ref: str
    title: str
    space: Space
    span: Span
    why: Why
    person_id: int | None
    request_ref: str | None


def breaks(person: Person, span: Span, *, though_leaving: bool = False) -> list[Uncovered]:
    """Return every duty that is somebody's on these half-days, in runs, with who would do it: as if they were away then already.

    In all of their spaces, in three queries and one for what is asked for. What rests or isn't theirs isn't there; what would be if
    they didn't leave is, with `though_leaving`.
    """
    at = now()
    mine = Duty.id.in_(of_people([person.id]))
    places = _places(person)
    book = book_of(and_(mine, Item.space_id.in_(places)), span.first_day, span.last_day)
    book.absences.setdefault(person.id, []).append(Away(span, None))
    if though_leaving:
        for facts in book.duties.values():
            facts.last_days.pop(person.id, None)
    asked = _open_requests(list(book.duties), person)
    rows = {
        item.id: (item, space)
        for item, space in db.session.execute(
            select(Item, Space).join(Space, Space.id == Item.space_id).where(Item.id.in_(book.duties))
        )
    }
    found = []
    for duty_id in sorted(book.duties):
        duty = book.duties[duty_id]
        item, space = rows[duty_id]
        current = half_at(at, zone=duty.zone, midday=duty.midday)
        ahead = span.within(Span(current, max(current, span.last)))
        for run in book.runs(duty_id, ahead, now=at) if ahead else ():
            if run.held.owner_id != person.id:
                continue
            ref = next((one.ref for one in asked if one.duty_id == duty_id and one.span.within(run.span)), None)
            found.append(
                Uncovered(
                    duty_id=duty_id,
                    ref=item.ref,
                    title=item.title,
                    space=space,
                    span=run.span,
                    why=run.held.why,
                    person_id=run.held.person_id,
                    request_ref=ref if run.held.why is not Why.COVER else None,
                )
            )
    return found


def _places(person: Person) -> Sequence[int]:
    query = select(Membership.space_id).join(Space, Space.id == Membership.space_id)
    return db.session.scalars(
        query.where(Membership.person_id == person.id, Membership.ended_at.is_(None), Space.archived_at.is_(None))
    ).all()


def _open_requests(duty_ids: Sequence[int], person: Person) -> Sequence[CoverRequest]:
    return db.session.scalars(
        select(CoverRequest).where(
            CoverRequest.duty_id.in_(duty_ids),
            CoverRequest.away_id == person.id,
            CoverRequest.state == CoverState.OPEN,
        )
    ).all()
