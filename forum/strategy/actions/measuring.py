"""What measures are on a day: noted by hand, where a correction is a row of its own, or drawn from the community."""

from datetime import date, datetime

from sqlalchemy import select

from forum.core.apart import apart
from forum.core.db import db, insert
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.halves import monday_of
from forum.core.text import once_key, one_line
from forum.core.time import local, now
from forum.spaces.guard import Here
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.strategy.access import hold_strategy, require_unheld, version_of
from forum.strategy.content import is_amount, read
from forum.strategy.figures import figure_of
from forum.strategy.models import NOTE_LENGTH, Strategy, Value
from forum.web.words import _

EARLIEST = date(1990, 1, 1)


def note(
    here: Here,
    measure: str,
    *,
    amount: float,
    day: date | None = None,
    words: str = "",
    corrects: int | None = None,
    once: str | None = None,
    at: datetime | None = None,
) -> Value:
    """Note what a measure was on a day that isn't to come. With `corrects`, in place of a value that stands; that stays to be read.

    A second press gives back the first one's. Raises Missing, Denied, Invalid, RuleBroken when it was corrected already.
    """
    here, strategy, _item = hold_strategy(here, power=Can.WRITE_STRATEGY)
    require_unheld(here)
    at, words = at or now(), one_line(words)
    this = local(at, here.space.zone).date()
    key = once_key(once, "value", here.actor.id, strategy.id, measure, amount, day, corrects)
    earlier = db.session.scalar(select(Value).where(Value.once == key)) if key else None
    if earlier is not None:
        return earlier
    wrong = _require_standing(strategy, measure, corrects)
    day = day or (wrong.day if wrong is not None else this)
    problems: dict[str, list[str]] = {}
    if not is_amount(amount):
        problems["amount"] = [_("Write a number in digits, such as 54, 2,300 or 3.5.")]
    if not EARLIEST <= day <= this:
        problems["day"] = [_("Choose a day up to today: a value says what was.")]
    if len(words) > NOTE_LENGTH:
        problems["note"] = [_("Keep it under %(most)s characters.", most=NOTE_LENGTH)]
    if problems:
        raise Invalid(problems)
    made = Value(
        strategy_id=strategy.id,
        measure=measure,
        day=day,
        amount=amount,
        note=words,
        by_id=here.actor.id,
        at=at,
        corrects_id=corrects,
        once=key,
    )
    db.session.add(made)
    db.session.flush()
    return made


def draw_all(*, at: datetime) -> None:
    """Draw once a week what measures are that come from the community: under the Monday of its space's week."""
    rows = select(Strategy.id, Space.id).join(Space, Space.id == Strategy.space_id).where(Space.archived_at.is_(None))
    for strategy_id, space_id in db.session.execute(rows.order_by(Strategy.id)).all():
        with apart("the measures of strategy", strategy_id):
            draw(db.session.get_one(Strategy, strategy_id), db.session.get_one(Space, space_id), at=at)


def draw(strategy: Strategy, space: Space, *, at: datetime) -> None:
    """Draw a strategy's measures for this week, those that it has in the version that everybody is shown. Twice is once."""
    day = monday_of(local(at, space.zone).date())
    for measure in read(version_of(strategy.id, strategy.shown).content).measures:
        figure = figure_of(measure.source)
        drawn = figure.value(space, at) if figure is not None else None
        if drawn is not None:
            values = {
                "strategy_id": strategy.id,
                "measure": measure.key,
                "day": day,
                "amount": drawn.amount,
                "note": drawn.of,
                "is_drawn": True,
                "at": at,
            }
            db.session.execute(insert(Value).values(values).on_conflict_do_nothing())


def _require_standing(strategy: Strategy, measure: str, corrects: int | None) -> Value | None:
    known = {
        one.key
        for number in {strategy.shown, strategy.version}
        for one in read(version_of(strategy.id, number).content).measures
    }
    if measure not in known:
        raise Missing
    if corrects is None:
        return None
    wrong = db.session.get(Value, corrects, populate_existing=True)
    if wrong is None or (wrong.strategy_id, wrong.measure) != (strategy.id, measure):
        raise Missing
    if db.session.scalar(select(Value.id).where(Value.corrects_id == corrects)) is not None:
        raise RuleBroken(_("This value was corrected already. Correct the one that stands in its place."))
    return wrong
