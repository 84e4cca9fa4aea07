"""The lists that a space keeps for its stories."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories.actions import sorting
from forum.stories.actions.beginning import asks_reader
from forum.stories.models import ListName
from forum.stories.others_forms import ChoiceForm, RuleForm
from forum.stories.queries.lists import choices_of
from forum.stories.queries.waiting import how_many_wait
from forum.stories.views import Page, blueprint
from forum.stories.words import LISTS
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/lists")
@needs(Can.KEEP_STORIES)
def lists(here: Here) -> Page:
    """Show the lists."""
    return _show(here)


@blueprint.post("/lists/<which>")
@needs(Can.KEEP_STORIES)
def add_choice(here: Here, which: str) -> Page:
    """Add an entry to a list."""
    if which not in tuple(ListName):
        raise Missing
    form = ChoiceForm()
    try:
        if form.validate_on_submit():
            with transaction():
                sorting.add_choice(here, which=ListName(which), name=form.name.data or "")
            banner(_("Added."))
            return _back(here)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, wrong=which, form=form), 422


@blueprint.post("/lists/entry/<int:choice_id>")
@needs(Can.KEEP_STORIES)
def rename_choice(here: Here, choice_id: int) -> Page:
    """Give an entry another name."""
    form = ChoiceForm()
    try:
        if form.validate_on_submit():
            with transaction():
                sorting.rename_choice(here, choice_id, name=form.name.data or "")
            banner(_("Renamed, in all stories."))
            return _back(here)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, wrong=choice_id, form=form), 422


@blueprint.post("/lists/entry/<int:choice_id>/retire")
@needs(Can.KEEP_STORIES)
def retire_choice(here: Here, choice_id: int) -> Response:
    """Offer an entry no more."""
    with transaction():
        sorting.retire_choice(here, choice_id)
    banner(_("It isn’t offered any more. Stories that have it keep it; adding it again brings it back."))
    return _back(here)


def _back(here: Here) -> Response:
    return redirect(url_for("stories.lists", slug=here.space.slug), 303)


def _show(here: Here, *, wrong: object = None, form: ChoiceForm | None = None) -> str:
    return render_template(
        "stories/lists.html",
        lists=choices_of(here),
        words=LISTS,
        rule=RuleForm(formdata=None, asks_reader=asks_reader(here.space.id)),
        waits=how_many_wait(here),
        wrong=wrong,
        form=form or ChoiceForm(formdata=None),
    )
