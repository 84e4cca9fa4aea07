"""Telling a story: three things, from nothing or from a thread; what is alike stands beside it while it is written."""

from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.drafts import Kept, NewerDraft, draft_at
from forum.content.naming import text_for
from forum.content.order.holding import is_held_now
from forum.content.queries import source_of
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, TooMany
from forum.core.markup import Rendered
from forum.core.text import one_line
from forum.core.time import now
from forum.search.finding import alike
from forum.search.language import read_text
from forum.spaces.guard import Here, needs
from forum.spaces.models import TITLE_LENGTH, Audience, Item, ItemState
from forum.spaces.policy import Can
from forum.stories import actions, addresses
from forum.stories.actions import NamesSomebody, Telling
from forum.stories.forms import TellForm
from forum.stories.models import StoryKind
from forum.stories.parts import FIXED, compose, read
from forum.stories.views import Page, blueprint
from forum.threads.access import thread_for
from forum.threads.views import answers
from forum.threads.views.starting import ALIKE
from forum.web.banners import banner, note_arrival
from forum.web.words import _


@blueprint.get("/new")
@needs(Can.TELL_STORY)
def new(here: Here) -> Page:
    """Show the form: with the draft that was left in it, or with what a thread says."""
    kept = draft_at(here.actor, addresses.tell_place(here.space))
    told = read(kept.body)
    form = TellForm(
        formdata=None,
        title=kept.title,
        saw=told.get("saw", ""),
        fixed=told.get(FIXED, ""),
        draft_version=kept.version,
    )
    given = request.args.get("from", "")
    source: Item | None = None
    if given:
        source = _prefill(here, form, given, number=request.args.get("post", type=int))
    return _show(here, form, source=source, draft_at=None if kept.is_empty or given else kept.saved_at)


@blueprint.post("/new")
@needs(Can.TELL_STORY)
def tell(here: Here) -> Page:
    """Tell the story. For those without script the same form saves a draft or shows a preview."""
    form = TellForm()
    source = _source(here, form)
    try:
        if "keep" in request.form:
            return _keep(here, form, source)
        if form.validate_on_submit():
            return _tell(here, form, source)
    except Invalid as problem:
        form.add_problems(problem)
    except NamesSomebody as names:
        form.point_out(names.names)
        keep_unsent(here, form)
        return _show(here, form, source=source, blamed=names), 422
    except TooMany as slow:
        keep_unsent(here, form)
        return answers.hold_up(slow, _show(here, form, source=source, paused=slow.why))
    return _show(here, form, source=source), 422


@blueprint.post("/new/draft")
@needs(Can.TELL_STORY)
def save_tell_draft(here: Here) -> tuple[Response, int]:
    """Save a story's draft while it is written: what was seen and what fixed it are one text."""
    place, version = addresses.tell_place(here.space), request.form.get("version", "")
    body = compose({"saw": request.form.get("saw", ""), FIXED: request.form.get("body", "")})
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                place,
                version=int(version[:9]) if version.isascii() and version.isdigit() else 0,
                body=body,
                title=request.form.get("title"),
            )
    except NewerDraft as newer:
        return jsonify(version=newer.kept.version, body=read(newer.kept.body).get(FIXED, "")), 409
    except Invalid as problem:
        return jsonify(error=str(problem)), 422
    return jsonify(version=kept.version, saved_at=kept.saved_at and kept.saved_at.isoformat()), 200


@blueprint.post("/new/draft/discard")
@needs(Can.TELL_STORY)
def discard_tell_draft(here: Here) -> Response:
    """Throw a story's draft away."""
    answers.throw_away(here.actor, addresses.tell_place(here.space))
    return redirect(url_for("stories.new", slug=here.space.slug), 303)


@blueprint.post("/new/alike")
@needs(Can.TELL_STORY)
def alike_story(here: Here) -> Response:
    """Show a script what was written before that is like what somebody is about to tell (E5)."""
    hits = _alike(here, request.form.get("title", ""), request.form.get("body", ""))
    return Response(render_template("search/alike.html", hits=hits), headers={ALIKE: "1"})


@blueprint.post("/preview")
@needs(Can.TELL_STORY)
def preview_story(here: Here) -> Page:
    """Render a text for a script that shows it beside."""
    return answers.preview(here.space, author=here.actor)


@blueprint.get("/mentions")
@needs(Can.TELL_STORY)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@" (A3)."""
    return answers.offer_members(here)


def rendering(here: Here, *, item: Item | None = None) -> Any:  # noqa: ANN401  # what `actions.composed` takes
    """Return how a story's text is laid out for this person."""
    where = addresses.posts_url(here.space.slug, item.ref) if item else ""

    def render(source: str, field: str) -> Rendered:
        return text_for(
            here.space, source, author=here.actor, item_id=item.id if item else None, posts_url=where, field=field
        )

    return render


def _tell(here: Here, form: TellForm, source: Item | None) -> Page:
    text = actions.composed(form.answers, render=rendering(here))
    if "preview" in request.form:
        actions.checked_title(form.title.data or "")
        hits = _alike(here, form.title.data or "", text.source)
        return _show(here, form, source=source, preview=Markup(text.html), hits=hits)  # noqa: S704  # made by the renderer
    telling = Telling(
        title=form.title.data or "",
        text=text,
        kind=StoryKind(form.kind.data),
        audience=Audience(form.audience.data),
        source_id=source.id if source else None,
        source_number=form.source_number.data if source else None,
        confirmed=form.confirmed,
    )
    place = addresses.tell_place(here.space)
    with limits.counting(here, limits.Kind.THREAD, limits.Kind.POST) as count:
        with transaction():
            item = actions.tell(here, telling, once=form.once.data)
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=compose(form.answers))
        count.written(item.created_at)
    note_arrival(form.once.data)
    if item.state is ItemState.HELD:
        banner(
            _("An organiser looks at it before others see it. You hear by mail, and find it here until then."),
            kind="wait",
        )
    else:
        banner(_("Your story is told. Answer a question or two more, whenever you like: each helps somebody find it."))
    return redirect(addresses.story_url(here.space.slug, item.ref, anchor="next"), 303)


def _keep(here: Here, form: TellForm, source: Item | None) -> Page:
    newer = keep_unsent(here, form)
    if newer is not None:
        return _show(here, form, source=source, newer=newer), 409
    banner(_("Your draft is saved. You find it here on any device."))
    return redirect(url_for("stories.new", slug=here.space.slug), 303)


def keep_unsent(here: Here, form: TellForm) -> Kept | None:
    """Save as a draft what wasn't told; gives the newer one of another tab when there is one, which stays."""
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                addresses.tell_place(here.space),
                version=form.draft_version.data or 0,
                body=compose(form.answers),
                title=(form.title.data or "")[:TITLE_LENGTH],
            )
    except NewerDraft as newer:
        form.draft_version.data = newer.kept.version
        return newer.kept
    form.draft_version.data = kept.version
    return None


def _prefill(here: Here, form: TellForm, ref: str, *, number: int | None) -> Item:
    """Put a thread's question and its answer, or one of its posts, into the form. Raises Missing for what the person can't see."""
    thread, item = thread_for(here, ref)
    number = number or thread.accepted_number
    form.title.data = one_line(item.title)[:TITLE_LENGTH]
    form.saw.data = source_of(item.id, 1) or ""
    form.fixed.data = (source_of(item.id, number) or "") if number and number > 1 else ""
    form.source.data, form.source_number.data = item.ref, number if form.fixed.data else None
    return item


def _source(here: Here, form: TellForm) -> Item | None:
    """Return the thread that the form was filled from. One that can't be seen any more is none."""
    if not form.source.data:
        return None
    try:
        return thread_for(here, form.source.data)[1]
    except Missing:
        return None


def _alike(here: Here, title: str, body: str) -> Any:  # noqa: ANN401  # hits
    return alike(here.actor, read_text(f"{title} {body}"), at=now())


def _show(here: Here, form: TellForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "stories/new.html",
        form=form,
        draft_version=form.draft_version.data or 0,
        is_held=is_held_now(here),
        alike_url=url_for("stories.alike_story", slug=here.space.slug),
        is_preview="preview" in request.form,
        **more,
    )
