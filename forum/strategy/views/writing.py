"""Writing the strategy: part by part, with a draft that isn't lost, and together."""

import json
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from forum.content import drafts
from forum.content.drafts import NewerDraft, draft_at
from forum.content.forms import LARGEST
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.spaces.guard import Here, needs
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.strategy import actions
from forum.strategy.access import strategy_of, version_of
from forum.strategy.actions import Newer
from forum.strategy.comparing import Change, changes, merged
from forum.strategy.content import Content, read
from forum.strategy.forms import WriteForm, typed_of
from forum.strategy.models import Strategy
from forum.strategy.parts import PARTS, VISION
from forum.strategy.queries import asked_for
from forum.strategy.queries.reviews import last_review
from forum.strategy.views import Page, blueprint
from forum.strategy.views.pages import over, room_of
from forum.threads.views import answers
from forum.web.banners import banner, note_arrival
from forum.web.words import _


def draft_place(space: Space) -> str:
    """Return where a person's draft of the strategy lies."""
    return f"strategy:{space.uuid}"


@blueprint.get("/write")
@needs(Can.WRITE_STRATEGY)
def write(here: Here) -> Page:
    """Show the form: one's own draft if there is one, else what the latest version says."""
    kept, found = draft_at(here.actor, draft_place(here.space)), strategy_of(here)
    latest = _latest(found[0]) if found else Content()
    number = found[0].version if found else 0
    if kept.is_empty:
        form = _form(typed_of(latest), base=number, draft_version=kept.version)
        return _show(here, form)
    base = kept.in_reply_to or 0
    form = _form(_typed(kept.body), base=number, draft_version=kept.version)
    theirs = _meet(here, form, base=base) if base < number else []
    return _show(here, form, theirs=theirs, draft_at=kept.saved_at)


@blueprint.post("/write")
@needs(Can.WRITE_STRATEGY)
def save(here: Here) -> Page:
    """Save a version; for those without script the same form keeps a draft, or says whether it fits."""
    form = WriteForm()
    status = 422
    try:
        if "keep" in request.form:
            return _keep(here, form)
        if form.validate_on_submit():
            content = form.content
            if "measure" in request.form:
                return _show(here, form, room=room_of(actions.checked(here, content), signed=[]))
            with transaction():
                strategy = actions.write(here, content, base=form.base.data or 0)
                drafts.sent(here.actor, draft_place(here.space), version=form.draft_version.data or 0, body=form.kept)
            return _saved(here, form, strategy)
    except Invalid as problem:
        form.add_problems(problem)
    except Newer as newer:
        _keep_unsent(here, form)
        base, form.base.data = form.base.data or 0, newer.theirs.number
        return _show(here, form, theirs=_meet(here, form, base=base), why=newer.why), 409
    return _show(here, form), status


@blueprint.post("/write/draft")
@needs(Can.WRITE_STRATEGY)
def save_draft(here: Here) -> tuple[Response, int]:
    """Save the draft while it is written, with the version that it began from."""
    typed = MultiDict(request.form)
    typed[VISION] = typed.get("body", "")
    form = WriteForm(typed, meta={"csrf": False})
    version = request.form.get("version", 0, type=int)
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                draft_place(here.space),
                version=min(max(version, 0), LARGEST),
                body=form.kept,
                in_reply_to=min(max(form.base.data or 0, 0), LARGEST),
            )
    except NewerDraft as newer:
        other = _form(_typed(newer.kept.body), base=0, draft_version=0)
        return jsonify(version=newer.kept.version, body=other[VISION].data or "", **other.flat()), 409
    except Invalid as problem:
        return jsonify(error=str(problem)), 422
    return jsonify(version=kept.version, saved_at=kept.saved_at and kept.saved_at.isoformat()), 200


@blueprint.post("/write/draft/discard")
@needs(Can.WRITE_STRATEGY)
def discard_draft(here: Here) -> Response:
    """Throw the draft away; the strategy stays as it is."""
    answers.throw_away(here.actor, draft_place(here.space))
    return redirect(url_for("strategy.page", slug=here.space.slug), 303)


def _saved(here: Here, form: WriteForm, strategy: Strategy) -> Response:
    """Say that it is saved; that it is too long, and by how much, its page says."""
    note_arrival(form.once.data)
    if strategy.signed is not None and strategy.signed < strategy.version:
        banner(
            _(
                "Saved as version %(number)s, a draft. Version %(signed)s stays shown until this one is signed.",
                number=strategy.version,
                signed=strategy.signed,
            )
        )
    else:
        banner(_("Saved as version %(number)s.", number=strategy.version))
    return redirect(url_for("strategy.version", slug=here.space.slug, number=strategy.version), 303)


def _keep(here: Here, form: WriteForm) -> Page:
    form.validate_on_submit()
    try:
        with transaction():
            drafts.save(
                here.actor,
                draft_place(here.space),
                version=form.draft_version.data or 0,
                body=form.kept,
                in_reply_to=form.base.data or 0,
            )
    except NewerDraft as newer:
        form.draft_version.data = newer.kept.version
        other = _form(_typed(newer.kept.body), base=0, draft_version=0)
        return _show(here, form, newer={"title": other.title.data, "body": _text(other)}), 409
    banner(_("Your draft is saved. You find it here on any device."))
    return redirect(url_for("strategy.write", slug=here.space.slug), 303)


def _keep_unsent(here: Here, form: WriteForm) -> None:
    """Keep as a draft what wasn't taken, unless another tab's text stands there: the page shows it in any case."""
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                draft_place(here.space),
                version=form.draft_version.data or 0,
                body=form.kept,
                in_reply_to=form.base.data or 0,
            )
    except (NewerDraft, Invalid):
        return
    form.draft_version.data = kept.version


def _meet(here: Here, form: WriteForm, *, base: int) -> list[Change]:
    """Bring what somebody else saved since `base` into the form where this person changed nothing. Returns what the other changed."""
    found = strategy_of(here)
    if found is None:
        return []
    theirs = _latest(found[0])
    before = read(version_of(found[0].id, base).content) if 0 < base <= found[0].version else Content()
    try:
        mine = form.content
    except Invalid:
        return changes(before, theirs)
    both = typed_of(merged(before, theirs, mine))
    draft_version, number = form.draft_version.data, form.base.data
    form.process(formdata=None, data=both)
    form.draft_version.data, form.base.data = draft_version, number
    return changes(before, theirs, mine=mine)


def _latest(strategy: Strategy) -> Content:
    return read(version_of(strategy.id, strategy.version).content)


def _form(typed: dict[str, Any], *, base: int, draft_version: int) -> WriteForm:
    form = WriteForm(formdata=None, data=typed)
    form.base.data, form.draft_version.data = base, draft_version
    return form


def _typed(body: str) -> dict[str, Any]:
    """Return what a draft holds; nothing of what isn't one."""
    try:
        typed = json.loads(body)
    except ValueError:
        return {}
    return typed if isinstance(typed, dict) else {}


def _text(form: WriteForm) -> str:
    return "\n\n".join(f"{part.label}\n{form[key].data}" for key, part in PARTS.items() if form[key].data)


def _show(here: Here, form: WriteForm, **more: object) -> str:
    found = strategy_of(here)
    form.offer(list(actions.choosable(here, _latest(found[0]) if found else Content()).items()))
    strategy = found[0] if found else None
    out = asked_for(strategy, strategy.version) if strategy else []
    signed = strategy is not None and strategy.signed == strategy.version
    review = last_review(strategy) if strategy is not None and not signed else None
    values = {"theirs": [], "why": "", "newer": None, "draft_at": None, "room": None, **more}
    return render_template(
        "strategy/write.html",
        form=form,
        strategy=strategy,
        parts=PARTS,
        out=out,
        is_signed=signed,
        over=over,
        review=review,
        **values,
    )
