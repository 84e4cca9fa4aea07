"""Handing a duty over with its checklist."""

from collections.abc import Callable
from datetime import timedelta

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import today
from forum.notify import heads_up
from forum.roster.access import duty_for, why_not_change
from forum.roster.actions import handing, questioning
from forum.roster.actions.duties import is_holder
from forum.roster.models import (
    Duty,
    Handover,
    HandoverItem,
    HandoverQuestion,
    HandoverState,
)
from forum.roster.passing_forms import HandoverForm, LineForm, LinesForm
from forum.roster.queries.duties import who_may_hold
from forum.roster.queries.handover import shown
from forum.roster.views import Page, blueprint
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _

A_DAY = timedelta(days=1)


@blueprint.get("/duties/<ref>/handover")
@needs(Can.SEE_ROSTER)
def new_handover(here: Here, ref: str) -> Page:
    """Show the form that begins a handover, or lead to the one under way."""
    row, item = duty_for(here, ref)
    require_giver(here, row)
    running = handing.open_of(row.id)
    if running is not None:
        return _to(here, running)
    return _new(here, item, HandoverForm(formdata=None, day=today(here.space.zone) + A_DAY))


@blueprint.post("/duties/<ref>/handover")
@needs(Can.SEE_ROSTER)
def begin_handover(here: Here, ref: str) -> Page:
    """Begin a handover with a drafted checklist."""
    row, item = duty_for(here, ref)
    require_giver(here, row)
    form, people = HandoverForm(), who_may_hold(here, row.id)
    form.offer(people)
    if form.validate_on_submit():
        taker = next(one for one in people if one.handle == form.person.data)
        try:
            with transaction():
                made = handing.start(here, row, taker, day=form.day.data)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            return _new(here, item, form), 409
        else:
            return _to(here, made)
    return _new(here, item, form), 422


def require_giver(here: Here, row: Duty) -> None:
    """Raise Denied for anybody but whoever has the duty, and organisers."""
    if why := why_not_change(here, is_holder=is_holder(row.id, here)):
        raise Denied(why)


def _new(here: Here, item: Item, form: HandoverForm) -> str:
    form.offer(who_may_hold(here, item.id))
    return render_template("roster/new_handover.html", item=item, form=form)


def _to(here: Here, handover: Handover) -> Page:
    return redirect(url_for("roster.handover", slug=here.space.slug, ref=handover.ref), 303)


def _found(here: Here, ref: str) -> tuple[Handover, Item]:
    """Load a handover of a duty that the person sees; a draft only for who writes it. Raises Missing."""
    found = db.session.scalar(db.select(Handover).where(Handover.ref == ref)) if ref.isprintable() else None
    if found is None:
        raise Missing
    _duty, item = duty_for(here, db.session.get_one(Item, found.duty_id).ref)
    if found.state is HandoverState.DRAFT and not handing.may_give(here, found):
        raise Missing
    return found, item


@blueprint.get("/handovers/<ref>")
@needs(Can.SEE_ROSTER)
def handover(here: Here, ref: str) -> Page:
    """Show a handover: its lines, what is asked and answered, how far it is."""
    row, item = _found(here, ref)
    heads_up.read_there(here.actor, path=request.path)
    return _page(here, row, item)


def _page(
    here: Here,
    row: Handover,
    item: Item,
    *,
    lines: LinesForm | None = None,
    line: LineForm | None = None,
    problem: str = "",
    typed: tuple[str, str] = ("", ""),
) -> str:
    found = shown(row)
    may_give = handing.may_give(here, row)
    drafting = row.state is HandoverState.DRAFT
    return render_template(
        "roster/handover.html",
        handover=row,
        item=item,
        found=found,
        may_give=may_give,
        is_taker=row.taker_id == here.actor.id,
        lines=lines or LinesForm(formdata=None, lines="\n".join(one.words for one in found.lines))
        if drafting
        else None,
        line=line or LineForm(formdata=None),
        problem=problem,
        typed=typed,
    )


@blueprint.post("/handovers/<ref>/lines")
@needs(Can.SEE_ROSTER)
def write_lines(here: Here, ref: str) -> Page:
    """Write the checklist of a draft, or add a line to what is offered; and offer it, if that was pressed."""
    row, item = _found(here, ref)
    lines, line = LinesForm(), LineForm()
    drafting = "lines" in request.form
    form = lines if drafting else line
    try:
        if not form.validate_on_submit():
            return _page(here, row, item, lines=lines if drafting else None, line=line), 422
        with transaction():
            if drafting:
                handing.write(here, row, lines.lines.data or "")
            else:
                handing.add_line(here, row, line.line.data or "")
            if "offer" in request.form:
                handing.offer(here, row)
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, row, item, lines=lines if drafting else None, line=line), 422
    except RuleBroken as broken:
        db.session.refresh(row)
        return _page(here, row, item, problem=broken.why, lines=lines if drafting else None, line=line), 409
    banner(_("It is offered. Until they say yes, it isn’t theirs.") if "offer" in request.form else _("It is saved."))
    return _to(here, row)


@blueprint.post("/handovers/<ref>/answer")
@needs(Can.SEE_ROSTER)
def answer_handover(here: Here, ref: str) -> Page:
    """Accept, decline with a word, or (by whoever gives it) take it back."""
    row, item = _found(here, ref)
    what, reason = request.form.get("answer", ""), request.form.get("reason", "")
    doing: dict[str, tuple[Callable[[], None], str]] = {
        "yes": (lambda: handing.accept(here, row), _("It is yours. Thank you.")),
        "no": (lambda: handing.decline(here, row, reason=reason), _("You said no. Whoever asked is told.")),
        "take back": (lambda: handing.withdraw(here, row), _("It isn’t handed over.")),
    }
    if what not in doing:
        raise Missing
    return _do(here, row, item, *doing[what], typed=("reason", reason))


def _do(
    here: Here, row: Handover, item: Item, action: Callable[[], object], said: str, *, typed: tuple[str, str] = ("", "")
) -> Page:
    try:
        with transaction():
            action()
    except Invalid as problem:
        why = " ".join(one for several in problem.errors.values() for one in several)
        return _page(here, row, item, problem=why, typed=typed), 422
    except RuleBroken as broken:
        db.session.refresh(row)
        return _page(here, row, item, problem=broken.why, typed=typed), 409
    banner(said)
    return _to(here, row)


def _line(row: Handover, line_id: int) -> HandoverItem:
    line = db.session.get(HandoverItem, line_id)
    if line is None or line.handover_id != row.id:
        raise Missing
    return line


@blueprint.post("/handovers/<ref>/lines/<int:line_id>/tick")
@needs(Can.SEE_ROSTER)
def tick_line(here: Here, ref: str, line_id: int) -> Page:
    """Say that a line is done, or isn't."""
    row, item = _found(here, ref)
    line, done = _line(row, line_id), request.form.get("done") == "yes"
    return _do(here, row, item, lambda: handing.tick(here, line, done=done), _("It is saved."))


@blueprint.post("/handovers/<ref>/lines/<int:line_id>/ask")
@needs(Can.TAKE_DUTY)
def ask_line(here: Here, ref: str, line_id: int) -> Page:
    """Ask beside a line."""
    row, item = _found(here, ref)
    line, text = _line(row, line_id), request.form.get("question", "")
    said = _("Your question is asked.")
    return _do(here, row, item, lambda: questioning.ask(here, line, text), said, typed=(f"ask-{line_id}", text))


@blueprint.post("/handovers/<ref>/questions/<int:question_id>/answer")
@needs(Can.SEE_ROSTER)
def answer_line(here: Here, ref: str, question_id: int) -> Page:
    """Answer a question."""
    row, item = _found(here, ref)
    question, text = db.session.get(HandoverQuestion, question_id), request.form.get("text", "")
    if question is None:
        raise Missing
    _line(row, question.line_id)
    said = _("Your answer is there.")
    return _do(
        here, row, item, lambda: questioning.answer(here, question, text), said, typed=(f"q-{question_id}", text)
    )
