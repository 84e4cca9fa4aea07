"""What stories nudge organisers about: fixes of which nobody has said for long that they still work (E6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Date, bindparam, exists, select

from forum.core.prepared import prepared
from forum.people.models import Person
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.nudging import About, NudgeLine, NudgeRule
from forum.stories.models import Story
from forum.web.words import _, _l

LEFT = timedelta(days=14)
"""How long after it was due a fix is its holder's business alone."""


@prepared
def _lapsed() -> ColumnElement[bool]:
    """The condition on `Item`: a story whose fix was due two weeks ago, and nobody has said anything since."""
    due = select(Story.id).where(Story.id == Item.id, Story.due_on < bindparam("due_before", type_=Date))
    return exists(due.correlate(Item))


def _before(at: datetime) -> Mapping[str, Any]:
    return {"due_before": (at - LEFT).date()}


def _look(here: Here, item: Item | None, _person: Person | None, _at: datetime) -> NudgeLine:
    title, ref = (item.title, item.ref) if item is not None else ("", "")
    return NudgeLine(
        title=f"“{title}”",
        why=_("Nobody has said for more than two weeks since it was due whether this fix still works."),
        url=url_for("stories.story", slug=here.space.slug, ref=ref),
        do=_("Look at the fix"),
    )


NUDGES = (
    NudgeRule(
        kind="lapsed fix",
        about=About.ITEM,
        order=40,
        rule=_l("A fix that was due to be looked at more than two weeks ago, and nobody has."),
        holds=_lapsed,
        values=_before,
        line=_look,
    ),
)
