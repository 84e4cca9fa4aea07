"""Which duties people have in a space, for the list of its members: as holder, in turns, or as deputy; by the one rule (D1)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from flask import url_for
from sqlalchemy import and_, func, select

from forum.core.db import db
from forum.core.time import local, now
from forum.roster.models import Duty
from forum.roster.queries.book import book_at
from forum.roster.queries.standing import of_people
from forum.roster.who import DutyFacts
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.parts import Holds
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _


def held_by(here: Here, people: Collection[int]) -> Mapping[int, Sequence[Holds]]:
    """Return what of the roster is whose today, among `people`, by name: four queries. For members only (A3)."""
    if not here.may(Can.SEE_ROSTER):
        return {}
    at = now()
    theirs = and_(Item.space_id == here.space.id, Duty.id.in_(of_people(people)))
    rows = db.session.execute(
        select(Item.id, Item.ref, Item.title)
        .join(Duty, Duty.id == Item.id)
        .where(theirs, visible_to_viewer())
        .order_by(func.lower(Item.title), Item.id),
        viewing(here.actor, at),
    ).all()
    if not rows:
        return {}
    book, today = book_at(theirs, at), local(at, here.space.zone).date()
    found: dict[int, list[Holds]] = {}
    for row in rows:
        duty = book.duties.get(row.id)
        for person_id, place in _whose(duty, today) if duty is not None and duty.runs_on(today) else ():
            url = url_for("roster.duty", slug=here.space.slug, ref=row.ref)
            if person_id in people:
                found.setdefault(person_id, []).append(Holds(title=row.title, url=url, place=place))
    return found


def _whose(duty: DutyFacts, today: date) -> Iterator[tuple[int, str]]:
    """Yield who has to do with a duty, and as what. Of one that goes round it is everybody in the order."""
    owner = duty.owner_on(today)
    in_turn = {person_id for person_id in duty.turns.values() if person_id is not None} if duty.turn_weeks else set()
    if in_turn:
        yield from ((person_id, _("in turn")) for person_id in sorted(in_turn))
    elif owner is not None:
        yield owner, ""
    deputy = duty.deputy_on(today)
    if deputy is not None and deputy != owner and deputy not in in_turn:
        yield deputy, _("deputy")
