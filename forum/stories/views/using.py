"""Using a story: "same here", what came of trying it, "this saved us"."""

from typing import Any

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import Told, readable_story
from forum.stories.actions import using
from forum.stories.forms import SameForm, ThankForm, TryForm
from forum.stories.models import Result
from forum.stories.parts import FIXED, shown, steps_of
from forum.stories.views import Page, blueprint
from forum.stories.views.changing import again
from forum.stories.views.sharing import show_shared
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/same")
@needs(Can.SAY_SAME_HERE)
def say_same(here: Here, ref: str) -> Page:
    """Say that the same happened in one's team."""
    told, form = readable_story(here, ref), SameForm()
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                using.say_same(here, told.story.id, day=form.day.data, variant=form.variant.data or "")
            undo = url_for("stories.unsay_same", slug=here.space.slug, ref=ref)
            return _done(here, ref, _("Noted: your team counts once, whoever of it says so."), undo=undo)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        return _no_team(here, told, broken)
    return _again(here, told, same=form), 422


@blueprint.post("/<ref>/same/take-back")
@needs(Can.SAY_SAME_HERE)
def unsay_same(here: Here, ref: str) -> Response:
    """Take "same here" back."""
    told = readable_story(here, ref)
    with transaction():
        using.unsay_same(here, told.story.id)
    return _done(here, ref, _("Taken back."))


@blueprint.post("/<ref>/tried")
@needs(Can.TRY_STORY)
def say_tried(here: Here, ref: str) -> Page:
    """Say what came of the fix in one's team."""
    told, form = readable_story(here, ref), TryForm()
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                result = Result(form.result.data)
                using.say_tried(here, told.story.id, result=result, because=form.because.data or "")
            undo = url_for("stories.untry", slug=here.space.slug, ref=ref)
            return _done(here, ref, _("Thank you. The next team sees it on the story."), undo=undo)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        return _no_team(here, told, broken)
    return _again(here, told, tried=form), 422


@blueprint.post("/<ref>/tried/take-back")
@needs(Can.TRY_STORY)
def untry(here: Here, ref: str) -> Response:
    """Take back what one said of the fix."""
    told = readable_story(here, ref)
    with transaction():
        using.untry(here, told.story.id)
    return _done(here, ref, _("Taken back."))


@blueprint.post("/<ref>/saved")
@needs(Can.SAY_SAME_HERE)
def thank(here: Here, ref: str) -> Page:
    """Say that a story saved one, and which step did."""
    told, form = readable_story(here, ref), ThankForm()
    form.offer(steps_of(shown(told.post.html).get(FIXED, "")))
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                using.thank(here, told.story.id, step=form.number)
            undo = url_for("stories.unthank", slug=here.space.slug, ref=ref)
            return _done(here, ref, _("Thank you. Whoever told it hears that it helped."), undo=undo)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        return _no_team(here, told, broken)
    return _again(here, told, thank=form), 422


@blueprint.post("/<ref>/saved/take-back")
@needs(Can.SAY_SAME_HERE)
def unthank(here: Here, ref: str) -> Response:
    """Take one's thanks back."""
    told = readable_story(here, ref)
    with transaction():
        using.unthank(here, told.story.id)
    return _done(here, ref, _("Taken back."))


def _done(here: Here, ref: str, said: str, **more: Any) -> Response:  # noqa: ANN401  # of a banner
    banner(said, **more)
    return redirect(addresses.story_url(here.space.slug, ref, anchor="use"), 303)


def _no_team(here: Here, told: Told, broken: RuleBroken) -> Page:
    return _again(here, told, refused=broken.why), 409


def _again(here: Here, told: Told, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    if told.item.space_id != here.space.id:
        return show_shared(here, told.item.ref, **more)
    return again(here, told.item.ref, None, **more)
