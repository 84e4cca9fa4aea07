"""Duties that rotate: the order and its next turns, and swaps, offered to one colleague and answered."""

from collections.abc import Sequence

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.core.time import today
from forum.notify import heads_up
from forum.people.models import Person
from forum.roster.access import duty_for, swap_for
from forum.roster.actions import turns as actions
from forum.roster.actions.covering import Warned
from forum.roster.models import Duty, TurnSwap
from forum.roster.queries.duties import who_may_hold
from forum.roster.queries.turns import Turns, turns_shown, turns_would_be
from forum.roster.turn_forms import SwapForm, TurnsForm, day_typed
from forum.roster.views import Page, blueprint
from forum.spaces.feature import stand_ins
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/duties/<ref>/turns")
@needs(Can.SEE_ROSTER)
def turns(here: Here, ref: str) -> Page:
    """Show whose turn it is in the next weeks."""
    row, item = duty_for(here, ref)
    heads_up.read_there(here.actor, path=request.path)
    return _page(here, row, item)


@blueprint.post("/duties/<ref>/turns")
@needs(Can.KEEP_ROSTER)
def set_turns(here: Here, ref: str) -> Page:
    """Let the duty rotate in this order; or show what it would bring, and change nothing."""
    row, item = duty_for(here, ref)
    form, members = TurnsForm(), who_may_hold(here, row.id)
    is_good = form.validate_on_submit()
    people = form.chosen(members)
    form.offer(members)
    from_day = form.from_day.data
    if "preview" in request.form or not is_good or from_day is None:
        return _page(here, row, item, form=form, people=people), 200 if is_good else 422
    try:
        with transaction():
            actions.set_turns(here, row, people, weeks=int(form.weeks.data), from_day=from_day)
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, row, item, form=form, people=people), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _page(here, row, item, form=form, people=people), 409
    banner(_("The turns are set. Who is new in the order is told."))
    return _to_turns(here, ref)


@blueprint.post("/duties/<ref>/turns/stop")
@needs(Can.KEEP_ROSTER)
def stop_turns(here: Here, ref: str) -> Page:
    """Let the duty rotate no longer."""
    row, _item = duty_for(here, ref)
    with transaction():
        actions.stop_turns(here, row)
    banner(_("It doesn’t rotate any more. It is vacant until somebody takes it on."))
    return redirect(url_for("roster.duty", slug=here.space.slug, ref=ref, _anchor="ask"), 303)


@blueprint.post("/duties/<ref>/swaps")
@needs(Can.TAKE_DUTY)
def ask_swap(here: Here, ref: str) -> Page:
    """Ask a colleague to swap turns."""
    row, item = duty_for(here, ref)
    form, shown = SwapForm(prefix="swap"), turns_shown(here, row)
    form.offer(shown.of(here.actor.id), shown.of_others(here.actor.id))
    if not form.validate_on_submit():
        return _page(here, row, item, swap=form, shown=shown), 422
    day, other_day = day_typed(form.day.data), day_typed(form.other_day.data)
    other = next((turn.person for turn in shown.ahead if turn.person and turn.first_day == other_day), None)
    if day is None or other_day is None or other is None:
        form.other_day.errors = [_("Choose a turn that is ahead.")]
        return _page(here, row, item, swap=form, shown=shown), 422
    try:
        with transaction():
            is_known = request.form.get("knowing") == _pair(form)
            actions.ask_swap(here, row, other, day=day, other_day=other_day, knowing=is_known)
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, row, item, swap=form, shown=shown), 422
    except Warned as warned:
        return _page(here, row, item, swap=form, shown=shown, swap_warning=warned.why, swap_pair=_pair(form)), 409
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _page(here, row, item, swap=form, shown=shown), 409
    banner(_("%(name)s is asked. Until they agree, your turn is still yours.", name=other.name))
    return _to_turns(here, ref)


def _pair(form: SwapForm) -> str:
    """Return which turns are to be swapped: a warning is about these, and about no others."""
    return f"{form.day.data} {form.other_day.data}"


@blueprint.post("/swaps/<int:swap_id>/agree")
@needs(Can.TAKE_DUTY)
def agree_swap(here: Here, swap_id: int) -> Page:
    """Swap turns with who asked."""
    return _answer(here, swap_id, "agree")


@blueprint.post("/swaps/<int:swap_id>/decline")
@needs(Can.TAKE_DUTY)
def decline_swap(here: Here, swap_id: int) -> Page:
    """Keep one's turn."""
    return _answer(here, swap_id, "decline")


@blueprint.post("/swaps/<int:swap_id>/undo")
@needs(Can.TAKE_DUTY)
def undo_swap(here: Here, swap_id: int) -> Page:
    """Take back that one agreed."""
    return _answer(here, swap_id, "undo")


@blueprint.post("/swaps/<int:swap_id>/withdraw")
@needs(Can.SEE_ROSTER)
def withdraw_swap(here: Here, swap_id: int) -> Page:
    """Ask for it no longer."""
    return _answer(here, swap_id, "withdraw")


def _answer(here: Here, swap_id: int, what: str) -> Page:
    swap = swap_for(here, swap_id)
    ref = db.session.get_one(Item, swap.duty_id).ref
    try:
        with transaction():
            said = _do(here, swap, what)
    except Warned as warned:
        row, item = duty_for(here, ref)
        undoes = swap_id if what == "undo" else 0
        return _page(here, row, item, problem=warned.why, warned_of=swap_id, undoes=undoes), 409
    except RuleBroken as broken:
        row, item = duty_for(here, ref)
        return _page(here, row, item, problem=broken.why), 409
    can_undo = url_for("roster.undo_swap", slug=here.space.slug, swap_id=swap_id) if what == "agree" else ""
    banner(said, undo=can_undo)
    return _to_turns(here, ref)


def _do(here: Here, swap: TurnSwap, what: str) -> str:
    if what == "withdraw":
        actions.withdraw_swap(here, swap)
        return _("It isn’t asked for any more.")
    if what == "undo":
        actions.undo_swap(here, swap, knowing="knowing" in request.form)
        return _("It is undone: each has their own turn again. Whoever asked is told.")
    actions.answer_swap(here, swap, agrees=what == "agree", knowing="knowing" in request.form)
    if what == "agree":
        return _("The turns are swapped. Whoever asked is told.")
    return _("You keep your turn. Whoever asked is told.")


def _page(
    here: Here,
    row: Duty,
    item: Item,
    *,
    form: TurnsForm | None = None,
    people: Sequence[Person] = (),
    swap: SwapForm | None = None,
    shown: Turns | None = None,
    problem: str = "",
    swap_warning: str = "",
    swap_pair: str = "",
    warned_of: int = 0,
    undoes: int = 0,
) -> str:
    """Render the page, with what was sent. `warned_of` is the swap that was agreed to by who is to say so once more.

    Of it `undoes` is the same where that it was agreed to is taken back.
    """
    shown = shown or turns_shown(here, row)
    may_set = here.may(Can.KEEP_ROSTER) and not row.ended_on
    would_be = []
    if form is not None and people and form.from_day.data and form.weeks.data in {"1", "2"}:
        would_be = turns_would_be(people, weeks=int(form.weeks.data), from_day=form.from_day.data)
    return render_template(
        "roster/turns.html",
        duty=row,
        item=item,
        shown=shown,
        problem=problem,
        swap_warning=swap_warning,
        swap_pair=swap_pair,
        warned_of=warned_of,
        undoes=undoes,
        form=form if form is not None else _turns_form(here, row, shown) if may_set else None,
        is_sent=form is not None,
        would_be=would_be,
        swap=swap if swap is not None else _swap_form(here, shown),
        stand_ins=stand_ins(here, {person.id for person in shown.order}),
    )


def _turns_form(here: Here, row: Duty, shown: Turns) -> TurnsForm:
    form = TurnsForm(
        formdata=None,
        weeks=str(row.turn_weeks or 1),
        from_day=max(row.turns_from or today(here.space.zone), row.first_day),
        people=[person.handle for person in shown.order],
    )
    form.offer(who_may_hold(here, row.id))
    return form


def _swap_form(here: Here, shown: Turns) -> SwapForm | None:
    mine, others = shown.of(here.actor.id), shown.of_others(here.actor.id)
    if not mine or not others or not here.may(Can.TAKE_DUTY):
        return None
    form = SwapForm(formdata=None, prefix="swap")
    form.offer(mine, others)
    return form


def _to_turns(here: Here, ref: str) -> Page:
    return redirect(url_for("roster.turns", slug=here.space.slug, ref=ref), 303)
