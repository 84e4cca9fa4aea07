"""What Today says of stories: those that one keeps true and that are due, and one that is worth reading."""

from typing import Any

from flask import url_for
from markupsafe import Markup

from forum.core.time import today
from forum.spaces.feature import Beside, TodayPart
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
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


def beside(here: Here, item: Item, answer: int | None, made: str) -> list[Beside]:
    """Return what came of a thread as stories, and the way to tell it as one."""
    if item.kind != THREAD or item.state is not ItemState.PUBLISHED:
        return []
    slug = here.space.slug
    ref, _space, title = made.partition(" ")
    found = [Beside(label=title, url=url_for("stories.story", slug=slug, ref=ref))] if ref else []
    if here.may(Can.TELL_STORY):
        wish: dict[str, Any] = {"from": item.ref, "post": answer}
        url = url_for("stories.new", slug=slug, **wish)
        found.append(Beside(label=_("Tell it as a story"), url=url, is_press=True))
    return found
