"""Asking a question or starting another thread."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.access import EDIT_WINDOW
from forum.content.attachments.actions import send_with
from forum.content.attachments.told import told_by
from forum.content.drafts import draft_at
from forum.content.naming import text_for
from forum.content.order.holding import is_held_now
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken, TooMany
from forum.core.markup.source import normalised
from forum.core.text import one_line
from forum.core.time import end_of_day, now, today
from forum.search.finding import Hit, alike
from forum.search.language import read_text
from forum.spaces.guard import Here, needs
from forum.spaces.models import TITLE_LENGTH, Item, ItemState
from forum.spaces.policy import Can
from forum.threads import actions, addresses, queries
from forum.threads.access import first_post, section_for
from forum.threads.actions import announcing, tagging
from forum.threads.actions.announcing import Terms
from forum.threads.behind.queries import keepers_to_ask
from forum.threads.forms import ANNOUNCEMENT, QUESTION, TALK, StartForm
from forum.threads.models import Section
from forum.threads.polls import actions as polls
from forum.threads.polls.forms import POLL_FIELDS
from forum.threads.queries import sections_of
from forum.threads.views import Page, answers, attaching, blueprint
from forum.threads.views.asked import ask_through
from forum.web.banners import banner, note_arrival
from forum.web.letters import keeps_mail
from forum.web.uploads import takes_files
from forum.web.words import _

ALIKE = "X-Baton-Alike"
"""Says that an answer is a piece of a page, and not the page to sign in at the end of a redirect."""
USUALLY = timedelta(days=14)
"""How long an announcement stands out unless another day is chosen."""
LONGEST_WISH = 1_000
"""How much of a text an address may put into the empty form: a hello that a nudge drafts."""
PICKED = ("kind", "section", "wish", "until", "closed", *POLL_FIELDS)
"""What is chosen beside the text: no draft keeps it, so an address does."""


@blueprint.get("/new")
@needs(Can.START_THREAD)
def new(here: Here) -> Page:
    """Show the form, with the draft that was left in it."""
    kept = draft_at(here.actor, addresses.start_place(here.space))
    sections = sections_of(here)
    kind = {"thread": TALK}.get(request.args.get("kind", ""), request.args.get("kind"))
    kind = kind if kind in _kinds(here) else QUESTION
    wish = request.args.get("section", "")
    form = StartForm(
        formdata=None,
        sections=sections,
        keepers=keepers_to_ask(here),
        offered=queries.tags_of(here),
        announces=here.may(Can.ANNOUNCE),
        until=request.args.get("until", today(here.space.zone) + USUALLY, type=date.fromisoformat),
        closed="closed" in request.args,
        kind=kind,
        section=wish if any(section.slug == wish for section in sections) else _usual(sections, kind=kind),
        title=kept.title or one_line(request.args.get("title", ""))[:TITLE_LENGTH],
        body=normalised(request.args.get("body", "")[:LONGEST_WISH]) if kept.is_empty else kept.body,
        tags=request.args.getlist("tag"),
        wish=request.args.get("wish", ""),
        draft_version=kept.version,
        **_poll_in_address(),
    )
    return _show(here, form, draft_at=None if kept.is_empty else kept.saved_at)


@blueprint.post("/new")
@needs(Can.START_THREAD)
def start(here: Here) -> Page:
    """Start the thread. For those without script the same form saves a draft or shows a preview."""
    form = StartForm(
        sections=sections_of(here),
        keepers=keepers_to_ask(here),
        offered=queries.tags_of(here),
        announces=here.may(Can.ANNOUNCE),
    )
    try:
        if "keep" in request.form:
            return _keep(here, form)
        if form.validate_with(
            lambda: polls.check(form.poll_words(here.space), at=now()) if form.has_poll else None,
            lambda: announcing.check_end(_last_moment(here, form), at=now()),
        ):
            return _start(here, form)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        answers.keep_unsent(here.actor, addresses.start_place(here.space), form, title=form.title.data or "")
        return answers.hold_up(slow, _show(here, form, paused=slow.why))
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(here, form), 409
    return _show(here, form), 422


def _keep(here: Here, form: StartForm) -> Page:
    newer = answers.save_by_press(here.actor, addresses.start_place(here.space), form, title=form.title.data or "")
    if newer is not None:
        return _show(here, form, newer=newer), 409
    # No address may say that somebody means to ask through somebody: addresses are logged.
    return _show(here, form, draft_at=now()) if form.through.data else _to_form(here)


def _to_form(here: Here) -> Response:
    """Lead back to the form as it was chosen: the draft holds what was written, the address what was picked."""
    picked: dict[str, Any] = {name: request.form.get(name) or None for name in PICKED}
    return redirect(url_for("threads.new", slug=here.space.slug, **picked, tag=request.form.getlist("tags")), 303)


def _poll_in_address() -> dict[str, object]:
    """Return what an address says of a poll; what can't be read is left to the form's defaults."""
    kinds: dict[str, Callable[[str], object]] = {"poll_most": int, "poll_until": date.fromisoformat}
    found: dict[str, object] = {}
    for name in POLL_FIELDS:
        with suppress(ValueError):
            if request.args.get(name):
                found[name] = kinds.get(name, str)(request.args[name])
    return found


def _start(here: Here, form: StartForm) -> Page:
    told, place = told_by(request.form), addresses.start_place(here.space)
    body = attaching.body_of(form, attaching.attached_at(here, place))
    text = text_for(here.space, body, author=here.actor, told=told)
    if "preview" in request.form:
        return _show(here, form, preview=Markup(text.html), hits=_alike(here, form.title.data or "", body))  # noqa: S704  # made by the renderer
    section = section_for(here, form.section.data)
    if form.through.data:
        return ask_through(here, form, section=section, text=text, place=place)
    poll = form.poll_words(here.space) if form.has_poll else None
    with limits.counting(here, limits.Kind.THREAD, limits.Kind.POST) as count:
        with transaction():
            thread = actions.start(
                here,
                title=form.title.data or "",
                section=section,
                text=text,
                is_question=form.kind.data == QUESTION,
                terms=_terms(here, form),
                once=form.once.data,
            )
            tagging.put_tags(here, thread, form.tags.data or [])
            if poll is not None:
                polls.save(here, thread, poll)
            if form.wish.data:
                tagging.suggest(here, form.wish.data, thread=thread)
            send_with(here, first_post(thread), place=place, told=told, text=text)
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=form.body.data or "")
        item = db.session.get_one(Item, thread.id)
        count.written(item.created_at)
    note_arrival(form.once.data)
    if form.is_announcement:
        banner(
            _(
                "It is announced. Members are told, once, but not who turned the space off. “Who was told of it” stands beside it."
            )
        )
    elif item.state is ItemState.HELD:
        banner(
            _("An organiser looks at it before others see it. You hear by mail, and find it here until then."),
            kind="wait",
        )
    elif form.kind.data == QUESTION:
        banner(_("Your question is asked. When somebody’s answer solves it, accept it, so that others find it."))
    else:
        banner(_("Your thread is started."))
    return redirect(addresses.thread_url_of(here.space.slug, item.ref), 303)


@blueprint.post("/new/attach")
@takes_files
@needs(Can.START_THREAD)
def attach_to_start(here: Here) -> Page | tuple[Response, int]:
    """Attach files to a thread that is being written."""
    form = StartForm(sections=sections_of(here), keepers=keepers_to_ask(here), announces=here.may(Can.ANNOUNCE))
    taken = attaching.attach(here, addresses.start_place(here.space), form, power=Can.START_THREAD)
    return attaching.answer(taken) or (_show(here, form), 422 if taken.problems else 200)


@blueprint.post("/preview")
@needs(Can.START_THREAD)
def preview_start(here: Here) -> Page:
    """Render a first post for a script that shows it beside the text."""
    return answers.preview(here.space, author=here.actor)


@blueprint.post("/new/alike")
@needs(Can.START_THREAD)
def alike_start(here: Here) -> Response:
    """Show a script what was written before that is like what somebody is about to ask. It is a press, since addresses are logged."""
    hits = _alike(here, request.form.get("title", ""), request.form.get("body", ""))
    return Response(render_template("search/alike.html", hits=hits), headers={ALIKE: "1"})


@blueprint.post("/new/draft")
@needs(Can.START_THREAD)
def save_start_draft(here: Here) -> tuple[Response, int]:
    """Save a new thread's draft while it is written."""
    return answers.save_by_script(here.actor, addresses.start_place(here.space))


@blueprint.post("/new/draft/discard")
@needs(Can.START_THREAD)
def discard_start_draft(here: Here) -> Response:
    """Throw a new thread's draft away."""
    answers.throw_away(here.actor, addresses.start_place(here.space))
    return _to_form(here)


def _alike(here: Here, title: str, body: str) -> list[Hit]:
    """Return what the person may read that is like what they are about to ask (E5)."""
    return alike(here.actor, read_text(f"{title} {body}"), at=now())


def _kinds(here: Here) -> set[str]:
    return {QUESTION, TALK, ANNOUNCEMENT} if here.may(Can.ANNOUNCE) else {QUESTION, TALK}


def _terms(here: Here, form: StartForm) -> Terms | None:
    """Return how it is announced, None for another thread."""
    if not form.is_announcement:
        return None
    return Terms(until=_last_moment(here, form), takes_replies=not form.closed.data)


def _last_moment(here: Here, form: StartForm) -> datetime | None:
    """Return until when an announcement stands out, None for good; its last day counts whole, in the space's zone."""
    is_limited = form.is_announcement and not form.until.errors
    return end_of_day(form.until.data, here.space.zone) if is_limited else None


def _usual(sections: Sequence[Section], *, kind: str) -> str | None:
    """Return the section that a question, an announcement or something else usually belongs in: the first, last or second one."""
    place = {QUESTION: 0, ANNOUNCEMENT: len(sections)}.get(kind, 1)
    return sections[min(place, len(sections) - 1)].slug if sections else None


def _show(here: Here, form: StartForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    return render_template(
        "threads/new.html",
        form=form,
        sections=form.sections,
        draft_version=form.draft_version.data or 0,
        edit_days=EDIT_WINDOW.days,
        is_held=is_held_now(here),
        attached=attaching.attached_at(here, addresses.start_place(here.space)),
        alike_url=url_for("threads.alike_start", slug=here.space.slug),
        told=queries.how_many_told(here, mails_demo=keeps_mail()) if here.may(Can.ANNOUNCE) else queries.Crowd(),
        **more,
    )
