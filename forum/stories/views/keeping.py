"""Keeping a story true: one press says that the fix still works; who holds it."""

from flask import redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.roster.models import Duty
from forum.roster.queries.duties import members_by_name
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.stories import addresses
from forum.stories.access import Told, allow, story_for, why_not_sort
from forum.stories.actions import keeping
from forum.stories.forms import HolderForm
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
    story = told.story
    chosen = f"p{story.holder_id}" if story.holder_id else f"d{story.duty_id}" if story.duty_id else ""
    return _show(here, told, HolderForm(formdata=None, holder=chosen))


@blueprint.post("/<ref>/holder")
@needs(Can.SEE_STORIES)
def hold_by(here: Here, ref: str) -> Page:
    """Let a person keep it true, or whoever holds a duty, or nobody."""
    told, form = story_for(here, ref), HolderForm()
    allow(why_not_sort(here, told.item))
    _offer(here, told, form)
    try:
        if form.validate_on_submit():
            with transaction():
                keeping.hold_by(here, told.story.id, person_id=form.person_id, duty_id=form.duty_id)
            banner(_("Noted. Whoever holds it is asked once a quarter whether it still works."))
            return redirect(addresses.story_url(here.space.slug, ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, told, form), 422


def _offer(here: Here, told: Told, form: HolderForm) -> None:
    duties = db.session.execute(
        select(Duty.id, Item.title)
        .join(Item, Item.id == Duty.id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Duty.ended_on.is_(None),
            visible_items(here.actor, now()),
        )
        .order_by(Item.title, Item.id)
    )
    people = [] if told.story.is_unnamed else [(one.id, one.name) for one in members_by_name(here)]
    form.offer(people=people, duties=[(key, title) for key, title in duties])


def _show(here: Here, told: Told, form: HolderForm) -> str:
    _offer(here, told, form)
    return render_template(
        "stories/holder.html",
        form=form,
        item=told.item,
        story=told.story,
        cancel=url_for("stories.story", slug=here.space.slug, ref=told.item.ref),
    )
