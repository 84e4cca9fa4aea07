"""Minutes: writing them with a draft that isn't lost, what they said before; and decisions."""

from itertools import pairwise
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts
from forum.content.differences import Comparison, Piece, around_changes
from forum.content.drafts import NewerDraft, draft_at
from forum.content.forms import LARGEST
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.meetups.access import occurrence_for, require_change
from forum.meetups.day.access import leads
from forum.meetups.day.actions import minutes
from forum.meetups.day.actions.minutes import Newer
from forum.meetups.day.forms import DecisionForm, MinutesForm
from forum.meetups.day.page import DayForms, draft_place
from forum.meetups.day.queries.minutes import PAGE, decisions_in, minutes_of, versions_of
from forum.meetups.models import Occurrence, Series
from forum.meetups.views import Page, blueprint
from forum.meetups.views.lists import this_month
from forum.meetups.views.pages import show_date
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.web.banners import banner, note_arrival
from forum.web.words import _

SHOWN = 20


@blueprint.get("/<ref>/<int:key>/minutes")
@needs(Can.SEE_MEETUPS)
def write_minutes(here: Here, ref: str, key: int) -> Page:
    """Show the editor: one's own draft if there is one, else what the minutes say."""
    one, _series, item = _led(here, ref, key)
    kept, written = draft_at(here.actor, draft_place(one)), minutes_of(one.id)
    latest = written.latest.version if written else 0
    is_draft = not kept.is_empty
    form = MinutesForm(
        formdata=None,
        body=kept.body if is_draft else written.latest.source if written else "",
        base=kept.in_reply_to or 0 if is_draft else latest,
        draft_version=kept.version,
    )
    theirs = written.latest.source if written and is_draft and (form.base.data or 0) < latest else None
    if theirs is not None:
        form.base.data = latest
    return _show(form, one, item, theirs=theirs, draft_at=kept.saved_at if is_draft else None)


@blueprint.post("/<ref>/<int:key>/minutes")
@needs(Can.SEE_MEETUPS)
def save_minutes(here: Here, ref: str, key: int) -> Page:
    """Publish the minutes, save them for who leads the meetup, keep a draft, or show how they will look."""
    one, series, item = _led(here, ref, key)
    form = MinutesForm()
    try:
        if "keep" in request.form:
            return _keep(here, form, one, item)
        if form.validate_on_submit():
            return _save(here, form, one, series, item)
    except Invalid as problem:
        form.add_problems(problem)
    except Newer as newer:
        _keep_unsent(here, form, one)
        form.base.data = newer.theirs.version
        return _show(form, one, item, theirs=newer.theirs.source, why=newer.why), 409
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(form, one, item), 409
    return _show(form, one, item), 422


def _save(here: Here, form: MinutesForm, one: Occurrence, series: Series, item: Item) -> Page:
    body = form.body.data or ""
    text = text_for(here.space, body, author=here.actor)
    if "preview" in request.form:
        return _show(form, one, item, preview=Markup(text.html))  # noqa: S704  # made by the renderer
    publish = "share" not in request.form
    with transaction():
        saved = minutes.save(here, series.id, one.id, text=text, base=form.base.data or 0, publish=publish)
        drafts.sent(here.actor, draft_place(one), version=form.draft_version.data or 0, body=body)
    note_arrival(form.once.data)
    if saved.is_published:
        banner(_("The minutes can be read. Whom they concern is told once."))
    else:
        banner(_("Saved. Only the host and the organisers read them until they are published."))
    return redirect(_url_of(here, item, one), 303)


def _keep(here: Here, form: MinutesForm, one: Occurrence, item: Item) -> Page:
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                draft_place(one),
                version=form.draft_version.data or 0,
                body=form.body.data or "",
                in_reply_to=form.base.data or 0,
            )
    except NewerDraft as newer:
        form.draft_version.data = newer.kept.version
        return _show(form, one, item, newer=newer.kept), 409
    banner(_("Your draft is saved. You find it here on any device."))
    form.draft_version.data = kept.version
    return redirect(url_for("meetups.write_minutes", slug=here.space.slug, ref=item.ref, key=one.id), 303)


def _keep_unsent(here: Here, form: MinutesForm, one: Occurrence) -> None:
    """Keep as a draft what wasn't taken, unless another tab's text stands there: the page shows it in any case."""
    body, base = form.body.data or "", form.base.data or 0
    try:
        with transaction():
            kept = drafts.save(
                here.actor, draft_place(one), version=form.draft_version.data or 0, body=body, in_reply_to=base
            )
    except (NewerDraft, Invalid):
        return
    form.draft_version.data = kept.version


@blueprint.post("/<ref>/<int:key>/minutes/draft")
@needs(Can.SEE_MEETUPS)
def save_minutes_draft(here: Here, ref: str, key: int) -> tuple[Response, int]:
    """Save the draft while it is written, with the version of the minutes that it began from."""
    one, _series, _item = _led(here, ref, key)
    form = MinutesForm(meta={"csrf": False})
    version = request.form.get("version", 0, type=int)
    try:
        with transaction():
            kept = drafts.save(
                here.actor,
                draft_place(one),
                version=min(max(version, 0), LARGEST),
                body=request.form.get("body", ""),
                in_reply_to=min(max(form.base.data or 0, 0), LARGEST),
            )
    except NewerDraft as newer:
        return jsonify(version=newer.kept.version, body=newer.kept.body), 409
    except Invalid as problem:
        return jsonify(error=str(problem)), 422
    return jsonify(version=kept.version, saved_at=kept.saved_at and kept.saved_at.isoformat()), 200


@blueprint.post("/<ref>/<int:key>/minutes/draft/discard")
@needs(Can.SEE_MEETUPS)
def discard_minutes_draft(here: Here, ref: str, key: int) -> Response:
    """Throw the draft away; the minutes stay as they are."""
    one, _series, item = _led(here, ref, key)
    answers.throw_away(here.actor, draft_place(one))
    return redirect(_url_of(here, item, one), 303)


@blueprint.post("/<ref>/<int:key>/minutes/preview")
@needs(Can.SEE_MEETUPS)
def preview_minutes(here: Here, ref: str, key: int) -> Page:
    """Render the text for a script that shows it beside the field."""
    _led(here, ref, key)
    return answers.preview(here.space, author=here.actor)


@blueprint.get("/<ref>/<int:key>/minutes/history")
@needs(Can.SEE_MEETUPS)
def minutes_history(here: Here, ref: str, key: int) -> Page:
    """Show what the minutes said before: to most what was published, to who leads the meetup all of it."""
    one, series, item = occurrence_for(here, ref, key)
    written, may_lead = minutes_of(one.id), leads(here, series, item, one)
    if written is None or not (may_lead or written.minutes.is_published):
        raise Missing
    first = 1 if may_lead else written.minutes.first_seen or 1
    versions = versions_of(one.id, first=first, most=SHOWN + 1)
    compare = Comparison()
    edits: list[tuple[Any, str | None, list[Piece]]] = [
        (new, name, list(around_changes(compare.pieces(old.source, new.source))))
        for (new, name), (old, _old_name) in pairwise(versions)
    ]
    return render_template(
        "meetups/minutes_history.html",
        one=one,
        item=item,
        edits=edits[:SHOWN],
        begun=versions[-1] if len(versions) <= SHOWN else None,
        published=written.minutes,
    )


@blueprint.post("/<ref>/<int:key>/decisions")
@needs(Can.SEE_MEETUPS)
def note_decision(here: Here, ref: str, key: int) -> Page:
    """Note a decision."""
    one, series, item = _led(here, ref, key)
    form, status = DecisionForm(), 422
    try:
        if form.validate_on_submit():
            with transaction():
                minutes.decide(here, series.id, one.id, words=form.decided.data or "", once=form.once.data)
            banner(_("Noted."))
            return redirect(_url_of(here, item, one, anchor="decisions"), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return show_date(here, one, series, item, forms=DayForms(decision=form)), status


@blueprint.post("/<ref>/<int:key>/decisions/<int:decision_id>/take-back")
@needs(Can.SEE_MEETUPS)
def take_back_decision(here: Here, ref: str, key: int, decision_id: int) -> Response:
    """Let a decision not stand any more, or (`back`) stand after all."""
    one, series, item = _led(here, ref, key)
    is_back = request.args.get("back") == "1"
    if decision_id >= 2**31:
        raise Missing
    with transaction():
        minutes.take_back_decision(here, series.id, one.id, decision_id, is_back=is_back)
    undo = url_for(
        "meetups.take_back_decision", slug=here.space.slug, ref=ref, key=key, decision_id=decision_id, back=1
    )
    banner(_("It stands again.") if is_back else _("It doesn’t stand any more."), undo="" if is_back else undo)
    return redirect(_url_of(here, item, one, anchor="decisions"), 303)


@blueprint.get("/decisions")
@needs(Can.SEE_MEETUPS)
def decisions(here: Here) -> str:
    """List what was decided in a space, the latest first."""
    edge = request.args.get("from", type=int)
    edge = edge if edge is not None and 0 < edge < 2**31 else None
    found = decisions_in(here, before=edge)
    more = found[PAGE - 1].decision.id if len(found) > PAGE else None
    return render_template(
        "meetups/decisions.html", decided=found[:PAGE], more=more, is_first=edge is None, this_month=this_month(here)
    )


def _led(here: Here, ref: str, key: int) -> tuple[Occurrence, Series, Item]:
    """Load a date for who leads the meetup. Raises Missing, Denied, and RuleBroken before it begins."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    return one, series, item


def _url_of(here: Here, item: Item, one: Occurrence, *, anchor: str = "minutes") -> str:
    return url_for("meetups.occurrence", slug=here.space.slug, ref=item.ref, key=one.id, _anchor=anchor)


def _show(form: MinutesForm, one: Occurrence, item: Item, **more: object) -> str:
    written = minutes_of(one.id)
    shown = {"theirs": None, "why": "", "newer": None, "preview": None, "draft_at": None, **more}
    return render_template("meetups/minutes.html", form=form, one=one, item=item, written=written, **shown)
