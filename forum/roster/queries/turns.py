"""The order in which a duty rotates, the turns that come, and the swaps that wait for an answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from forum.core.db import db
from forum.core.halves import monday_of
from forum.core.time import today
from forum.people.models import Person
from forum.roster.models import Duty, SwapState, Turn, TurnSwap
from forum.roster.queries.book import book_of
from forum.roster.who import WEEK, DutyFacts
from forum.spaces.guard import Here

AHEAD = 10
"""How many turns a page shows."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class TurnAhead:
    """A turn: whose it is, and for whom they swapped, if they did. None as `person`: nobody's."""

    first_day: date
    last_day: date
    person: Person | None
    is_swapped: bool = False
    is_now: bool = False


@dataclass(frozen=True, kw_only=True)
class SwapShown:
    """A swap that waits for an answer."""

    swap: TurnSwap
    asker: Person
    asked: Person


@dataclass(frozen=True, kw_only=True)
class Turns:
    """What stands on the page of a duty's turns."""

    order: Sequence[Person]
    ahead: Sequence[TurnAhead]
    swaps: Sequence[SwapShown]

    def of(self, person_id: int) -> list[TurnAhead]:
        """Return somebody's turns that haven't begun."""
        return [turn for turn in self.ahead if turn.person and turn.person.id == person_id and not turn.is_now]

    def of_others(self, person_id: int) -> list[TurnAhead]:
        """Return the turns that haven't begun and are somebody else's."""
        return [turn for turn in self.ahead if turn.person and turn.person.id != person_id and not turn.is_now]


def turns_shown(here: Here, duty: Duty) -> Turns:
    """Return the order, the next turns and the swaps that wait: as `who_holds` will decide it (D1)."""
    day = today(here.space.zone)
    rows = db.session.execute(
        select(Turn, Person).join(Person, Person.id == Turn.person_id).where(Turn.duty_id == duty.id)
    ).all()
    people = {person.id: person for _turn, person in rows}
    order = [person for _turn, person in sorted(rows, key=lambda row: row[0].place)]
    weeks = WEEK * (duty.turn_weeks or 1)
    facts = book_of(Duty.id == duty.id, day - A_DAY, day + weeks * (AHEAD + 1)).duties.get(duty.id)
    others = facts.people - people.keys() if facts is not None else set()
    people |= {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(others)))}
    return Turns(
        order=order,
        ahead=list(_ahead(facts, people, day, weeks)) if facts is not None and duty.rotates else [],
        swaps=_swaps(duty, day),
    )


def _ahead(facts: DutyFacts, people: dict[int, Person], day: date, weeks: timedelta) -> Iterator[TurnAhead]:
    start = facts.turns_from or day
    turn = max(facts.turn_of(day), start)
    for _number in range(AHEAD):
        if facts.runs_on(turn + weeks - A_DAY) or facts.runs_on(turn):
            owner, end = facts.owner_on(turn), turn + weeks - A_DAY
            last_day = min(end, facts.last_days.get(owner, end)) if owner is not None else end
            yield TurnAhead(
                first_day=turn,
                last_day=last_day,
                person=people.get(owner) if owner is not None else None,
                is_swapped=turn in facts.swapped,
                is_now=turn <= day,
            )
            if last_day < end:  # they leave in its midst
                after = facts.owner_on(last_day + A_DAY)
                person = people.get(after) if after is not None else None
                yield TurnAhead(first_day=last_day + A_DAY, last_day=end, person=person)
        turn += weeks


def turns_would_be(people: Sequence[Person], *, weeks: int, from_day: date) -> list[TurnAhead]:
    """Return the turns that an order would bring, which nobody has saved."""
    length, first = WEEK * weeks, monday_of(from_day)
    return [
        TurnAhead(
            first_day=first + length * number,
            last_day=first + length * (number + 1) - A_DAY,
            person=people[number % len(people)],
        )
        for number in range(max(AHEAD, len(people)) if people else 0)
    ]


def _swaps(duty: Duty, day: date) -> list[SwapShown]:
    rows = db.session.scalars(
        select(TurnSwap)
        .where(
            TurnSwap.duty_id == duty.id,
            TurnSwap.state == SwapState.ASKED,
            or_(TurnSwap.day > day, TurnSwap.other_day > day),
        )
        .order_by(TurnSwap.day, TurnSwap.id)
    ).all()
    ids = {key for swap in rows for key in (swap.asker_id, swap.asked_id)}
    people = {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [SwapShown(swap=swap, asker=people[swap.asker_id], asked=people[swap.asked_id]) for swap in rows]
