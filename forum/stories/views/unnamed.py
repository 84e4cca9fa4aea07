"""Telling without a name, and changing with the key what was told so (E3)."""

from datetime import timedelta
from typing import Any

from flask import current_app, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content.naming import text_for
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken, TooMany
from forum.core.markup import Rendered
from forum.core.secrets import key_to_write_down
from forum.core.text import one_line
from forum.spaces.guard import Here, needs
from forum.spaces.models import Audience
from forum.spaces.policy import Can
from forum.stories import actions, addresses
from forum.stories.access import Told, is_key, keyed_story
from forum.stories.actions import NamesSomebody, Telling, unnamed
from forum.stories.forms import KeyedForm, KeyForm, TellForm, WithdrawForm
from forum.stories.models import StoryKind, Unnamed, Waiting
from forum.stories.parts import PARTS, read
from forum.stories.queries.one import use_of
from forum.stories.views import Page, blueprint
from forum.web.banners import banner, hand_over, take_over
from forum.web.limits import limit
from forum.web.links import absolute
from forum.web.words import _

PURPOSE = "story key"
LONGEST = 300
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
    key = key_to_write_down(
        form.once.data or "", key=current_app.config["SECRET_KEY"], purpose=f"{PURPOSE} {here.space.uuid}"
    )
    telling = Telling(
        title=form.title.data or "",
        text=text,
        kind=StoryKind(form.kind.data),
        audience=Audience(form.audience.data),
        confirmed=form.confirmed,
    )
    with transaction():
        ref = unnamed.tell_unnamed(here, telling, key=key, places=[addresses.tell_place(here.space)])
    hand_over(f"{key} {ref}")
    return redirect(url_for("stories.key", slug=here.space.slug), 303)


@blueprint.get("/new/unnamed/key")
@needs(Can.TELL_STORY)
def key(here: Here) -> Page:
    """Show the key of what was told without a name just now, once: loaded again, the page has nothing to show."""
    secret, _gap, ref = take_over().partition(" ")
    page = render_template(
        "stories/key.html",
        key=secret,
        day=unnamed.boxed_until(here.space),
        url=absolute("stories.with_key", slug=here.space.slug, ref=ref) if ref else "",
    )
    return unstored(page)


@blueprint.post("/new/unnamed/key")
@needs(Can.TELL_STORY)
def key_as_text(here: Here) -> Response:
    """Give the key back as a file, to be kept. It says what the form says: nothing is looked up, nothing is noted."""
    secret, where = (one_line(request.form.get(name, ""))[:LONGEST] for name in ("key", "where"))
    lines = [
        _("The key to a story that was told without a name in %(space)s", space=here.space.name),
        "",
        _("Key: %(key)s", key=secret),
        _("Where to use it: %(url)s", url=where),
        "",
        _("Whoever has it changes or withdraws the story. Nobody can look it up again."),
        "",
    ]
    answer = unstored("\r\n".join(lines))
    answer.mimetype = "text/plain"
    answer.headers["Content-Disposition"] = "attachment; filename=story-key.txt"
    return answer


def unstored(page: str, status: int = 200) -> Response:
    """Return a page that nothing on its way keeps."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/<ref>/key")
@needs(Can.SEE_STORIES)
def with_key(here: Here, ref: str) -> Page:
    """Ask for the key of a story that was told without a name; of one that isn't published yet it says when it will be."""
    if _is_boxed(here, ref):
        return render_template("stories/boxed.html")
    told = keyed_story(here, ref)
    return render_template("stories/with_key.html", title=_title(told), told=told, form=KeyForm(formdata=None))


@blueprint.post("/<ref>/key")
@needs(Can.SEE_STORIES)
def open_with_key(here: Here, ref: str) -> Page:
    """Open the story for who has the key: its text to be changed, and the thanks that came. Guesses are counted for the story."""
    told, form = keyed_story(here, ref), KeyForm()
    if form.validate_on_submit():
        problem = _try_key(told, form.key.data or "")
        if not problem:
            return _show_change(here, told, _change_form(told, form.key.data or ""))
        form.key.errors = [problem]
    return render_template("stories/with_key.html", title=_title(told), told=told, form=form), 422


@blueprint.post("/<ref>/key/change")
@needs(Can.SEE_STORIES)
def change_with_key(here: Here, ref: str) -> Page:
    """Change a story with its key."""
    told, form = keyed_story(here, ref), KeyedForm()
    key = form.key.data or ""
    if problem := _try_key(told, key):
        form.key.errors = [problem]
        return _show_change(here, told, form, status=422, title=_title(told), wait=None, use=None)
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
            told = keyed_story(here, ref)
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
    told, form = keyed_story(here, ref), WithdrawForm()
    key = form.key.data or ""
    if problem := _try_key(told, key):
        return _ask_again(told, problem, key)
    with transaction():
        unnamed.withdraw_unnamed(here.space, told.story.id, key=key)
    banner(_("The story is withdrawn, here and wherever it was shared."))
    return redirect(url_for("stories.index", slug=here.space.slug), 303)


def _try_key(told: Told, key: str) -> str:
    """Return "" for the right key, else the sentence that says why not.

    Wrong ones are counted, for the story and for nobody; the right one writes nothing, not even that somebody was here, and opens the
    story however many were tried: no guess finds one of a hundred bits, and nobody keeps its author out.
    """
    if is_key(told.story, key):
        return ""
    try:
        limit(GUESSED, told.item.uuid, times=GUESSES, within=GUESSED_IN)
    except TooMany:
        return _(
            "Too many wrong keys were tried for this story. Only the right one opens it: look where you wrote it down."
        )
    return unnamed.WrongKey().why


def _ask_again(told: Told, problem: str, key: str) -> Page:
    form = KeyForm(formdata=None, key=key)
    form.key.errors = [problem]
    return render_template("stories/with_key.html", title=_title(told), told=told, form=form), 422


def _title(told: Told) -> str:
    """Return what a story is called to somebody who has yet to show its key."""
    return told.item.title if told.is_seen else _("A story told without a name")


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
        is_seen=told.is_seen,
        parts=PARTS,
        **{
            "title": told.item.title,
            "wait": db.session.get(Waiting, told.story.id),
            "use": use_of(here, told.story),
            **more,
        },
    )
    return unstored(page, status)


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
