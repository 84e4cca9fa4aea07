"""Stories at a team meeting: one at a time in large type, or all of them as a handout. Works without script, prints one on a page."""

from typing import Any

from flask import render_template, request, url_for

from forum.core.errors import Missing
from forum.core.time import today
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories.parts import PARTS
from forum.stories.queries.lists import Show, Wish, choices_of, to_show
from forum.stories.views import Page, blueprint
from forum.stories.views.lists import SHOWN, narrowing, wish_in
from forum.stories.views.story_page import ORDER, part_label

MOST = 20
SAID = ("saw", "fixed", "check", "prevent", "easy")
"""What a meeting reads, in this order. The handout has all of it."""


@blueprint.get("/meeting")
@needs(Can.SEE_STORIES)
def meeting(here: Here) -> Page:
    """Show one of the chosen stories, with the ways to the others; or all, to be printed."""
    refs, wish = _picked(), wish_in(choices_of(here, with_retired=True))
    found = to_show(here, wish, refs, most=MOST)
    if refs and not found:
        raise Missing
    asked: dict[str, Any] = {"pick": refs} if refs else _asked(wish)
    is_handout = "handout" in request.args
    at = min(max(request.args.get("at", type=int, default=1), 1), max(len(found), 1))
    order = ORDER if is_handout else SAID

    def to(number: int) -> str | None:
        there = 1 <= number <= len(found)
        return url_for("stories.meeting", slug=here.space.slug, **asked, at=number) if there else None

    return render_template(
        "stories/meeting.html",
        shown=[(one, _parts(one, order)) for one in (found if is_handout else found[at - 1 : at])],
        is_handout=is_handout,
        at=at,
        many=len(found),
        earlier=to(at - 1),
        later=to(at + 1),
        first=to(1),
        last=to(len(found)),
        handout=url_for("stories.meeting", slug=here.space.slug, **asked, handout=1),
        leave=_leave(here, refs, wish),
        this=today(here.space.zone),
    )


@blueprint.get("/meeting/choose")
@needs(Can.SEE_STORIES)
def choose_for_meeting(here: Here) -> Page:
    """Choose what a meeting reads: a list, or single stories of it."""
    wish = wish_in(choices_of(here, with_retired=True))
    return render_template(
        "stories/choose.html",
        stories=to_show(here, wish, most=MOST),
        wish=wish,
        asked=_asked(wish),
        shown=[
            (
                words,
                url_for("stories.choose_for_meeting", slug=here.space.slug, **_asked(Wish(show=show))),
                show is wish.show,
            )
            for show, words in SHOWN.items()
            if show is not Show.MINE or here.is_member
        ],
        most=MOST,
    )


def _picked() -> list[str]:
    return list(dict.fromkeys(one for one in request.args.getlist("pick") if one.isprintable()))[:MOST]


def _asked(wish: Wish) -> dict[str, Any]:
    return {"show": wish.show.value if wish.show is not Show.EVERYTHING else None, **narrowing(wish)}


def _parts(one: Any, order: tuple[str, ...]) -> list[tuple[str, object, object]]:  # noqa: ANN401  # a story of a list
    parts = one.parts
    return [(key, part_label(key, one.kind), parts[key]) for key in order if key in parts and key in PARTS]


def _leave(here: Here, refs: list[str], wish: Wish) -> str:
    if len(refs) == 1:
        return url_for("stories.story", slug=here.space.slug, ref=refs[0])
    return url_for("stories.index", slug=here.space.slug, **({} if refs else _asked(wish)))
