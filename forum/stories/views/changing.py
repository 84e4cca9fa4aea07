"""Changing what a story says: all of it, or one answer at a time."""

from typing import Any

from flask import redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.actions import Overtaken
from forum.content.attachments.actions import send_with_edit
from forum.content.attachments.queries import Attached, of_post
from forum.content.attachments.told import told_by
from forum.content.forms import ReplyForm
from forum.content.models import PostState
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.stories import actions, addresses
from forum.stories.access import Told, allow, may_tell_on, story_for, why_not_change
from forum.stories.actions import NamesSomebody, sorting
from forum.stories.forms import AnswerForm, ChangeForm
from forum.stories.models import StoryKind
from forum.stories.parts import FIXED, LASTING, PARTS, read
from forum.stories.queries.one import head_of
from forum.stories.views import Page, blueprint
from forum.stories.views.story_page import show_story
from forum.stories.views.telling import rendering
from forum.threads.views import answers, attaching
from forum.web.banners import banner
from forum.web.uploads import takes_files
from forum.web.words import _

TRIES = 3


@blueprint.get("/<ref>/change")
@needs(Can.SEE_STORIES)
def change(here: Here, ref: str) -> Page:
    """Show everything that a story says, to be changed."""
    told = changeable(here, ref)
    form = ChangeForm(
        formdata=None,
        title=told.item.title,
        kind=told.story.kind.value,
        version=told.post.version,
        **read(told.post.source),
    )
    return _show(here, told, form)


@blueprint.post("/<ref>/change")
@needs(Can.SEE_STORIES)
def save(here: Here, ref: str) -> Page:
    """Save a story. When somebody saved first, both texts are shown."""
    told, form = changeable(here, ref), ChangeForm()
    try:
        if form.validate_on_submit():
            return _save(here, told, form)
    except Invalid as problem:
        form.add_problems(problem)
    except NamesSomebody as names:
        form.point_out(names.names)
        return _show(here, told, form, blamed=names), 422
    except Overtaken as overtaken:
        told = changeable(here, ref)
        form.version.data = told.post.version
        return _show(here, told, form, theirs=told.post.source, why=overtaken.why), 409
    return _show(here, told, form), 422


def _save(here: Here, told: Told, form: ChangeForm) -> Page:
    said, attached = told_by(request.form), _attached(here, told)
    fixed = attaching.body_of(form, attached)
    text = actions.composed({**form.answers, FIXED: fixed}, render=rendering(here, item=told.item, told=said))
    if "preview" in request.form:
        return _show(here, told, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    kinds = [limits.Kind.POST] if may_tell_on(here, told.item) else []
    with limits.counting(here, *kinds), transaction():
        changed = actions.change(
            here,
            told.story.id,
            title=form.title.data or "",
            text=text,
            kind=StoryKind(form.kind.data),
            version=form.version.data or 0,
            reason=one_line(form.reason.data or ""),
            confirmed=form.confirmed,
            files=attached,
        )
        send_with_edit(here, changed, place=addresses.edit_place(told.item.ref, 1), told=said, text=text)
    banner(_("The story is changed. What it said before stays in its history."))
    return redirect(addresses.story_url(here.space.slug, told.item.ref), 303)


@blueprint.post("/<ref>/change/attach")
@takes_files
@needs(Can.SEE_STORIES)
def attach_to_change(here: Here, ref: str) -> Page | tuple[Response, int]:
    """Attach files to a story that is being changed; they go with it when it is saved."""
    told, form = changeable(here, ref), ChangeForm()
    place = addresses.edit_place(ref, 1)
    taken = attaching.attach(here, place, form, power=Can.SEE_STORIES, has=of_post(told.post))
    return attaching.answer(taken) or (_show(here, told, form), 422 if taken.problems else 200)


def _attached(here: Here, told: Told) -> list[Attached]:
    """Return what the story has and what lies beside it, as the form says it is."""
    said = told_by(request.form)
    has = [one.as_told(said) for one in of_post(told.post)]
    return has + attaching.attached_at(here, addresses.edit_place(told.item.ref, 1))


@blueprint.post("/<ref>/answer")
@needs(Can.SEE_STORIES)
def answer(here: Here, ref: str) -> Page:
    """Answer the question that the page asks, or put it off."""
    told, form = changeable(here, ref), AnswerForm()
    key = form.question.data or ""
    if key not in {*PARTS, LASTING}:
        raise Missing
    if "later" in request.form:
        with transaction():
            actions.put_off(here, told.story.id, key=key)
        return back(here, ref)
    try:
        if key == LASTING:
            return _say_lasting(here, told, form)
        if form.validate_on_submit():
            return _answer(here, told, form, key)
    except Invalid as problem:
        form.add_problems(_on_answer(problem))
    except NamesSomebody as names:
        form.point_out(names.names)
        return again(here, ref, form, blamed=names), 422
    return again(here, ref, form), 422


def _say_lasting(here: Here, told: Told, form: AnswerForm) -> Page:
    if form.is_lasting_answer is None:
        raise Invalid({"answer": [_("Choose one of the two.")]})
    with transaction():
        sorting.say_lasting(here, told.story.id, is_lasting=form.is_lasting_answer)
    return back(here, told.item.ref)


def _answer(here: Here, told: Told, form: AnswerForm, key: str) -> Page:
    said = (form.answer.data or "").strip()
    if not said:
        raise Invalid({"answer": [_("Write something first, or press “Not now”.")]})
    place = addresses.answer_place(told.item.ref, key)
    for tries_left in reversed(range(TRIES)):
        text = actions.composed({**read(told.post.source), key: said}, render=rendering(here, item=told.item))
        try:
            with limits.counting(here, limits.Kind.POST), transaction():
                actions.answer(
                    here, told.story.id, key=key, text=text, version=told.post.version, confirmed=form.confirmed
                )
                drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=form.answer.data or "")
            break
        except Overtaken:  # somebody answered another question meanwhile: both answers fit
            if not tries_left:
                raise
            told = changeable(here, told.item.ref)
    banner(_("Thank you: that is in the story now."))
    return back(here, told.item.ref)


@blueprint.post("/<ref>/answer/draft")
@needs(Can.SEE_STORIES)
def save_answer_draft(here: Here, ref: str) -> tuple[Response, int]:
    """Save an answer's draft while it is written."""
    told = changeable(here, ref)
    key = request.args.get("question", "")
    if key not in PARTS:
        raise Missing
    return answers.save_by_script(here.actor, addresses.answer_place(told.item.ref, key))


def changeable(here: Here, ref: str) -> Told:
    """Load a story that the person may change. Raises Missing, Denied."""
    told = story_for(here, ref)
    allow(why_not_change(here, told.item))
    return told


def back(here: Here, ref: str) -> Response:
    """Lead to the story, where its next question stands."""
    return redirect(addresses.story_url(here.space.slug, ref, anchor="next"), 303)


def _on_answer(problem: Invalid) -> Invalid:
    return Invalid({"answer": [one for of in problem.errors.values() for one in of]})


def again(here: Here, ref: str, form: AnswerForm | None, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Show the story once more, with what was typed and wrong."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    given = {"ask": form, "asks": form.question.data, **more} if form is not None else more
    return show_story(
        here, head, form=ReplyForm(formdata=None, body=head.draft_body), version=head.draft_version, **given
    )


def _show(here: Here, told: Told, form: ChangeForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "stories/change.html",
        form=form,
        item=told.item,
        story=told.story,
        is_own=may_tell_on(here, told.item),
        is_held=told.post.state is PostState.HELD,
        parts=PARTS,
        attached=_attached(here, told),
        **more,
    )
