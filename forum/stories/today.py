"""What Today says of stories: those that one keeps true and that are due, and one that is worth reading."""

from collections.abc import Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup

from forum.core.time import today
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.parts import Deed, TodayPart
from forum.spaces.policy import Can
from forum.stories.queries.lists import kept_by, one_worth_reading
from forum.web.words import _, _n

DUE, READ = 12, 50
THREAD = "thread"


def parts(here: Here) -> list[TodayPart]:
    """Return the stories that wait for a press of this person, and one worth reading."""
    if not here.may(Can.SEE_STORIES):
        return []
    found = []
    due = kept_by(here) if here.may(Can.TRY_STORY) else []
    if due:
        said = _n("%(num)s fix that you keep", "%(num)s fixes that you keep", len(due))
        url = url_for("stories.index", slug=here.space.slug, show="mine")
        sentence = Markup('<a href="{}">{}</a> {}').format(
            url, said, _n("wants to be looked at.", "want to be looked at.", len(due))
        )
        values: dict[str, object] = {"due": due, "this": today(here.space.zone)}
        found.append(
            TodayPart(order=DUE, template="stories/today_due.html", values=values, sentence=sentence, waits=len(due))
        )
    one = one_worth_reading(here)
    if one is not None:
        values = {"one": one}
        found.append(TodayPart(order=READ, template="stories/today_read.html", values=values, in_rail=True))
    return found


def deeds(here: Here, item: Item) -> Sequence[Deed]:
    """Offer to tell as a story what a thread says."""
    if item.kind != THREAD or item.state is not ItemState.PUBLISHED or not here.may(Can.TELL_STORY):
        return []
    wish: dict[str, Any] = {"from": item.ref}
    return [Deed(words=_("Tell it as a story"), url=url_for("stories.new", slug=here.space.slug, **wish))]
