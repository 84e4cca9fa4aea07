"""The stories of a space, by what one looks for."""

from typing import Any

from flask import render_template, request, url_for

from forum.core.time import today
from forum.roster.models import Engagement, Mode
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories.models import Choice, ListName
from forum.stories.queries.lists import Show, Wish, choices_of, stories
from forum.stories.views import Page, blueprint
from forum.stories.words import ENGAGEMENT, LISTS, SHORT_KINDS, SHORT_MODES
from forum.web.words import LazyString, _l

SHOWN: dict[Show, LazyString] = {
    Show.EVERYTHING: _l("All"),
    Show.WORKED: _l("Worked for most teams"),
    Show.VERIFIED: _l("Recently verified"),
    Show.OPEN: _l("Still open"),
    Show.NEAR: _l("Near misses"),
    Show.LAPSED: _l("To be verified"),
    Show.MINE: _l("Mine"),
}


@blueprint.get("/")
@needs(Can.SEE_STORIES)
def index(here: Here) -> Page:
    """List stories. What an address asks for that there isn't is left out."""
    lists = choices_of(here, with_retired=True)
    wish = wish_in(lists)
    found, pages, total = stories(here, wish, page_wish=request.args.get("page"))
    asked: dict[str, Any] = {"show": wish.show.value if wish.show is not Show.EVERYTHING else None, **narrowing(wish)}
    return render_template(
        "stories/index.html",
        stories=found,
        pages=pages,
        total=total,
        wish=wish,
        asked=asked,
        shown=[
            (words, url_for("stories.index", slug=here.space.slug, **{**asked, "show": _name(show)}), show is wish.show)
            for show, words in SHOWN.items()
            if show is not Show.MINE or here.is_member
        ],
        lists={
            which: [one for one in there if one.retired_at is None or wish.choices.get(which) == one.id]
            for which, there in lists.items()
        },
        list_words=LISTS,
        modes=SHORT_MODES,
        engagement=ENGAGEMENT,
        kinds=SHORT_KINDS,
        this=today(here.space.zone),
    )


def _name(show: Show) -> str | None:
    return show.value if show is not Show.EVERYTHING else None


def wish_in(lists: dict[ListName, list[Choice]]) -> Wish:
    """Return what the address asks for; what there isn't is left out."""
    show, mode, engagement = (request.args.get(name, "") for name in ("show", "mode", "with"))
    chosen: dict[ListName, int] = {}
    for which, there in lists.items():
        key = request.args.get(which.value, type=int)
        if key is not None and any(one.id == key for one in there):
            chosen[which] = key
    return Wish(
        show=Show(show) if show in tuple(Show) else Show.EVERYTHING,
        choices=chosen,
        mode=Mode(mode) if mode in tuple(Mode) else None,
        engagement=Engagement(engagement) if engagement in tuple(Engagement) else None,
    )


def narrowing(wish: Wish) -> dict[str, object]:
    """Return the values of an address that asks for the same entries of lists."""
    return {
        **{which.value: key for which, key in wish.choices.items()},
        "mode": wish.mode.value if wish.mode else None,
        "with": wish.engagement.value if wish.engagement else None,
    }
