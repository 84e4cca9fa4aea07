"""What a calendar shows of the roster: runs of half-days, by `Book`, so that it agrees with every page (D1)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select

from forum.core.db import db
from forum.core.halves import Span, half_of, spans_of
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.models import Absence, CoverRequest, CoverSlot, Duty
from forum.roster.queries.away import hushed_for
from forum.roster.queries.book import book_of
from forum.roster.queries.standing import of_people
from forum.roster.who import Book, Held, Why
from forum.spaces.models import Item, LogEntry, Membership, Space
from forum.spaces.policy import KEEPERS
from forum.spaces.queries import visible_items

AHEAD = timedelta(weeks=26)
BEHIND = timedelta(days=45)
A_DAY = timedelta(days=1)
OPEN = "before"
"""In the name of a run that began before what is shown: its name doesn't change as that moves on."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A run of a duty in a calendar. `name` stays the same while the run begins when it does."""

    name: str
    title: str
    ref: str
    slug: str
    zone: str
    midday: time
    span: Span
    held: Held
    person: str
    owner: str
    changed_at: datetime

    @property
    def state(self) -> tuple[object, ...]:
        """Whatever of it a calendar shows."""
        place = self.title, self.ref, self.slug, self.zone, self.midday, self.person, self.owner
        return self.name, self.span, self.held.why, self.changed_at.isoformat(), *place


def is_in(person: Person) -> ColumnElement[bool]:
    """Return the condition on `Space` that somebody is a member, and that it isn't archived."""
    member = Membership.person_id == person.id, Membership.ended_at.is_(None)
    return and_(Space.archived_at.is_(None), Space.id.in_(select(Membership.space_id).where(*member)))


def own_entries(person: Person) -> list[Entry]:
    """Return when a person holds what, whether it is theirs or they stand in, in all of their spaces."""
    covers = select(CoverSlot.duty_id).where(CoverSlot.person_id == person.id)
    mine = or_(Duty.id.in_(of_people([person.id])), Duty.id.in_(covers))
    return [entry for entry in _entries(person, mine) if entry.held.person_id == person.id]


def entries_of_space(person: Person, uuid: str) -> list[Entry]:
    """Return who holds what in a space, as far as the person may see it, gaps too."""
    entries = _entries(person, Space.uuid == uuid)
    hushed = _hushed(person, uuid)
    return [replace(one, owner="") if one.held.owner_id in hushed else one for one in entries]


def _hushed(person: Person, uuid: str) -> frozenset[int]:
    """Return of whom the reader of a space's feed isn't told that they are away."""
    row = db.session.execute(
        select(Space.id, Membership.role)
        .join(Membership, Membership.space_id == Space.id)
        .where(Space.uuid == uuid, Membership.person_id == person.id, Membership.ended_at.is_(None))
    ).one_or_none()
    return hushed_for(person, row.id) if row is not None and row.role not in KEEPERS else frozenset()


def _entries(person: Person, where: ColumnElement[bool]) -> list[Entry]:
    at = now()
    first = (at - BEHIND).date().replace(day=1)
    seen = and_(where, is_in(person), visible_items(person, at))
    book = book_of(seen, first - A_DAY, at.date() + AHEAD)
    if not book.duties:
        return []
    spaces = select(func.max(LogEntry.at)).where(LogEntry.space_id == Space.id, LogEntry.verb == "changed space")
    rows = db.session.execute(
        select(
            Item.id,
            Item.uuid,
            Item.ref,
            Item.title,
            Item.created_at,
            Space.slug,
            spaces.scalar_subquery().label("space_at"),
        )
        .join(Space, Space.id == Item.space_id)
        .where(Item.id.in_(book.duties))
        .order_by(Item.id)
    ).all()
    changed, moved = _changed(book), _moved(book)
    shown_from = datetime.combine(first, time(), UTC)  # what ends before it is forgotten, so nothing may hang on it
    names = _names(book)
    found = []
    for row in rows:
        duty = book.duties[row.id]
        span = Span(half_of(first), half_of(local(at, duty.zone).date() + AHEAD, 1))
        last = max(
            [
                shown_from,
                row.created_at,
                _aware(row.space_at or row.created_at),
                changed.get(row.id, row.created_at),
                *(moved[key] for key in duty.people & moved.keys()),
            ]
        )
        found += [
            Entry(
                name=f"{row.uuid}-{OPEN if run.span.first == span.first else run.span.first}",
                title=row.title,
                ref=row.ref,
                slug=row.slug,
                zone=duty.zone,
                midday=duty.midday,
                span=run.span,
                held=run.held,
                person=names.get(run.held.person_id or 0, ""),
                owner=names.get(run.held.owner_id or 0, ""),
                changed_at=last.replace(microsecond=0),
            )
            for run in book.runs(row.id, span, now=at)
            if run.held.why is not Why.RESTS
        ]
    return found


def _changed(book: Book) -> Mapping[int, datetime]:
    """Return when something was done about each duty last: all that changes who holds it stands in the log."""
    rows = db.session.execute(
        select(LogEntry.item_id, func.max(LogEntry.at))
        .where(LogEntry.item_id.in_(book.duties))
        .group_by(LogEntry.item_id)
    )
    return {key: _aware(at) for key, at in rows if key is not None}


def _moved(book: Book) -> Mapping[int, datetime]:
    """Return when it was said last that somebody is away, or is back."""
    people = {key for duty in book.duties.values() for key in duty.people}
    rows = db.session.execute(
        select(
            Absence.person_id,
            func.max(Absence.filed_at),
            func.max(Absence.changed_at),
            func.max(Absence.returned_at),
        )
        .where(Absence.person_id.in_(people))
        .group_by(Absence.person_id)
    )
    return {key: max(_aware(one) for one in times if one is not None) for key, *times in rows}


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _names(book: Book) -> Mapping[int, str]:
    people = {key for duty in book.duties.values() for key in duty.people}
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))}


def entries_of_cover(request: CoverRequest, item: Item, space: Space) -> list[Entry]:
    """Return when a cover that somebody promised is theirs: one for each of its parts."""
    slots = db.session.scalars(select(CoverSlot).where(CoverSlot.request_id == request.id))
    people = {request.accepted_by_id, request.away_id}
    names = {
        row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    }
    return [
        Entry(
            name=f"{item.uuid}-{span.first}",
            title=item.title,
            ref=item.ref,
            slug=space.slug,
            zone=space.zone,
            midday=space.midday,
            span=span,
            held=Held(request.accepted_by_id, Why.COVER, request.away_id, request.id),
            person=names.get(request.accepted_by_id or 0, ""),
            owner=names.get(request.away_id or 0, ""),
            changed_at=(request.accepted_at or request.asked_at).replace(microsecond=0),
        )
        for span in spans_of([slot.at for slot in slots])
    ]
