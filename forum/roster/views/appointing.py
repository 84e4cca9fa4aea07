"""Asking somebody to hold a duty, and answering."""

from flask import request

from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.roster.access import duty_for, holding_for
from forum.roster.actions import appointing
from forum.roster.forms import OfferForm
from forum.roster.models import Holding, Place
from forum.roster.queries.duties import who_may_hold
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


@blueprint.post("/holdings/<int:holding_id>/end")
@needs(Can.SEE_ROSTER)
def give_up(here: Here, holding_id: int) -> Page:
    """End that somebody has the duty, from today on."""
    return _answer(here, holding_id, "give up")


def _answer(here: Here, holding_id: int, what: str) -> Page:
    holding = holding_for(here, holding_id)
    item = db.session.get_one(Item, holding.duty_id)
    try:
        with transaction():
            _do(here, holding, what)
    except RuleBroken as broken:
        row, item = duty_for(here, item.ref)
        return show_duty(here, row, item, problem=broken.why), 409
    banner(_said(what))
    return to_duty(here, item.ref)


def _do(here: Here, holding: Holding, what: str) -> None:
    reason = request.form.get("reason", "")[:REASON_LENGTH]
    if what == "accept":
        appointing.accept(here, holding)
    elif what == "decline":
        appointing.decline(here, holding, reason=reason)
    elif what == "take back":
        appointing.take_back(here, holding)
    else:
        appointing.give_up(here, holding, reason=reason)


def _said(what: str) -> str:
    return {
        "accept": _("It is yours. Thank you."),
        "decline": _("You said no. Whoever asked is told."),
        "take back": _("It isn’t offered any more."),
        "give up": _("It is vacant from today on."),
    }[what]
