"""How questions fare in a space: how long they wait for a first answer, and on how many shoulders the answering rests."""

from collections.abc import Iterator, Sequence
from statistics import median

from sqlalchemy import ColumnElement, and_, case, func, literal, select

from forum.content.models import Post, PostState
from forum.core.db import UtcDateTime, db
from forum.spaces.guard import Here
from forum.spaces.health import FEWEST, Measure, Periods, Point, nothing
from forum.spaces.models import Audience, Item, ItemState
from forum.threads.models import Thread
from forum.web.words import _, _l, _n

HOURS_A_DAY = 24
TWO_DAYS = 48
SECONDS = 3600


def measures(here: Here, periods: Periods) -> Sequence[Measure]:
    """Return both: two queries."""
    return [_first_answers(here, periods), _shoulders(here, periods)]


def _first_answers(here: Here, periods: Periods) -> Measure:
    waits: dict[int, list[float]] = {}
    for place, hours in first_waits(here.space.id, periods):
        waits.setdefault(place, []).append(hours)
    points = [_wait(waits.get(place, ())) for place in range(len(periods))]
    return Measure(
        order=20,
        title=_l("Time to a first answer"),
        definition=_l(
            "Of questions that were asked in these four weeks and answered in them by somebody else, half had the first answer "
            "after this time at the latest. Told only where at least five were answered."
        ),
        head=_l("Half were answered within"),
        periods=periods,
        points=points,
        top=max(HOURS_A_DAY, *(point.height or 0 for point in points)),
    )


def first_waits(space_id: int, periods: Periods) -> Iterator[tuple[int, float]]:
    """Yield of each question in which period it was asked and after how many hours somebody else answered, within that period.

    A later answer would change what was told of weeks that are over, and what it took would follow (G2).
    """
    edges = periods.edges
    ends = case(*((Item.created_at < edge, literal(edge, UtcDateTime())) for edge in edges[1:]))
    rows = db.session.execute(
        select(Item.created_at, func.min(Post.created_at, type_=Post.created_at.type))
        .join(Thread, Thread.id == Item.id)
        .join(Post, _is_answer())
        .where(*in_sight(space_id), Item.created_at >= edges[0], Item.created_at < edges[-1], Post.created_at < ends)
        .group_by(Item.id, Item.created_at)
    )
    for asked_at, answered_at in rows:
        place = next(place for place in range(len(periods)) if asked_at < edges[place + 1])
        yield place, (answered_at - asked_at).total_seconds() / SECONDS


def _is_answer() -> ColumnElement[bool]:
    """The condition that a post answers an item's question: by somebody else, and everybody can read it (A5)."""
    return and_(
        Post.item_id == Item.id,
        Post.number > 1,
        Post.state == PostState.PUBLISHED,
        Post.author_id.is_distinct_from(Item.author_id),
    )


def in_sight(space_id: int) -> tuple[ColumnElement[bool], ...]:
    """The conditions for the questions of a space that every member sees."""
    return (
        Item.space_id == space_id,
        Item.state == ItemState.PUBLISHED,
        Item.audience == Audience.SPACE,
        Thread.is_question.is_(True),
    )


def _wait(hours: Sequence[float]) -> Point:
    if len(hours) < FEWEST:
        return nothing()
    middle = median(hours)
    if middle < 1:
        words = _("less than an hour")
        return Point(words=words, height=middle, label="<1 h")
    if middle < TWO_DAYS:
        number = round(middle)
        return Point(words=_n("%(num)d hour", "%(num)d hours", number), height=middle, label=f"{number} h")
    number = round(middle / HOURS_A_DAY)
    return Point(words=_n("%(num)d day", "%(num)d days", number), height=middle, label=f"{number} d")


def _shoulders(here: Here, periods: Periods) -> Measure:
    """The absence factor: how many people gave half of the answers. Nobody is named, and fewer than five are only called few (G2)."""
    edges, place = periods.edges, periods.column(Post.created_at)
    rows = db.session.execute(
        select(place, func.count())
        .select_from(Item)
        .join(Thread, Thread.id == Item.id)
        .join(Post, _is_answer())
        .where(
            *in_sight(here.space.id),
            Post.author_id.is_not(None),
            Post.created_at >= edges[0],
            Post.created_at < edges[-1],
        )
        .group_by(place, Post.author_id)
    )
    given: dict[int, list[int]] = {}
    for number, answers in rows:
        given.setdefault(number, []).append(answers)
    return Measure(
        order=30,
        title=_l("Absence factor"),
        definition=_l(
            "The smallest number of people who together gave half of the answers: if they were away, half of the help would be "
            "missing. The higher, the better. Told only where at least five people answered; below five it is only called so."
        ),
        head=_l("People who gave half of the answers"),
        periods=periods,
        points=[_factor(given.get(place, ())) for place in range(len(periods))],
    )


def _factor(answers: Sequence[int]) -> Point:
    if len(answers) < FEWEST:
        return nothing()
    left, people = sum(answers), 0
    for number in sorted(answers, reverse=True):
        left, people = left - number, people + 1
        if left * 2 <= sum(answers):
            break
    if people < FEWEST:
        return Point(words=_("fewer than %(number)s", number=FEWEST), height=None, label=f"<{FEWEST}")
    return Point(words=str(people), height=people, label=str(people))
