"""Asking for help: one page, which says before the press whom it will reach; what is alike stands beside it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.drafts import draft_at
from forum.content.naming import text_for
from forum.content.order.holding import is_held_now
from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken, TooMany
from forum.core.time import now
from forum.help.access import case_for
from forum.help.actions.asking import Asking, ask, checked_title, checked_tried, first_words
from forum.help.addresses import ask_place, case_url
from forum.help.forms import AskForm, what_happened
from forum.help.models import ON_DUTY
from forum.help.queries.cases import way_of
from forum.help.queries.reach import is_alone, minutes_of, plan_for
from forum.help.views import Page, blueprint
from forum.help.words import STEPS
from forum.search.finding import alike
from forum.search.language import read_text
from forum.spaces.guard import Here, needs
from forum.spaces.models import Audience, Item
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.threads.views.starting import ALIKE
from forum.web.banners import banner, note_arrival
from forum.web.words import _, _n, listed


@blueprint.get("/new")
@needs(Can.ASK_FOR_HELP)
def new(here: Here) -> Page:
    """Show the form; for a drill, which looks the same and says so, to organisers."""
    is_drill = _is_drill(here)
    kept = draft_at(here.actor, ask_place(here.space, is_drill=is_drill))
    form = AskForm.of_draft(kept, drill="1" if is_drill else "")
    return _show(here, form, draft_at=None if kept.is_empty else kept.saved_at)


def _is_drill(here: Here) -> bool:
    """Say whether a drill is meant, which is for organisers. Raises Denied."""
    is_drill = "drill" in request.args
    if is_drill:
        here.require(Can.KEEP_HELP)
    return is_drill


@blueprint.post("/new")
@needs(Can.ASK_FOR_HELP)
def send(here: Here) -> Page:
    """Ask for help now. For those without script the same form saves a draft."""
    form = AskForm()
    try:
        if "keep" in request.form:
            return _keep(here, form)
        if form.validate_on_submit():
            return _send(here, form)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        answers.keep_unsent(here.actor, _place(here, form), form, body=form.as_draft, title=form.title.data or "")
        return answers.hold_up(slow, _show(here, form, paused=f"{slow.why} {_whom_to_ring(here)}"))
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(here, form), 409
    return _show(here, form), 422


@blueprint.post("/new/draft")
@needs(Can.ASK_FOR_HELP)
def save_ask_draft(here: Here) -> tuple[Response, int]:
    """Save the draft of a call while it is written: all its fields are one text."""
    place = ask_place(here.space, is_drill=_is_drill(here))
    return answers.save_by_script(here.actor, place, body=AskForm().as_draft, shown=what_happened)


@blueprint.post("/new/draft/discard")
@needs(Can.ASK_FOR_HELP)
def discard_ask_draft(here: Here) -> Response:
    """Throw the draft of a call away."""
    is_drill = _is_drill(here)
    answers.throw_away(here.actor, ask_place(here.space, is_drill=is_drill))
    return _to_form(here, is_drill=is_drill)


@blueprint.post("/new/alike")
@needs(Can.ASK_FOR_HELP)
def alike_case(here: Here) -> Response:
    """Show a script what was written before that is like what somebody asks (E5)."""
    hits = _alike(here, request.form.get("title", ""), request.form.get("body", ""))
    return Response(render_template("search/alike.html", hits=hits), headers={ALIKE: "1"})


def _whom_to_ring(here: Here) -> str:
    keepers = [one.person.name for one in here.keepers]
    return _n(
        "If it can’t wait, ring somebody: %(names)s looks after this space.",
        "If it can’t wait, ring somebody: %(names)s look after this space.",
        len(keepers),
        names=listed(keepers),
    )


def _place(here: Here, form: AskForm) -> str:
    return ask_place(here.space, is_drill=form.is_drill)


def _to_form(here: Here, *, is_drill: bool) -> Response:
    return redirect(url_for("help.new", slug=here.space.slug, drill=1 if is_drill else None), 303)


def _keep(here: Here, form: AskForm) -> Page:
    """Save what was typed; nothing is asked of anybody."""
    place, title = _place(here, form), form.title.data or ""
    newer = answers.save_by_press(here.actor, place, form, body=form.as_draft, title=title)
    if newer is not None:
        return _show(here, form, newer=newer), 409
    return _to_form(here, is_drill=form.is_drill)


def _send(here: Here, form: AskForm) -> Page:
    problems: dict[str, list[str]] = {}
    for check, typed in ((checked_title, form.title.data), (checked_tried, form.tried.data)):
        try:
            check(typed or "")
        except Invalid as problem:
            problems |= problem.errors
    said = first_words(form.title.data or "", form.body.data or "")
    try:
        text = text_for(here.space, said, author=here.actor, field="body" if form.body.data else "title")
    except Invalid as problem:
        raise Invalid(problem.errors | problems) from None
    if problems:
        raise Invalid(problems)
    asking = Asking(
        title=form.title.data or "",
        text=text,
        affects=form.affects.data or "",
        tried=form.tried.data or "",
        until=form.until_in(here.space.zone),
        audience=Audience(form.audience.data),
        is_drill=form.is_drill,
    )
    with limits.counting(here, limits.Kind.CALL) as count:
        with transaction():
            item = ask(here, asking, once=form.once.data)
            drafts.sent(here.actor, _place(here, form), version=form.draft_version.data or 0, body=form.as_draft)
        count.written(item.created_at)
    note_arrival(form.once.data)
    banner(_whom_it_reached(here, item))
    return redirect(case_url(here.space.slug, item.ref), 303)


def _whom_it_reached(here: Here, item: Item) -> str:
    called = case_for(here, item.ref)
    asked = next((went for went in way_of(called.case) if went.names), None)
    if asked is None and called.case.is_drill:
        return _("Nobody is on duty just now, and nobody stands in: the drill has reached nobody.")
    if asked is None:
        return _("Your call stands here. Nobody can be asked just now; whoever can be later is asked at once.")
    if asked.step == ON_DUTY:
        return _n(
            "%(names)s is asked, by mail and in the app. You hear when somebody has it.",
            "%(names)s are asked, by mail and in the app. You hear when somebody has it.",
            len(asked.names),
            names=listed(asked.names),
        )
    return _n(
        "Nobody is on duty, so it went further at once: %(names)s is asked.",
        "Nobody is on duty, so it went further at once: %(names)s are asked.",
        len(asked.names),
        names=listed(asked.names),
    )


def _alike(here: Here, title: str, body: str) -> Any:  # noqa: ANN401  # hits
    return alike(here.actor, read_text(f"{title} {body[:2000]}"), at=now())


def _show(here: Here, form: AskForm, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    plan = plan_for(here.space, here.actor, is_drill=form.is_drill, at=now())
    return render_template(
        "help/new.html",
        form=form,
        plan=plan,
        steps=STEPS,
        minutes=minutes_of(here.space),
        planned=[one.step for one in plan],
        is_alone=not plan and is_alone(here.space, here.actor, now()),
        is_held=is_held_now(here),
        keepers=here.keepers,
        alike_url=url_for("help.alike_case", slug=here.space.slug),
        draft_version=form.draft_version.data or 0,
        **more,
    )


@blueprint.get("/mentions")
@needs(Can.ASK_FOR_HELP)
def mentions(here: Here) -> Response:
    """Offer members whose name begins with what was typed after "@" (A3)."""
    return answers.offer_members(here)
