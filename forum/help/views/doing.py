"""What is done with a case: taking it, handing it on, giving it back, closing it, opening it again."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.forms import ReplyForm
from forum.content.naming import text_for
from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken, TooMany
from forum.help import addresses
from forum.help.access import case_for
from forum.help.actions import closing, taking
from forum.help.forms import CloseForm, HandOnForm
from forum.help.models import Case
from forum.help.queries.cases import head_of
from forum.help.views import Page, blueprint
from forum.help.views.case_page import hand_on_form, show_case
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/take")
@needs(Can.TAKE_HELP)
def take(here: Here, ref: str) -> Page:
    """Say "I've got this". Whoever comes second is told who has it."""
    return _press(
        here, ref, taking.take, _("It is yours. Whoever asked has been told, and everybody else who was asked.")
    )


@blueprint.post("/<ref>/give-back")
@needs(Can.TAKE_HELP)
def give_back(here: Here, ref: str) -> Page:
    """Give it back: it is asked round again."""
    shown = request.form.get("holder", type=int, default=0 if "holder" in request.form else None)
    back = partial(taking.give_back, holder_id=shown)
    return _press(here, ref, back, _("It is asked round again, beginning with who is on duty now."))


@blueprint.post("/<ref>/hand-on")
@needs(Can.TAKE_HELP)
def hand_on(here: Here, ref: str) -> Page:
    """Ask somebody to take it over."""
    called, head = case_for(here, ref), head_of(here, ref, place=addresses.reply_place(ref))
    form = hand_on_form(here, head, HandOnForm())
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                taking.offer(here, called.case.id, person_id=int(form.person.data))
            banner(_("They are asked, by mail and in the app. Until they say yes it stays as it is."))
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        return answers.hold_up(slow, _again(here, ref, hand_on=form, refused=slow.why))
    except taking.AlreadyTaken as other:
        return _again(here, ref, refused=other.why), 409
    return _again(here, ref, hand_on=form), 422


@blueprint.post("/<ref>/hand-on/withdraw")
@needs(Can.TAKE_HELP)
def withdraw_offer(here: Here, ref: str) -> Page:
    """Ask that person no more."""
    return _press(here, ref, taking.withdraw_offer, _("They aren’t asked any more."))


@blueprint.post("/<ref>/hand-on/accept")
@needs(Can.TAKE_HELP)
def accept(here: Here, ref: str) -> Page:
    """Take it over."""
    return _press(here, ref, taking.accept, _("It is yours now. Whoever had it has been told, and whoever asked."))


@blueprint.post("/<ref>/hand-on/decline")
@needs(Can.TAKE_HELP)
def decline(here: Here, ref: str) -> Page:
    """Say that one can't."""
    return _press(here, ref, taking.decline, _("That is fine. It stays with whoever has it."))


@blueprint.post("/<ref>/close")
@needs(Can.TAKE_HELP)
def close(here: Here, ref: str) -> Page:
    """Close it with what helped."""
    called, form = case_for(here, ref), CloseForm(prefix="close")
    try:
        if form.validate_on_submit():
            where = addresses.posts_url(here.space.slug, ref)
            text = text_for(
                here.space, form.body.data or "", author=here.actor, item_id=called.item.id, posts_url=where
            )
            with limits.counting(here, limits.Kind.POST), transaction():
                case = closing.close(here, called.case.id, text=text, once=form.once.data)
            banner(_closed(case))
            return redirect(addresses.case_url(here.space.slug, ref, anchor="then"), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        return answers.hold_up(slow, _again(here, ref, close=form, paused=slow.why))
    except RuleBroken as broken:
        is_closed = case_for(here, ref).case.is_closed
        return _again(here, ref, close=form, refused=broken.why, reply=form.body.data if is_closed else None), 409
    return _again(here, ref, close=form), 422


def _closed(case: Case) -> str:
    if case.is_drill:
        return _("The drill is over. Thank you: next time it may be in earnest.")
    return _("It is closed, and whoever asked has been told. Would you tell it as a story, for the next one?")


@blueprint.post("/<ref>/sorted")
@needs(Can.TAKE_HELP)
def sort_out(here: Here, ref: str) -> Page:
    """Say that it is sorted, and nobody need come."""
    return _press(
        here, ref, closing.sort_out, _("It is closed. Everybody who was asked has been told that they needn’t come.")
    )


@blueprint.post("/<ref>/reopen")
@needs(Can.TAKE_HELP)
def reopen(here: Here, ref: str) -> Page:
    """Open it again."""
    return _press(here, ref, closing.reopen, _("It is open again, and asked round from the beginning."))


def _press(here: Here, ref: str, action: Callable[..., Case], said: str) -> Page:
    called = case_for(here, ref)
    try:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            action(here, called.case.id)
    except TooMany as slow:
        return answers.hold_up(slow, _again(here, ref, refused=slow.why))
    except taking.AlreadyTaken as other:
        return _again(here, ref, refused=other.why), 409
    banner(said)
    return _back(here, ref)


def _back(here: Here, ref: str) -> Response:
    return redirect(addresses.case_url(here.space.slug, ref), 303)


def _again(here: Here, ref: str, *, reply: str | None = None, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    """Show the case once more, with what was typed and wrong; `reply` is what can be sent as one, in place of a draft."""
    head = head_of(here, ref, place=addresses.reply_place(ref))
    form = ReplyForm(formdata=None, body=reply or head.draft_body)
    return show_case(here, head, form=form, version=head.draft_version, **more)
