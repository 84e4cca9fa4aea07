"""Whether a measure is on its way, by a rule that is shown; and its chart, drawn here. Pure."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from forum.strategy.content import Measure
from forum.strategy.words import day_words
from forum.web.words import _

WIDE, HIGH = 640, 200
SMALL, MOST_DIGITS = 10, 2
"""Below so much between start and target a tenth counts; and no more than so many digits behind the point."""


class Way(enum.StrEnum):
    """How a measure stands."""

    UNKNOWN = "unknown"
    ON = "on track"
    OFF = "off track"
    REACHED = "reached"
    MISSED = "missed"


@dataclass(frozen=True)
class Track:
    """How a measure stands, and the rule by which that is said."""

    way: Way
    rule: str


@dataclass(frozen=True)
class Chart:
    """A chart: points in a box of WIDE to HIGH, the straight line to the target, and what stands on its axes."""

    points: Sequence[tuple[float, float]]
    line: tuple[float, float, float, float] | None
    low: str
    middle: str
    high: str
    first: date
    last: date

    @property
    def path(self) -> str:
        """The points as SVG writes them."""
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


def shown(amount: float | None, unit: str = "") -> str:
    """Return an amount as people read it: "54%", "2,300", "3.5 hours"."""
    if amount is None:
        return ""
    digits = f"{amount:,.2f}".rstrip("0").rstrip(".")
    return f"{digits}%" if unit == "%" else f"{digits} {unit}".strip()


def digits_of(measure: Measure, *amounts: float) -> int:
    """Return with how many digits behind the point a reckoned amount is said: as exact as what people wrote, not more."""
    ends = [one for one in (measure.baseline, measure.target) if one is not None]
    is_small = len(ends) == 2 and abs(ends[1] - ends[0]) < SMALL  # noqa: PLR2004  # both ends
    behind = (f"{one:.{MOST_DIGITS}f}".rstrip("0").partition(".")[2] for one in (*ends, *amounts))
    return max(int(is_small), *(len(one) for one in behind))


def expected(measure: Measure, day: date) -> float | None:
    """Return what the straight line from the start to the target says for a day; None without both ends."""
    if measure.baseline is None or measure.target is None or measure.baseline_on is None or measure.target_on is None:
        return None
    whole, gone = (measure.target_on - measure.baseline_on).days, (day - measure.baseline_on).days
    part = min(max(gone / whole, 0.0), 1.0)
    return measure.baseline + (measure.target - measure.baseline) * part


def track_of(measure: Measure, *, latest: tuple[date, float] | None, today: date) -> Track:
    """Return how a measure stands by its latest value."""
    if measure.target is None or measure.target_on is None:
        return Track(Way.UNKNOWN, _("No target yet. With one, and a start, this says whether it is on its way."))
    if latest is None:
        return Track(Way.UNKNOWN, _("No value yet."))
    day, amount = latest
    goal = shown(measure.target, measure.unit)
    if _is_there(measure, amount):
        return Track(Way.REACHED, _reached(measure, day, amount))
    if today > measure.target_on:
        return Track(
            Way.MISSED,
            _(
                "The target of %(goal)s was for %(day)s. That day has passed.",
                goal=goal,
                day=day_words(measure.target_on),
            ),
        )
    line = expected(measure, day)
    if line is None:
        return Track(Way.UNKNOWN, _("What it was at the start isn’t known, so nobody can say how far it should be."))
    line = round(line, digits_of(measure, amount))
    rule = _(
        "In a straight line from %(start)s on %(first)s to %(goal)s on %(last)s it would be %(line)s on %(day)s. It is %(amount)s.",
        start=shown(measure.baseline, measure.unit),
        first=day_words(measure.baseline_on),
        goal=goal,
        last=day_words(measure.target_on),
        line=shown(line, measure.unit),
        day=day_words(day),
        amount=shown(amount, measure.unit),
    )
    return Track(Way.ON if _is_as_far(measure, amount, line) else Way.OFF, rule)


def chart_of(measure: Measure, values: Sequence[tuple[date, float]]) -> Chart | None:
    """Return the chart of some values in the order of their days; None with fewer than two things to draw."""
    ends = [
        (day, amount)
        for day, amount in ((measure.baseline_on, measure.baseline), (measure.target_on, measure.target))
        if day and amount is not None
    ]
    both = [*ends, *values]
    if len(both) < 2:  # noqa: PLR2004  # one point is no chart
        return None
    days, amounts = [day.toordinal() for day, _a in both], [amount for _d, amount in both]
    low, high = min(0.0, *amounts), max(amounts)

    def place(day: date, amount: float) -> tuple[float, float]:
        x = WIDE * (day.toordinal() - min(days)) / ((max(days) - min(days)) or 1)
        y = HIGH - HIGH * (amount - low) / ((high - low) or 1)
        return round(x, 1), round(y, 1)

    return Chart(
        points=[place(day, amount) for day, amount in values],
        line=(*place(*ends[0]), *place(*ends[1])) if len(ends) == 2 else None,  # noqa: PLR2004
        low=shown(low, measure.unit),
        middle=shown((low + high) / 2, measure.unit),
        high=shown(high, measure.unit),
        first=min(day for day, _a in both),
        last=max(day for day, _a in both),
    )


def _is_there(measure: Measure, amount: float) -> bool:
    if measure.target is None:
        return False
    return amount <= measure.target if _falls(measure) else amount >= measure.target


def _reached(measure: Measure, day: date, amount: float) -> str:
    """Say from which side the target is reached, and by what: a value with a slip in it shows as one."""
    values = {"goal": shown(measure.target, measure.unit), "amount": shown(amount, measure.unit), "day": day_words(day)}
    if _falls(measure):
        start = shown(measure.baseline, measure.unit)
        return _(
            "It was to fall from %(start)s to %(goal)s or less. On %(day)s it was %(amount)s.", start=start, **values
        )
    return _("It was to come to %(goal)s or more. On %(day)s it was %(amount)s.", **values)


def _falls(measure: Measure) -> bool:
    return measure.baseline is not None and measure.target is not None and measure.target < measure.baseline


def _is_as_far(measure: Measure, amount: float, line: float) -> bool:
    return amount <= line if _falls(measure) else amount >= line
