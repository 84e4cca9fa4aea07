"""Asking somebody to hold a duty, and answering."""

from flask import render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.roster.access import duty_for, holding_for
from forum.roster.actions import appointing, taking_up
from forum.roster.forms import OfferForm, ReasonForm
from forum.roster.models import Holding, HoldingState, Place
from forum.roster.queries.duties import who_may_hold
from forum.roster.queries.ending import what_ends
from forum.roster.tellers.common import days_of
from forum.roster.views import Page, blueprint
from forum.roster.views.duties import show_duty, to_duty
from forum.spaces.guard import Here, needs
from forum.spaces.models import REASON_LENGTH, Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/duties/<ref>/offer")
@needs(Can.KEEP_ROSTER)
def offer(here: Here, ref: str) -> Page:
    """Ask a member to take it on."""
    row, item = duty_for(here, ref)
    form = OfferForm(prefix="offer")
    people = who_may_hold(here, row.id)
    form.offer(people)
    if not form.validate_on_submit():
        return show_duty(here, row, item, offer=form), 422
    person = next(one for one in people if one.handle == form.person.data)
    try:
        with transaction():
            appointing.offer(here, row, person, place=Place(form.place.data), from_day=form.from_day.data)
    except Invalid as problem:
        form.add_problems(problem)
        return show_duty(here, row, item, offer=form), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return show_duty(here, row, item, offer=form), 409
    if person.id == here.actor.id:
        banner(_("It is yours."))
    else:
        banner(_("%(name)s is asked. Until they say yes, it isn’t theirs.", name=person.name))
    return to_duty(here, ref)


@blueprint.post("/holdings/<int:holding_id>/accept")
@needs(Can.TAKE_DUTY)
def accept(here: Here, holding_id: int) -> Page:
    """Take what one was offered."""
    return _answer(here, holding_id, "accept")


@blueprint.post("/holdings/<int:holding_id>/decline")
@needs(Can.SEE_ROSTER)
def decline(here: Here, holding_id: int) -> Page:
    """Say no."""
    return _answer(here, holding_id, "decline")


@blueprint.post("/holdings/<int:holding_id>/take-back")
@needs(Can.KEEP_ROSTER)
def take_back(here: Here, holding_id: int) -> Page:
    """Offer it no longer."""
    return _answer(here, holding_id, "take back")


@blueprint.get("/holdings/<int:holding_id>/end")
@needs(Can.SEE_ROSTER)
def ending(here: Here, holding_id: int) -> Page:
    """Show what becomes vacant when somebody's part ends, and who is told."""
    holding = holding_for(here, holding_id)
    item = db.session.get_one(Item, holding.duty_id)
    is_own = holding.person_id == here.actor.id
    if not is_own and not here.may(Can.KEEP_ROSTER):
        raise Denied(here.why_not(Can.KEEP_ROSTER))
    if holding.state is not HoldingState.ACCEPTED or holding.until_day is not None or here.space.archived_at:
        return to_duty(here, item.ref)
    return render_template(
        "roster/ending.html",
        holding=holding,
        item=item,
        found=what_ends(holding, here.space),
        is_own=is_own,
        form=ReasonForm(formdata=None),
        days_of=days_of,
    )


@blueprint.post("/holdings/<int:holding_id>/end")
@needs(Can.SEE_ROSTER)
def give_up(here: Here, holding_id: int) -> Page:
    """End that somebody has the duty, from today on."""
    return _answer(here, holding_id, "give up")


@blueprint.post("/holdings/<int:holding_id>/take-up")
@needs(Can.SEE_ROSTER)
def take_up_part(here: Here, holding_id: int) -> Page:
    """Take back that one ended it."""
    return _answer(here, holding_id, "take up")


def _answer(here: Here, holding_id: int, what: str) -> Page:
    holding = holding_for(here, holding_id)
    item = db.session.get_one(Item, holding.duty_id)
    is_open = holding.until_day is None
    try:
        with transaction():
            is_all = _do(here, holding, what)
    except RuleBroken as broken:
        row, item = duty_for(here, item.ref)
        return show_duty(here, row, item, problem=broken.why), 409
    can_undo = what == "give up" and is_open
    undo = url_for("roster.take_up_part", slug=here.space.slug, holding_id=holding_id) if can_undo else ""
    banner(
        _said(what, holding) if is_all else _("It is as before, but not all covers that had ended are back."), undo=undo
    )
    return to_duty(here, item.ref)


def _do(here: Here, holding: Holding, what: str) -> bool:
    """Do what was pressed. Return whether nothing is missing of what it was to bring back."""
    reason = request.form.get("reason", "")[:REASON_LENGTH]
    if what == "accept":
        appointing.accept(here, holding)
    elif what == "decline":
        appointing.decline(here, holding, reason=reason)
    elif what == "take back":
        appointing.take_back(here, holding)
    elif what == "take up":
        return taking_up.take_up(here, holding)
    else:
        appointing.give_up(here, holding, reason=reason)
    return True


def _said(what: str, holding: Holding) -> str:
    is_deputy = holding.place is Place.DEPUTY
    return {
        "accept": _("It is yours. Thank you."),
        "decline": _("You said no. Whoever asked is told."),
        "take back": _("It isn’t offered any more."),
        "give up": _("There is no deputy from today on.") if is_deputy else _("It is vacant from today on."),
        "take up": _("It is undone: all is as before."),
    }[what]
