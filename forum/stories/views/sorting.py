"""What a story is about, who tells it, and withdrawing it."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.roster.queries.duties import members_by_name
from forum.spaces.guard import Here, needs
from forum.spaces.models import Role
from forum.spaces.policy import POWERS, Can
from forum.stories.access import Told, allow, story_for, why_not_sort, withdrawn_story
from forum.stories.actions import sorting, together
from forum.stories.forms import NO, YES, PersonForm, SortForm, WithdrawForm
from forum.stories.models import Choice
from forum.stories.queries.lists import choices_of
from forum.stories.queries.one import authors_of
from forum.stories.views import Page, blueprint
from forum.stories.views.changing import again, back
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/about")
@needs(Can.SEE_STORIES)
def about(here: Here, ref: str) -> Page:
    """Show what a story is about, and who tells it, to be changed."""
    told = story_for(here, ref)
    allow(why_not_sort(here, told.item))
    return _show_about(here, told, _sort_form(told))


@blueprint.post("/<ref>/about")
@needs(Can.SEE_STORIES)
def sort(here: Here, ref: str) -> Page:
    """Say what a story is about."""
    told, form = story_for(here, ref), SortForm()
    allow(why_not_sort(here, told.item))
    _offer(here, told, form)
    try:
        if form.validate_on_submit():
            with transaction():
                sorting.sort(here, told.story.id, form.wanted)
            banner(_("Noted."))
            return back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    return _show_about(here, told, form), 422


@blueprint.post("/<ref>/authors")
@needs(Can.TELL_STORY)
def add_author(here: Here, ref: str) -> Page:
    """Ask a member into the telling."""
    told, form = story_for(here, ref), PersonForm()
    form.offer(_tellers(here, told))
    try:
        if form.validate_on_submit():
            with transaction():
                together.add_author(here, told.story.id, person_id=int(form.person.data))
            banner(_("They tell it with you now, and are told so."))
            return redirect(url_for("stories.about", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    allow(why_not_sort(here, told.item))
    return _show_about(here, told, _sort_form(told), person=form), 422


@blueprint.post("/<ref>/authors/<int:person_id>/drop")
@needs(Can.TELL_STORY)
def drop_author(here: Here, ref: str, person_id: int) -> Response:
    """Let somebody tell it no longer."""
    told = story_for(here, ref)
    with transaction():
        together.drop_author(here, told.story.id, person_id=person_id)
    banner(_("Noted."))
    return back(here, ref)


@blueprint.post("/<ref>/withdraw")
@needs(Can.SEE_STORIES)
def withdraw(here: Here, ref: str) -> Page:
    """Withdraw a story, everywhere."""
    told, form = story_for(here, ref), WithdrawForm()
    try:
        if form.validate_on_submit():
            with transaction():
                together.withdraw(here, told.story.id, reason=one_line(form.reason.data or ""))
            banner(
                _("The story is withdrawn, here and wherever it was shared."),
                undo=url_for("stories.put_back", slug=here.space.slug, ref=ref),
            )
            return redirect(url_for("stories.index", slug=here.space.slug), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return again(here, ref, None, withdraw=form), 422


@blueprint.post("/<ref>/put-back")
@needs(Can.SEE_STORIES)
def put_back(here: Here, ref: str) -> Response:
    """Let a withdrawn story be read again."""
    try:
        story_id = withdrawn_story(here, ref)[0].id
    except Missing:
        story_id = story_for(here, ref).story.id
    with transaction():
        together.put_back(here, story_id)
    banner(_("The story can be read again."))
    return back(here, ref)


def _sort_form(told: Told) -> SortForm:
    story = told.story
    return SortForm(
        formdata=None,
        mode=story.mode.value if story.mode else "",
        engagement=story.engagement.value if story.engagement else "",
        channel=str(story.channel_id or ""),
        area=str(story.area_id or ""),
        cause=str(story.cause_id or ""),
        lasting="" if story.is_lasting is None else YES if story.is_lasting else NO,
    )


def _offer(here: Here, told: Told, form: SortForm) -> None:
    keys = [key for key in (told.story.channel_id, told.story.area_id, told.story.cause_id) if key is not None]
    kept = db.session.scalars(db.select(Choice).where(Choice.id.in_(keys), Choice.retired_at.is_not(None))).all()
    form.offer(choices_of(here), kept=kept)


def _tellers(here: Here, told: Told) -> list[tuple[int, str]]:
    roles = [role for role in Role if Can.TELL_STORY in POWERS[role]]
    there = {told.item.author_id, *(person.id for person, _department in authors_of(told.story))}
    return [(one.id, one.name) for one in members_by_name(here, roles) if one.id not in there]


def _show_about(here: Here, told: Told, form: SortForm, *, person: PersonForm | None = None) -> str:
    _offer(here, told, form)
    person = person or PersonForm(formdata=None)
    person.offer(_tellers(here, told))
    return render_template(
        "stories/about.html",
        form=form,
        person=person,
        item=told.item,
        story=told.story,
        authors=authors_of(told.story),
        is_author=told.item.author_id == here.actor.id,
        keeps_lists=here.may(Can.KEEP_STORIES),
    )
