"""Swaps of covers: offered to one colleague, and answered."""

from flask import redirect, request, url_for

from forum.core.db import transaction
from forum.core.errors import Missing, RuleBroken
from forum.roster.access import cover_swap_for, request_for
from forum.roster.actions import swapping
from forum.roster.actions.covering import Warned
from forum.roster.models import CoverSwap
from forum.roster.queries.swaps import to_swap_for
from forum.roster.turn_forms import CoverSwapForm
from forum.roster.views import Page, blueprint
from forum.roster.views.cover import show_covers, show_request
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/cover/<ref>/swap")
@needs(Can.TAKE_DUTY)
def ask_cover_swap(here: Here, ref: str) -> Page:
    """Ask a colleague to swap this cover of one's own for one of theirs."""
    mine = request_for(here, ref)
    if mine.accepted_by_id != here.actor.id:
        raise Missing
    form, lines = CoverSwapForm(prefix="swap"), to_swap_for(here, mine)
    form.offer(lines)
    chosen = next((line for line in lines if line.request.ref == form.theirs.data), None)
    if not form.validate_on_submit() or chosen is None:
        form.theirs.errors = form.theirs.errors or [_("Choose a colleague’s cover.")]
        return show_request(here, mine, swap=form), 422
    try:
        with transaction():
            made = swapping.ask(here, mine, chosen.request, knowing="knowing" in request.form)
    except Warned as warned:
        return show_request(here, mine, swap=form, swap_warning=warned.why), 409
    except RuleBroken as broken:
        return show_request(here, mine, swap=form, problem=broken.why), 409
    name = chosen.cover.name if chosen.cover else ""
    undo = url_for("roster.withdraw_cover_swap", slug=here.space.slug, swap_id=made.id)
    banner(_("%(name)s is asked. Until they agree, each covers what they promised.", name=name), undo=undo)
    return _to_covers(here)


@blueprint.post("/cover-swaps/<int:swap_id>/agree")
@needs(Can.TAKE_DUTY)
def agree_cover_swap(here: Here, swap_id: int) -> Page:
    """Swap covers with who asked."""
    swap = cover_swap_for(here, swap_id)
    try:
        with transaction():
            swapping.answer(here, swap, agrees=True, knowing="knowing" in request.form)
    except Warned as warned:
        return show_covers(here, warning=warned.why, warned_id=swap_id), 409
    except RuleBroken as broken:
        return show_covers(here, problem=broken.why), 409
    undo = url_for("roster.undo_cover_swap", slug=here.space.slug, swap_id=swap_id)
    banner(_("The covers are swapped. Whoever asked is told, and whoever is away."), undo=undo)
    return _to_covers(here)


@blueprint.post("/cover-swaps/<int:swap_id>/decline")
@needs(Can.TAKE_DUTY)
def decline_cover_swap(here: Here, swap_id: int) -> Page:
    """Keep one's cover."""
    swap = cover_swap_for(here, swap_id)
    return _do(here, swap, "decline", _("You keep your cover. Whoever asked is told."))


@blueprint.post("/cover-swaps/<int:swap_id>/withdraw")
@needs(Can.SEE_ROSTER)
def withdraw_cover_swap(here: Here, swap_id: int) -> Page:
    """Ask for it no longer."""
    return _do(here, cover_swap_for(here, swap_id), "withdraw", _("It isn’t asked for any more."))


@blueprint.post("/cover-swaps/<int:swap_id>/undo")
@needs(Can.TAKE_DUTY)
def undo_cover_swap(here: Here, swap_id: int) -> Page:
    """Take back that one agreed."""
    said = _("It is undone: each covers again what they promised. Whoever asked is told.")
    return _do(here, cover_swap_for(here, swap_id), "undo", said)


def _do(here: Here, swap: CoverSwap, what: str, said: str) -> Page:
    try:
        with transaction():
            if what == "decline":
                swapping.answer(here, swap, agrees=False)
            elif what == "withdraw":
                swapping.withdraw(here, swap)
            else:
                swapping.undo(here, swap)
    except RuleBroken as broken:
        return show_covers(here, problem=broken.why), 409
    banner(said)
    return _to_covers(here)


def _to_covers(here: Here) -> Page:
    return redirect(url_for("roster.cover", slug=here.space.slug), 303)
