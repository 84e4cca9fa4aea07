"""Keeping a story true: one press says that the fix still works; who holds it."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.roster.holder_form import HolderForm, chosen, offer_holders
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories import addresses
from forum.stories.access import Told, allow, story_for, why_not_sort
from forum.stories.actions import keeping
from forum.stories.views import Page, blueprint
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/verify")
@needs(Can.TRY_STORY)
def verify(here: Here, ref: str) -> Response:
    """Say that the fix still works."""
    told = story_for(here, ref)
    with transaction():
        keeping.verify(here, told.story.id)
    banner(_("Noted: it still works, as of today. In a quarter whoever holds it is asked again."))
    return redirect(addresses.story_url(here.space.slug, ref), 303)


@blueprint.get("/<ref>/holder")
@needs(Can.SEE_STORIES)
def holder(here: Here, ref: str) -> Page:
    """Show who keeps the fix true, to be changed."""
    told = story_for(here, ref)
    allow(why_not_sort(here, told.item))
    return _show(here, told, HolderForm(formdata=None, holder=chosen(told.story)))


@blueprint.post("/<ref>/holder")
@needs(Can.SEE_STORIES)
def hold_by(here: Here, ref: str) -> Page:
    """Let a person keep it true, or whoever holds a duty, or nobody."""
    told, form = story_for(here, ref), HolderForm()
    allow(why_not_sort(here, told.item))
    offer_holders(here, form, with_people=not told.story.is_unnamed)
    try:
        if form.validate_on_submit():
            with transaction():
                keeping.hold_by(here, told.story.id, person_id=form.person_id, duty_id=form.duty_id)
            banner(_("Noted. Whoever holds it is asked once a quarter whether it still works."))
            return redirect(addresses.story_url(here.space.slug, ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, told, form), 422


def _show(here: Here, told: Told, form: HolderForm) -> str:
    offer_holders(here, form, with_people=not told.story.is_unnamed)
    return render_template(
        "roster/holder.html",
        form=form,
        item=told.item,
        room=(_("Stories"), url_for("stories.index", slug=here.space.slug)),
        question=_(
            "Once a quarter they are asked whether the fix still works. While they are away, who covers for them is asked."
        ),
        cancel=url_for("stories.story", slug=here.space.slug, ref=told.item.ref),
    )
