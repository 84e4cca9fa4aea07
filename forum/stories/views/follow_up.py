"""What is to change because of a story: noting it, saying yes or no to it, and what became of it."""

from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import today
from forum.roster.queries.duties import members_by_name
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories.access import Told, allow, story_for, why_not_settle, why_not_sort
from forum.stories.action_forms import ActionForm, DropForm, HandOnForm
from forum.stories.actions import follow_up as deeds
from forum.stories.models import StoryAction
from forum.stories.queries.follow_up import ToChange, action_for, actions_of
from forum.stories.views import Page, blueprint
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/actions/")
@needs(Can.SEE_STORIES)
def actions(here: Here, ref: str) -> Page:
    """List what is to change because of a story, and note more."""
    return _show_all(here, story_for(here, ref), ActionForm(formdata=None))


@blueprint.post("/<ref>/actions/")
@needs(Can.SEE_STORIES)
def note_action(here: Here, ref: str) -> Page:
    """Note what is to change, by whom and by when."""
    told, form = story_for(here, ref), ActionForm()
    allow(why_not_sort(here, told.item))
    form.offer(_people(here))
    try:
        if form.validate_on_submit():
            with transaction():
                made = deeds.note(
                    here,
                    told.story.id,
                    words=form.todo.data or "",
                    holder_id=form.holder_id,
                    due_on=form.due_on.data,
                    once=form.once.data,
                )
            banner(_("Noted. Whoever you asked is told, and says yes or no.") if made.is_offered else _("Noted."))
            return redirect(url_for("stories.actions", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show_all(here, told, form), 409
    return _show_all(here, told, form), 422


@blueprint.get("/<ref>/actions/<action_ref>")
@needs(Can.SEE_STORIES)
def action(here: Here, ref: str, action_ref: str) -> Page:
    """Show one of them, with what can be done with it."""
    one = _action(here, ref, action_ref)
    return _show(here, one)


@blueprint.post("/<ref>/actions/<action_ref>/<any(accept, decline, take, done, reopen):deed>")
@needs(Can.SEE_STORIES)
def settle_action(here: Here, ref: str, action_ref: str, deed: str) -> Response:
    """Say yes or no to it, take it, say that it is done, or let it be open again."""
    one = _action(here, ref, action_ref)
    does, said = {
        "accept": (deeds.accept, _("It is yours now. You are reminded on its day.")),
        "decline": (deeds.decline, _("Nobody has it now. Whoever noted it hears so.")),
        "take": (deeds.take, _("It is yours now. You are reminded on its day.")),
        "done": (deeds.finish, _("Done. Thank you.")),
        "reopen": (deeds.reopen, _("It is open again.")),
    }[deed]
    with transaction():
        does(here, one.action)
    undo = {"done": _deed_url(here, one, "reopen"), "decline": _deed_url(here, one, "take")}.get(deed, "")
    banner(said, undo=undo)
    return _back(here, one)


@blueprint.post("/<ref>/actions/<action_ref>/drop")
@needs(Can.SEE_STORIES)
def drop_action(here: Here, ref: str, action_ref: str) -> Page:
    """Say that nobody needs to do it, and why."""
    one, form = _action(here, ref, action_ref), DropForm()
    try:
        if form.validate_on_submit():
            with transaction():
                deeds.drop(here, one.action, reason=form.reason.data or "")
            banner(_("Noted: nobody needs to do it."), undo=_deed_url(here, one, "reopen"))
            return _back(here, one)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, one, drop=form), 422


@blueprint.post("/<ref>/actions/<action_ref>/hand-on")
@needs(Can.SEE_STORIES)
def hand_on_action(here: Here, ref: str, action_ref: str) -> Page:
    """Ask somebody else to do it, or for another day."""
    one, form = _action(here, ref, action_ref), HandOnForm()
    form.offer(_people(here))
    try:
        if form.validate_on_submit():
            with transaction():
                deeds.hand_on(here, one.action, holder_id=form.holder_id, due_on=form.due_on.data)
            banner(_("Noted. Whoever you asked is told, and says yes or no."))
            return _back(here, one)
    except Invalid as problem:
        form.add_problems(problem)
    return _show(here, one, hand_on=form), 422


def _action(here: Here, ref: str, action_ref: str) -> ToChange:
    told = story_for(here, ref)
    one = action_for(here, action_ref) if action_ref.isprintable() else None
    if one is None or one.item.id != told.item.id:
        raise Missing
    return one


def _people(here: Here) -> list[tuple[int, str]]:
    return [(person.id, person.name) for person in members_by_name(here)]


def _deed_url(here: Here, one: ToChange, deed: str) -> str:
    return url_for(
        "stories.settle_action", slug=here.space.slug, ref=one.item.ref, action_ref=one.action.ref, deed=deed
    )


def _back(here: Here, one: ToChange) -> Response:
    return redirect(url_for("stories.actions", slug=here.space.slug, ref=one.item.ref), 303)


def _show_all(here: Here, told: Told, form: ActionForm) -> str:
    form.offer(_people(here))
    return render_template(
        "stories/actions.html",
        item=told.item,
        lines=actions_of(here, told.story.id),
        form=form,
        may_note=not why_not_sort(here, told.item),
        this=today(here.space.zone),
    )


def _show(here: Here, one: ToChange, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    row: StoryAction = one.action
    hand_on = HandOnForm(formdata=None, holder=str(row.holder_id or ""), due_on=row.due_on)
    hand_on.offer(_people(here))
    values = {
        "one": one,
        "item": one.item,
        "may_settle": not why_not_settle(here, one.item, row),
        "may_take": here.may(Can.TAKE_DUTY) and row.is_open and row.holder_id is None,
        "is_mine": row.holder_id == here.actor.id and here.may(Can.TURN_UP),
        "drop": DropForm(formdata=None),
        "hand_on": hand_on,
        "this": today(here.space.zone),
    }
    return render_template("stories/action.html", **{**values, **more})
