"""The community's health: what the rooms measure, put together. As many queries for a large space as for a small one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from forum.core.time import now
from forum.spaces.feature import features
from forum.spaces.guard import Here
from forum.spaces.health import Measure, Periods, Point, blocks_of, counted, weeks_of
from forum.web.rendering import month_short
from forum.web.words import _l

WIDTH, HEIGHT, HEAD, FOOT = 400, 150, 18, 18
"""Of a chart, and of what stands above and below its bars."""
HUSHED = 14
"""How high the sign is that stands for too few."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of a chart, as it is drawn; `is_hushed`: a sign that says nothing of a number."""

    x: float
    y: float
    width: float
    height: float
    label: str
    day: date
    last_day: date
    begins: str
    """Its first day, as it stands under the chart."""
    words: str
    is_hushed: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A measure with its drawing."""

    measure: Measure
    bars: Sequence[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    base: int = HEIGHT - FOOT

    @property
    def is_hushed(self) -> bool:
        """Whether every number of it is too small to be told: then that is said once, and nothing is drawn."""
        return all(bar.is_hushed for bar in self.bars)


def health_of(here: Here) -> list[Chart]:
    """Return the charts, in order: one query for each thing that a room counts."""
    at = now()
    weeks, blocks = weeks_of(here.space.zone, at), blocks_of(here.space.zone, at)
    found = [_who_took_part(here, weeks)]
    for feature in features():
        found += feature.health(here, blocks) if feature.health else ()
    return [Chart(measure=one, bars=_bars(one)) for one in sorted(found, key=lambda one: one.order)]


def _who_took_part(here: Here, weeks: Periods) -> Measure:
    """Count each person once a week, whatever they did and in however many rooms."""
    people: list[set[int]] = [set() for _week in range(len(weeks))]
    for feature in features():
        for place, ids in (feature.took_part(here, weeks) if feature.took_part else {}).items():
            people[place] |= set(ids)
    return Measure(
        order=10,
        title=_l("Who took part"),
        definition=_l(
            "How many people wrote something that all members can read, or had a seat at a meetup, in a week. Each counts once, "
            "however much they did."
        ),
        head=_l("People"),
        periods=weeks,
        points=[counted(len(ids)) for ids in people],
    )


def _bars(measure: Measure) -> list[Bar]:
    top = measure.top or max((point.height or 0 for point in measure.points), default=0) or 1
    step = WIDTH / max(len(measure.points), 1)
    days = measure.periods.days
    return [
        _bar(point, x=place * step, step=step, top=top, days=(days[place], days[place + 1]))
        for place, point in enumerate(measure.points)
    ]


def _bar(point: Point, *, x: float, step: float, top: float, days: tuple[date, date]) -> Bar:
    room = HEIGHT - HEAD - FOOT
    height = HUSHED if point.height is None else max(2.0, point.height / top * room)
    return Bar(
        x=round(x + step * 0.14, 1),
        y=round(HEIGHT - FOOT - height, 1),
        width=round(step * 0.72, 1),
        height=round(height, 1),
        label=point.label,
        day=days[0],
        last_day=days[1] - timedelta(days=1),
        begins=f"{days[0].day} {month_short(days[0])}",
        words=point.words,
        is_hushed=point.height is None,
    )
