"""Writing a playbook: from nothing, or from what a story says."""

from typing import Any

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.drafts import draft_at
from forum.core.db import transaction
from forum.core.errors import Denied, Invalid, Missing, TooMany
from forum.core.text import one_line
from forum.playbooks import addresses
from forum.playbooks.access import why_not_write
from forum.playbooks.actions import write
from forum.playbooks.content import Content, compose, drafted
from forum.playbooks.forms import NewForm
from forum.playbooks.views import Page, blueprint, editor
from forum.playbooks.writing import MOST_STEPS, laid_out
from forum.spaces.guard import Here, needs
from forum.spaces.models import TITLE_LENGTH, Audience
from forum.spaces.policy import Can
from forum.stories.access import Told, story_for
from forum.stories.parts import read
from forum.threads.views import answers
from forum.web.banners import banner, note_arrival
from forum.web.words import _


@blueprint.get("/new")
@needs(Can.WRITE_PLAYBOOK)
def new(here: Here) -> Page:
    """Show the form: with the draft that was left in it, or with what a story says."""
    given = request.args.get("story", "")
    told = story_for(here, given) if given else None
    kept = draft_at(here.actor, addresses.new_place(here.space))
    content = Content() if told is None else _from(told)
    is_other = told is not None and not kept.is_empty and kept.title != content.title
    form = NewForm(content=content if is_other else editor.begun(kept, content), draft_version=kept.version)
    if told is not None:
        form.story.data = told.item.ref
        form.audience.data = told.item.audience.value
    return _show(here, form, told=told, draft_at=None if kept.is_empty or is_other else kept.saved_at)


@blueprint.post("/new")
@needs(Can.WRITE_PLAYBOOK)
def publish(here: Here) -> Page:
    """Publish the playbook; other presses of the same form put its steps in order, keep a draft or show a preview."""
    form = NewForm()
    told = _told(here, form)
    place = addresses.new_place(here.space)

    def show(**more: Any) -> str:  # noqa: ANN401  # a template's own values
        return _show(here, form, told=told, **more)

    done = editor.press_of(here, form, place, show)
    if done is not None:
        return done
    try:
        if form.validate_on_submit():
            return _publish(here, form, told, place)
    except Invalid as problem:
        form.add_problems(problem)
    except Denied as denied:
        editor.keep(here, form, place)
        return show(refused=denied.why), 403
    except TooMany as slow:
        editor.keep(here, form, place)
        return answers.hold_up(slow, show(paused=slow.why))
    return show(), 422


def _publish(here: Here, form: NewForm, told: Told | None, place: str) -> Page:
    laid = laid_out(form.content)
    if request.form.get("do") == "preview":
        return _show(here, form, told=told, preview=editor.previewed(laid))
    with limits.counting(here, limits.Kind.THREAD, limits.Kind.POST) as count:
        with transaction():
            item = write(
                here,
                laid,
                audience=Audience(form.audience.data),
                stories=[told.story.id] if told else (),
                once=form.once.data,
            )
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=compose(form.content))
        count.written(item.created_at)
    note_arrival(form.once.data)
    banner(_("The playbook is published. You keep it true: once a quarter you are asked whether it still holds."))
    return redirect(addresses.playbook_url(here.space.slug, item.ref), 303)


@blueprint.post("/new/draft")
@needs(Can.WRITE_PLAYBOOK)
def save_new_draft(here: Here) -> tuple[Response, int]:
    """Save the draft of a new playbook while it is written."""
    return editor.save_by_script(here, addresses.new_place(here.space))


def _told(here: Here, form: NewForm) -> Told | None:
    """Return the story that the form was filled from. One that can't be seen any more is none."""
    if not form.story.data:
        return None
    try:
        return story_for(here, form.story.data)
    except Missing:
        return None


def _from(told: Told) -> Content:
    title = one_line(told.item.title)[:TITLE_LENGTH]
    return drafted(title=title, answers=read(told.post.source), most=MOST_STEPS)


def _show(here: Here, form: NewForm, *, told: Told | None, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template("playbooks/new.html", form=form, told=told, why_not=why_not_write(here), **more)
