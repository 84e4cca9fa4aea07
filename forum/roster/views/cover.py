"""Cover: what is asked for, and answering it."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.halves import Half, Span, half_at
from forum.core.time import now
from forum.notify import heads_up
from forum.people.models import Person
from forum.roster.access import duty_for, request_for
from forum.roster.actions import covering, requesting
from forum.roster.actions.covering import Taken, Warned
from forum.roster.away_forms import AskForm, PartForm
from forum.roster.models import CoverRequest, CoverState, Duty
from forum.roster.queries.away import away_in
from forum.roster.queries.balance import balance_of, balances_in
from forum.roster.queries.cover import asked_of, cover_of, line_of, may_answer
from forum.roster.queries.duties import AHEAD, who_may_hold
from forum.roster.queries.swaps import swaps_of, to_swap_for
from forum.roster.tellers.common import days_of
from forum.roster.turn_forms import CoverSwapForm
from forum.roster.views import Page, blueprint
from forum.roster.views.duties import show_duty, to_duty
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/cover")
@needs(Can.SEE_ROSTER)
def cover(here: Here) -> Page:
    """Show who is away, what cover is asked for, what one promised, swaps, and how much was given and taken."""
    heads_up.read_there(here.actor, path=request.path)
    return show_covers(here)


def show_covers(here: Here, *, problem: str = "", warning: str = "", warned_id: int = 0) -> str:
    """Show the page of covers; `warning` is about the swap `warned_id`, which can be agreed to all the same."""
    return render_template(
        "roster/cover.html",
        found=cover_of(here),
        swaps=swaps_of(here),
        away=away_in(here),
        balance=balance_of(here.actor),
        balances=balances_in(here) if here.may(Can.KEEP_ROSTER) else (),
        days_of=days_of,
        problem=problem,
        warning=warning,
        warned_id=warned_id,
    )


@blueprint.get("/cover/<ref>")
@needs(Can.SEE_ROSTER)
def cover_request(here: Here, ref: str) -> Page:
    """Show one request, to be taken, declined, withdrawn or given back."""
    found = request_for(here, ref)
    heads_up.read_there(here.actor, path=request.path)
    return show_request(here, found)


@blueprint.post("/cover/<ref>/take")
@needs(Can.TAKE_DUTY)
def take_cover(here: Here, ref: str) -> Page:
    """Cover all of it, or the days that were chosen."""
    found = request_for(here, ref)
    form = PartForm(prefix="part")
    is_part = "part" in request.form
    if is_part and not form.validate_on_submit():
        return show_request(here, found, part=form), 422
    try:
        with transaction():
            covering.take(here, found, form.span if is_part else None, knowing="knowing" in request.form)
    except Invalid as problem:
        form.add_problems(problem)
        return show_request(here, found, part=form), 422
    except Warned as warned:
        return show_request(here, found, part=form if is_part else None, warning=warned.why), 409
    except (RuleBroken, Denied) as broken:
        return show_request(here, found, problem=broken.why), 409
    banner(_("It is yours. Thank you: whoever is away is told."))
    return _to(here, ref)


@blueprint.post("/cover/<ref>/decline")
@needs(Can.SEE_ROSTER)
def decline_cover(here: Here, ref: str) -> Page:
    """Say that one can't."""
    return _do(here, ref, covering.decline, _("You said that you can’t. That is fine, and somebody else is asked."))


@blueprint.post("/cover/<ref>/withdraw")
@needs(Can.SEE_ROSTER)
def withdraw_cover(here: Here, ref: str) -> Page:
    """Ask no longer."""
    return _do(here, ref, requesting.withdraw, _("Cover isn’t asked for any more."))


@blueprint.post("/cover/<ref>/give-back")
@needs(Can.SEE_ROSTER)
def give_back_cover(here: Here, ref: str) -> Page:
    """Say that one can't cover after all."""
    said = _("You don’t cover it any more. Somebody else is looked for, and whoever is away is told.")
    return _do(here, ref, covering.give_back, said)


def _to_ask(here: Here, found: CoverRequest) -> list[Person]:
    """Return whom one may ask to cover: not whoever is away, and not oneself, who takes it by a press of its own."""
    return [one for one in who_may_hold(here, found.duty_id) if one.id not in {found.away_id, here.actor.id}]


@blueprint.post("/cover/<ref>/ask")
@needs(Can.SEE_ROSTER)
def ask_also(here: Here, ref: str) -> Page:
    """Ask somebody in particular, too."""
    found, form = request_for(here, ref), AskForm(prefix="ask")
    people = who_may_hold(here, found.duty_id)
    form.offer(people, {}, everybody=False)
    person = next((one for one in people if one.handle == form.person.data), None)
    if not form.validate_on_submit() or person is None:
        form.person.errors = [*form.person.errors, _("Choose somebody.")]
        return show_request(here, found, ask=form), 422
    try:
        with transaction():
            requesting.ask_also(here, found, [person])
    except RuleBroken as broken:
        return show_request(here, found, problem=broken.why), 409
    banner(_("%(name)s is asked.", name=person.name))
    return _to(here, ref)


@blueprint.post("/duties/<ref>/take-now")
@needs(Can.TAKE_DUTY)
def take_now(here: Here, ref: str) -> Page:
    """Take a duty that nobody holds now."""
    duty, item = duty_for(here, ref)
    try:
        with transaction():
            made = covering.take_now(here, duty, until=_until(here, duty), knowing="knowing" in request.form)
    except Warned as warned:
        return show_duty(here, duty, item, problem=warned.why, may_take_knowing=True), 409
    except RuleBroken as broken:
        return show_duty(here, duty, item, problem=broken.why), 409
    banner(_("It is yours: %(days)s. Thank you.", days=days_of(made.span)))
    return to_duty(here, ref)


@blueprint.post("/duties/<ref>/ask-cover")
@needs(Can.SEE_ROSTER)
def ask_for_duty(here: Here, ref: str) -> Page:
    """Ask for cover of what nobody holds in the next weeks, of everybody or somebody in particular."""
    duty, item = duty_for(here, ref)
    form, people = AskForm(prefix="cover"), who_may_hold(here, duty.id)
    form.offer(people, stand_ins(here, [one.id for one in people]))
    if not form.validate_on_submit():
        return show_duty(here, duty, item, covering=form), 422
    chosen = [one for one in people if one.handle == form.person.data]
    try:
        with transaction():
            made = requesting.ask_for_gaps(here, duty, people=chosen, note=form.note.data or "")
    except RuleBroken as broken:
        return show_duty(here, duty, item, covering=form, problem=broken.why), 409
    if made:
        banner(_("Cover is asked for."))
    else:
        banner(_("There is nothing more to ask for."), kind="info")
    return to_duty(here, ref)


def _until(here: Here, duty: Duty) -> Half:
    """Return how long a duty that is taken now is had: as long as nothing changes, a day for what is vacant."""
    at = now()
    current = half_at(at, zone=here.space.zone, midday=here.space.midday)
    return covering.end_of_gap(duty, Span(current, Half(current + 2 * AHEAD.days)), at=at)


def _do(here: Here, ref: str, action: Callable[[Here, CoverRequest], object], said: str) -> Page:
    found = request_for(here, ref)
    try:
        with transaction():
            action(here, found)
    except Taken as taken:
        return show_request(here, found, problem=taken.why), 409
    banner(said)
    return _to(here, ref)


def _to(here: Here, ref: str) -> Page:
    return redirect(url_for("roster.cover_request", slug=here.space.slug, ref=ref), 303)


def show_request(
    here: Here,
    found: CoverRequest,
    *,
    part: PartForm | None = None,
    ask: AskForm | None = None,
    swap: CoverSwapForm | None = None,
    problem: str = "",
    warning: str = "",
    swap_warning: str = "",
) -> str:
    """Show the page of a request; `warning` is about taking it, `swap_warning` about the swap that `swap` asks for."""
    db.session.refresh(found)
    line = line_of(here, found)
    if part is None:
        part = PartForm(formdata=None, prefix="part")
        part.show(found.span)
    is_running = here.space.archived_at is None
    may_ask = here.may(Can.KEEP_ROSTER) or here.actor.id in {found.away_id, found.asked_by_id}
    ask = AskForm(formdata=None, prefix="ask") if ask is None else ask
    to_ask = _to_ask(here, found)
    ask.offer(to_ask, stand_ins(here, [one.id for one in to_ask]), everybody=False)
    is_open = found.state is CoverState.OPEN
    may_give_back = is_running and found.state is CoverState.ACCEPTED and found.accepted_by_id == here.actor.id
    people = [person.id for person in (line.away, line.cover) if person]
    return render_template(
        "roster/cover_request.html",
        line=line,
        asked=asked_of(found),
        part=part,
        ask=ask,
        problem=problem,
        warning=warning,
        is_part="part" in request.form,
        days_of=days_of,
        stand_ins=stand_ins(here, people),
        is_open=is_open,
        may_take=is_open and found.away_id != here.actor.id and may_answer(here, line),
        may_ask=is_open and is_running and may_ask,
        may_give_back=may_give_back,
        swap=(swap or _swap_form(here, found)) if may_give_back else None,
        swap_warning=swap_warning,
    )


def _swap_form(here: Here, found: CoverRequest) -> CoverSwapForm | None:
    lines = to_swap_for(here, found)
    if not lines:
        return None
    form = CoverSwapForm(formdata=None, prefix="swap")
    form.offer(lines)
    return form
