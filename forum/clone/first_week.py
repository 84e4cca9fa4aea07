"""What comes first in a space that was made of another one: a short list for its steward. What is done goes away."""

from datetime import timedelta

from forum.clone.models import Lineage
from forum.core.db import db, lock
from forum.core.time import now
from forum.spaces.feature import features
from forum.spaces.guard import Here, hold
from forum.spaces.parts import FirstStep, TodayPart
from forum.spaces.policy import Can
from forum.web.words import _n

ORDER = 4
SHOWN = timedelta(days=60)


def steps_of(here: Here) -> list[FirstStep]:
    """Return what every room says comes first, in order."""
    found = [step for feature in features() if feature.first_steps for step in feature.first_steps(here)]
    return sorted(found, key=lambda step: step.order)


def part(here: Here) -> list[TodayPart]:
    """Return the list for Today, for stewards of a copy that is new; nothing when all of it is done."""
    if not here.may(Can.CHANGE_SPACE) or here.space.created_at < now() - SHOWN:
        return []
    if here.space.origin_uuid is None:
        return []
    lineage = db.session.get(Lineage, here.space.id)
    if lineage is None or lineage.tasks_hidden_at is not None:
        return []
    steps = steps_of(here)
    left = [step for step in steps if not step.is_done]
    if not left:
        return []
    values: dict[str, object] = {"steps": left, "done": len(steps) - len(left), "all": len(steps)}
    said = _n("One thing comes first here.", "%(num)d things come first here.", len(left))
    return [TodayPart(order=ORDER, template="clone/today_first.html", values=values, sentence=said)]


def hide(here: Here) -> None:
    """Show the list no more. Raises Missing, Denied."""
    here = hold(here, Can.CHANGE_SPACE)
    lineage = lock(Lineage, here.space.id)
    if lineage is not None:
        lineage.tasks_hidden_at = now()
