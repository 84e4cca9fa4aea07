"""Telling without a name, and changing with the key what was told so (E3)."""

from datetime import timedelta
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content.naming import text_for
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.core.markup import Rendered
from forum.core.secrets import token_from
from forum.spaces.guard import Here, needs
from forum.spaces.models import Audience
from forum.spaces.policy import Can
from forum.stories import actions, addresses
from forum.stories.access import Told, is_key, story_for
from forum.stories.actions import NamesSomebody, Telling, unnamed
from forum.stories.forms import KeyedForm, KeyForm, TellForm, WithdrawForm
from forum.stories.models import StoryKind, Unnamed
from forum.stories.parts import PARTS, read
from forum.stories.queries.one import use_of
from forum.stories.views import Page, blueprint
from forum.web.banners import banner
from forum.web.limits import is_spent, limit
from forum.web.links import absolute
from forum.web.words import _

PURPOSE = "story key"
GUESSES, GUESSED_IN = 10, timedelta(hours=1)
GUESSED = "story key"


@blueprint.get("/new/unnamed")
@needs(Can.TELL_STORY)
def new_unnamed(here: Here) -> Page:
    """Show the form, empty: what was begun with a name is no place to go on from."""
    return _show(here, TellForm(formdata=None))


@blueprint.post("/new/unnamed")
@needs(Can.TELL_STORY)
def tell_unnamed(here: Here) -> Page:
    """Take the story, and show its key once. Nothing is counted by person, and nothing says when."""
    form = TellForm()
    try:
        if form.validate_on_submit():
            return _tell(here, form)
    except Invalid as problem:
        form.add_problems(problem)
    except NamesSomebody as names:
        form.point_out(names.names)
        return _show(here, form, blamed=names), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(here, form), 409
    return _show(here, form), 422


def _tell(here: Here, form: TellForm) -> Page:
    text = actions.composed(form.answers, render=_rendering(here))
    if "preview" in request.form:
        return _show(here, form, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    key = token_from(form.once.data or "", key=current_app.config["SECRET_KEY"], purpose=f"{PURPOSE} {here.space.uuid}")
    telling = Telling(
        title=form.title.data or "",
        text=text,
        kind=StoryKind(form.kind.data),
        audience=Audience(form.audience.data),
        confirmed=form.confirmed,
    )
    with transaction():
        ref = unnamed.tell_unnamed(here, telling, key=key, places=[addresses.tell_place(here.space)])
    page = render_template(
        "stories/key.html",
        key=key,
        day=unnamed.boxed_until(here.space),
        url=absolute("stories.with_key", slug=here.space.slug, ref=ref),
    )
    answer = make_response(page, 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<ref>/key")
@needs(Can.SEE_STORIES)
def with_key(here: Here, ref: str) -> Page:
    """Ask for the key of a story that was told without a name; of one that isn't published yet it says when it will be."""
    if _is_boxed(here, ref):
        return render_template("stories/boxed.html")
    told = _unnamed_story(here, ref)
    return render_template("stories/with_key.html", item=told.item, form=KeyForm(formdata=None))


@blueprint.post("/<ref>/key")
@needs(Can.SEE_STORIES)
def open_with_key(here: Here, ref: str) -> Page:
    """Open the story for who has the key: its text to be changed, and the thanks that came. Guesses are counted for the story."""
    told, form = _unnamed_story(here, ref), KeyForm()
    if form.validate_on_submit():
        problem = _try_key(told, form.key.data or "")
        if not problem:
            return _show_change(here, told, _change_form(told, form.key.data or ""))
        form.key.errors = [problem]
    return render_template("stories/with_key.html", item=told.item, form=form), 422


@blueprint.post("/<ref>/key/change")
@needs(Can.SEE_STORIES)
def change_with_key(here: Here, ref: str) -> Page:
    """Change a story with its key."""
    told, form = _unnamed_story(here, ref), KeyedForm()
    key = form.key.data or ""
    if problem := _try_key(told, key):
        form.key.errors = [problem]
        return _show_change(here, told, form, status=422, use=None)
    try:
        if form.validate_on_submit():
            text = actions.composed(form.answers, render=_rendering(here))
            with transaction():
                is_done = unnamed.rewrite(
                    here,
                    told.story.id,
                    key=key,
                    title=form.title.data or "",
                    text=text,
                    kind=StoryKind(form.kind.data),
                    version=form.version.data or 0,
                    confirmed=form.confirmed,
                )
            if is_done:
                banner(_("The story is changed."))
                return redirect(url_for("stories.index", slug=here.space.slug), 303)
            told = _unnamed_story(here, ref)
            form.version.data = told.post.version
            return _show_change(here, told, form, status=409, theirs=told.post.source)
    except Invalid as problem_found:
        form.add_problems(problem_found)
    except NamesSomebody as names:
        form.point_out(names.names)
        return _show_change(here, told, form, status=422, blamed=names)
    return _show_change(here, told, form, status=422)


@blueprint.post("/<ref>/key/withdraw")
@needs(Can.SEE_STORIES)
def withdraw_with_key(here: Here, ref: str) -> Page:
    """Withdraw a story with its key, everywhere."""
    told, form = _unnamed_story(here, ref), WithdrawForm()
    key = form.key.data or ""
    if problem := _try_key(told, key):
        return _ask_again(told, problem, key)
    with transaction():
        unnamed.withdraw_unnamed(here.space, told.story.id, key=key)
    banner(_("The story is withdrawn, here and wherever it was shared."))
    return redirect(url_for("stories.index", slug=here.space.slug), 303)


def _try_key(told: Told, key: str) -> str:
    """Return "" for the right key, else the sentence that says why not.

    Wrong ones are counted, for the story and for nobody; the right one writes nothing, not even that somebody was here.
    """
    wait = _("Too many keys were tried for this story. Wait an hour, then try again.")
    if is_spent(GUESSED, told.item.uuid, times=GUESSES, within=GUESSED_IN):
        return wait
    if is_key(told.story, key):
        return ""
    try:
        limit(GUESSED, told.item.uuid, times=GUESSES, within=GUESSED_IN)
    except TooMany:
        return wait
    return unnamed.WrongKey().why


def _ask_again(told: Told, problem: str, key: str) -> Page:
    form = KeyForm(formdata=None, key=key)
    form.key.errors = [problem]
    return render_template("stories/with_key.html", item=told.item, form=form), 422


def _unnamed_story(here: Here, ref: str) -> Told:
    told = story_for(here, ref)
    if not told.story.is_unnamed:
        raise Missing
    return told


def _is_boxed(here: Here, ref: str) -> bool:
    boxed = db.session.get(Unnamed, ref) if ref.isprintable() else None
    return boxed is not None and boxed.space_id == here.space.id


def _rendering(here: Here) -> Any:  # noqa: ANN401  # what `actions.composed` takes
    """Lay out a text for nobody in particular: it shows no pictures of anybody's."""

    def render(source: str, field: str) -> Rendered:
        return text_for(here.space, source, field=field)

    return render


def _change_form(told: Told, key: str) -> KeyedForm:
    return KeyedForm(
        formdata=None,
        title=told.item.title,
        kind=told.story.kind.value,
        version=told.post.version,
        key=key,
        **read(told.post.source),
    )


def _show_change(here: Here, told: Told, form: KeyedForm, status: int = 200, **more: Any) -> Response:  # noqa: ANN401  # a template's own values
    page = render_template(
        "stories/opened.html",
        form=form,
        item=told.item,
        story=told.story,
        parts=PARTS,
        **{"use": use_of(here, told.story), **more},
    )
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _show(here: Here, form: TellForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "stories/unnamed.html",
        form=form,
        why_not=unnamed.why_not_unnamed(here),
        is_small=here.member_count <= unnamed.FEW,
        members=here.member_count,
        day=unnamed.boxed_until(here.space),
        **more,
    )
