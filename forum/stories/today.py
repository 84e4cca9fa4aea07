"""What Today says of stories: those that one keeps true and that are due, and one that is worth reading."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Integer, bindparam, exists, or_

from forum.content.promises import PromiseState
from forum.core.time import today
from forum.spaces.feature import tells_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemShare, ItemState
from forum.spaces.parts import Deed, FirstStep, TodayIf, TodayPart
from forum.spaces.policy import Can
from forum.spaces.queries.visible import VIEWER
from forum.stories.models import KIND, StoryAction, Waiting
from forum.stories.queries.follow_up import mine_here
from forum.stories.queries.lists import for_today
from forum.stories.queries.teams import has_own_story
from forum.stories.queries.waiting import to_read
from forum.web.words import _, _n

DUE, SECOND, CHANGE, READ = 12, 13, 15, 50
SOON = timedelta(days=7)


def _some(here: Here) -> list[TodayPart]:
    """Return the stories that wait for a press of this person, and one worth reading."""
    if not here.may(Can.SEE_STORIES):
        return []
    found = []
    due, one = for_today(here)
    if due and here.may(Can.TRY_STORY):
        said = _n("%(num)s fix that you keep", "%(num)s fixes that you keep", len(due))
        url = url_for("stories.index", slug=here.space.slug, show="mine")
        sentence = Markup('<a href="{}">{}</a> {}').format(
            url, said, _n("wants to be looked at.", "want to be looked at.", len(due))
        )
        values: dict[str, object] = {"due": due, "this": today(here.space.zone)}
        found.append(
            TodayPart(order=DUE, template="stories/today_due.html", values=values, sentence=sentence, waits=len(due))
        )
    if one is not None:
        values = {"one": one}
        found.append(TodayPart(order=READ, template="stories/today_read.html", values=values, in_rail=True))
    return found


def _to_read(here: Here) -> list[TodayPart]:
    """What waits for a second reader waits for whoever may be one."""
    waiting = to_read(here)
    if not waiting:
        return []
    said = _n("%(num)s story", "%(num)s stories", len(waiting))
    sentence = Markup('<a href="{}">{}</a> {}').format(
        url_for("stories.waiting", slug=here.space.slug),
        said,
        _n("waits for a second reader.", "wait for a second reader.", len(waiting)),
    )
    values: dict[str, object] = {"waiting": waiting}
    part = TodayPart(
        order=SECOND, template="stories/today_waiting.html", values=values, sentence=sentence, waits=len(waiting)
    )
    return [part]


def _to_change(here: Here) -> list[TodayPart]:
    """What is asked of this person waits for them, and what is due."""
    this = today(here.space.zone)
    lines = [
        one
        for one in (mine_here(here) if here.is_member else ())
        if one.action.is_offered or (one.action.due_on is not None and one.action.due_on <= this + SOON)
    ]
    if not lines:
        return []
    waits = sum(one.action.is_offered or (one.action.due_on or this) <= this for one in lines)
    values: dict[str, object] = {"lines": lines, "this": this}
    return [TodayPart(order=CHANGE, template="stories/today_actions.html", values=values, waits=waits)]


SOME_WAIT = exists().where(
    Waiting.story_id == Item.id, Item.space_id == bindparam("space_id", type_=Integer), Item.kind == KIND
)
SOME_TO_CHANGE = exists().where(StoryAction.holder_id == VIEWER, StoryAction.state == PromiseState.OPEN)
SOME_HERE = exists().where(Item.space_id == bindparam("space_id", type_=Integer), Item.kind == KIND)
SOME_SHARED = exists().where(ItemShare.item_id.is_not(None))
TODAY_IF = (
    TodayIf(may=or_(SOME_HERE, SOME_SHARED), parts=_some),
    TodayIf(may=SOME_WAIT, parts=_to_read),
    TodayIf(may=SOME_TO_CHANGE, parts=_to_change),
)


def first_steps(here: Here) -> Sequence[FirstStep]:
    """Say that a story comes first: until one is told here that didn't come along from elsewhere."""
    if not here.may(Can.TELL_STORY):
        return []
    slug = here.space.slug
    return [
        FirstStep(
            order=40,
            words=_("Tell the first story"),
            hint=_("Something small that went wrong, and what fixed it. Others follow who goes first."),
            url=url_for("stories.new", slug=slug),
            label=_("Tell a story"),
            is_done=has_own_story(here.space.id),
        )
    ]


def deeds(here: Here, item: Item) -> Sequence[Deed]:
    """Offer to tell as a story what an item of another room has to tell."""
    if tells_of(item) is None or item.state is not ItemState.PUBLISHED or not here.may(Can.TELL_STORY):
        return []
    wish: dict[str, Any] = {"from": item.ref}
    return [Deed(words=_("Tell it as a story"), url=url_for("stories.new", slug=here.space.slug, **wish))]
