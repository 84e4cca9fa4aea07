"""Who holds a duty: one rule, for pages, mail, feeds, rights and gaps alike (D1). Pure: what it looks at was read before.

In this order: whoever holds the duty, or has the turn, unless they are away; whoever took cover for them; the deputy; nobody, which
is a gap. Nobody counts who left the space, or joined it again only after they were given the duty; and nobody holds it, has a turn or
is the deputy after their last day there. A cover that they promised stays promised until then: their leaving kit passes it on.
"""

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from forum.core.halves import FIRST, Half, Span, begins, day_of, half_at, half_of, monday_of, spans_of

WEEK = timedelta(days=7)


class Why(enum.StrEnum):
    """How it comes that somebody holds a duty, or nobody."""

    HOLDER = "holder"
    """It is theirs, or their turn."""
    COVER = "cover"
    DEPUTY = "deputy"
    AWAY = "away"
    """Nobody: the holder is away, and nobody stands in."""
    VACANT = "vacant"
    """Nobody: it isn't anybody's."""
    RESTS = "rests"
    """Nobody, and that is right: it hasn't begun, or is over."""


GAPS = frozenset({Why.AWAY, Why.VACANT})


@dataclass(frozen=True)
class Held:
    """Who holds a duty. `owner_id` is whose it is, also while somebody stands in; `request_id` the request that a cover took."""

    person_id: int | None
    why: Why
    owner_id: int | None = None
    request_id: int | None = None

    @property
    def is_gap(self) -> bool:
        """Whether nobody does it who should."""
        return self.why in GAPS


@dataclass(frozen=True)
class Run:
    """Half-days in a row on which the same is true."""

    span: Span
    held: Held


@dataclass(frozen=True, slots=True)
class Hold:
    """A time for which somebody has a duty, or is its deputy: from `start` until before `until`."""

    person_id: int
    start: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether `day` is in it."""
        return self.start <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Slot:
    """A half-day that somebody took, for `away_id`."""

    person_id: int
    away_id: int | None
    request_id: int
    though_away: bool


@dataclass(frozen=True, slots=True)
class Away:
    """A time for which somebody is away."""

    span: Span
    returned_at: datetime | None


@dataclass(kw_only=True)
class DutyFacts:
    """What is known of a duty, with the people who count."""

    id: int
    space_id: int
    zone: str
    midday: time
    first_day: date
    last_day: date | None
    ended_on: date | None
    turn_weeks: int | None
    turns_from: date | None
    holders: list[Hold] = field(default_factory=list)
    deputies: list[Hold] = field(default_factory=list)
    turns: dict[int, int | None] = field(default_factory=dict)
    """Place in the order, and who has it; None for somebody who left: their turn is nobody's, and the others keep theirs."""
    swapped: dict[date, int | None] = field(default_factory=dict)
    """By the day on which a turn begins, who has it whatever the order says; before the first turn, by each Monday."""
    handed: dict[date, date] = field(default_factory=dict)
    """Of a turn in `swapped` that is handed over in its midst, from which day on it is whom the order names."""
    slots: dict[Half, Slot] = field(default_factory=dict)
    last_days: dict[int, date] = field(default_factory=dict)
    """Of people who leave, the day after which nothing is theirs any more."""

    def runs_on(self, day: date) -> bool:
        """Whether there is anything to hold on `day`."""
        is_over = (self.last_day is not None and day > self.last_day) or (
            self.ended_on is not None and day >= self.ended_on
        )
        return self.first_day <= day and not is_over

    def turn_of(self, day: date) -> date:
        """Return the day on which the turn of `day` begins."""
        start, weeks = self._anchor
        return start + (day - start) // (WEEK * weeks) * WEEK * weeks

    @property
    def _anchor(self) -> tuple[date, int]:
        return self.turns_from or self.first_day, self.turn_weeks or 1

    def owner_on(self, day: date) -> int | None:
        """Return whose it is on `day`. Before the first turn it stays with whoever had it until then, if anybody did."""
        return self._who_stays(self._owner_on(day), day)

    def _who_stays(self, person_id: int | None, day: date) -> int | None:
        """Return the same person, or nobody when they have left by `day`."""
        return person_id if person_id is None or day <= self.last_days.get(person_id, day) else None

    def _owner_on(self, day: date) -> int | None:
        start, weeks = self._anchor
        if self.turn_weeks is None or day < start:
            alone = next((hold.person_id for hold in self.holders if hold.covers(day)), None)
            if self.turn_weeks is None or alone is not None:
                return alone
            return self.swapped.get(monday_of(day))
        turn = self.turn_of(day)
        if turn in self.swapped and not (turn in self.handed and day >= self.handed[turn]):
            return self.swapped[turn]
        order = sorted(self.turns)
        return self.turns[order[(turn - start) // (WEEK * weeks) % len(order)]] if order else None

    def deputy_on(self, day: date) -> int | None:
        """Return who stands in when nobody took cover."""
        return self._who_stays(next((hold.person_id for hold in self.deputies if hold.covers(day)), None), day)

    @property
    def people(self) -> set[int]:
        """Everybody who has to do with it."""
        held = [hold.person_id for hold in (*self.holders, *self.deputies)]
        turns = [person_id for person_id in (*self.turns.values(), *self.swapped.values()) if person_id is not None]
        return {*held, *turns, *(slot.person_id for slot in self.slots.values())}


@dataclass
class Book:
    """Duties and absences of a time, read at once; asked as often as one likes."""

    duties: dict[int, DutyFacts]
    absences: dict[int, list[Away]]

    def at(self, duty_id: int, instant: datetime) -> Held:
        """Say who holds a duty at `instant`. Raises KeyError for one that wasn't read."""
        duty = self.duties[duty_id]
        return self._decide(duty, half_at(instant, zone=duty.zone, midday=duty.midday), instant)

    def in_half(self, duty_id: int, half: Half, *, now: datetime | None = None) -> Held:
        """Say who holds a duty in a half-day: at its beginning, or at `now` when that is in it."""
        duty = self.duties[duty_id]
        is_now = now is not None and half_at(now, zone=duty.zone, midday=duty.midday) == half
        return self._decide(duty, half, now if is_now else None)

    def is_away(self, person_id: int, duty: DutyFacts, half: Half, at: datetime | None) -> bool:
        """Whether somebody is away in a half-day of the duty's space, at `at` (None: when it begins)."""
        for away in self.absences.get(person_id, ()):
            if half not in away.span:
                continue
            if away.returned_at is None:
                return True
            if (at or begins(half, zone=duty.zone, midday=duty.midday)) < away.returned_at:
                return True
        return False

    def _decide(self, duty: DutyFacts, half: Half, at: datetime | None) -> Held:
        day = day_of(half)
        if not duty.runs_on(day):
            return Held(None, Why.RESTS)
        owner = duty.owner_on(day)
        if owner is not None and not self.is_away(owner, duty, half, at):
            return Held(owner, Why.HOLDER, owner)
        slot = duty.slots.get(half)
        if (
            slot is not None
            and slot.away_id == owner
            and (slot.though_away or not self.is_away(slot.person_id, duty, half, at))
        ):
            return Held(slot.person_id, Why.COVER, owner, slot.request_id)
        deputy = duty.deputy_on(day)
        if deputy is not None and deputy != owner and not self.is_away(deputy, duty, half, at):
            return Held(deputy, Why.DEPUTY, owner)
        return Held(None, Why.VACANT if owner is None else Why.AWAY, owner)

    def runs(self, duty_id: int, span: Span, *, now: datetime) -> list[Run]:
        """Return who holds a duty over half-days, as the fewest runs: it is decided only where something can change."""
        duty = self.duties[duty_id]
        current = half_at(now, zone=duty.zone, midday=duty.midday)
        edges = sorted({span.first, *(edge for edge in self._edges(duty, span, current) if edge in span)})
        found: list[Run] = []
        for edge, after in zip(edges, [*edges[1:], Half(span.last + 1)], strict=True):
            held = self._decide(duty, edge, now if edge == current else None)
            last = Half(after - 1)
            if found and found[-1].held == held:
                found[-1] = Run(Span(found[-1].span.first, last), held)
            else:
                found.append(Run(Span(edge, last), held))
        return found

    def _edges(self, duty: DutyFacts, span: Span, current: Half) -> Iterator[Half]:
        """Yield the half-days from which on the answer may be another."""
        yield from (current, Half(current + 1))
        yield half_of(duty.first_day)
        if duty.last_day is not None and duty.last_day < span.last_day:
            yield half_of(duty.last_day + timedelta(days=1))
        if duty.ended_on is not None:
            yield half_of(duty.ended_on)
        for hold in (*duty.holders, *duty.deputies):
            yield half_of(hold.start)
            if hold.until:
                yield half_of(hold.until)
        if duty.turn_weeks is not None:
            yield from (half_of(day, FIRST) for day in duty.handed.values())
            start = duty.turns_from or duty.first_day
            week = monday_of(span.first_day)
            while week < start and week <= span.last_day:
                yield half_of(week, FIRST)
                week += WEEK
            turn = max(start, duty.turn_of(span.first_day))
            while turn <= span.last_day:
                yield half_of(turn, FIRST)
                turn += WEEK * duty.turn_weeks
        for last_day in duty.last_days.values():
            yield half_of(last_day + timedelta(days=1))
        for half in duty.slots:
            yield from (half, Half(half + 1))
        yield from self._edges_of_absences(duty)

    def _edges_of_absences(self, duty: DutyFacts) -> Iterator[Half]:
        for person_id in duty.people:
            for away in self.absences.get(person_id, ()):
                yield from (away.span.first, Half(away.span.last + 1))
                if away.returned_at is not None:
                    back = half_at(away.returned_at, zone=duty.zone, midday=duty.midday)
                    yield from (back, Half(back + 1))

    def gaps(self, duty_id: int, span: Span, *, now: datetime) -> list[Run]:
        """Return the runs on which nobody holds a duty who should, from this half-day on: what is past is no gap any more (D4)."""
        duty = self.duties[duty_id]
        ahead = span.within(Span(half_at(now, zone=duty.zone, midday=duty.midday), span.last))
        return [run for run in self.runs(duty_id, ahead, now=now) if run.held.is_gap] if ahead else []

    def owned(self, duty_id: int, person_id: int, span: Span) -> list[Span]:
        """Return on which half-days of a span a duty is somebody's, whether they are away or not."""
        duty = self.duties[duty_id]
        return spans_of(
            [half for half in span if duty.runs_on(day_of(half)) and duty.owner_on(day_of(half)) == person_id]
        )
