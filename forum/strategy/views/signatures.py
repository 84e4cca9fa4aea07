"""Who signs: asked, reminded, and asked no longer."""

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import now
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.strategy.access import require_strategy, sheet_of
from forum.strategy.actions import asking
from forum.strategy.forms import AskForm
from forum.strategy.models import SignOff
from forum.strategy.queries import asked_before, signoffs_of
from forum.strategy.signatures import Standing, is_whole, shown_code, standing_of
from forum.strategy.views import Page, blueprint
from forum.strategy.views.pages import room_of
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/signatures")
@needs(Can.KEEP_STRATEGY)
def signatures(here: Here) -> Page:
    """Show who was asked to sign the latest version, how that stands, and the form that asks."""
    return _show(here, AskForm(formdata=None))


@blueprint.post("/signatures")
@needs(Can.KEEP_STRATEGY)
def ask(here: Here) -> Page:
    """Ask people to sign, in their order."""
    require_strategy(here)
    form, status = AskForm(), 422
    if form.validate_on_submit():
        try:
            with transaction():
                addresses = (form.addresses.data or "").splitlines()
                made = asking.ask(here, addresses, number=form.number.data or 0)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        else:
            banner(_said(made))
            return _back(here)
    return _show(here, form), status


@blueprint.post("/signatures/<int:signoff_id>/withdraw")
@needs(Can.KEEP_STRATEGY)
def withdraw(here: Here, signoff_id: int) -> Page:
    """Ask somebody no longer."""
    return _do(here, signoff_id, asking.withdraw, _("They are not asked any more."))


@blueprint.post("/signatures/<int:signoff_id>/remind")
@needs(Can.KEEP_STRATEGY)
def remind(here: Here, signoff_id: int) -> Page:
    """Write to somebody again."""
    return _do(here, signoff_id, asking.remind, _("They get a mail again."))


def _said(made: Sequence[SignOff]) -> str:
    """Say what happens now to whom was asked: nobody is written to while one before them hasn't signed, or has said no."""
    if not made:
        return _("All of them are asked already: nobody gets another mail.")
    if len(made) == 1:
        return (
            _("They get a mail with a link.")
            if made[0].sent_at
            else _("They get a mail with a link when all before have signed.")
        )
    if made[0].sent_at is None:
        return _("Each of them gets a mail with a link when all before them have signed.")
    return _("The first one gets a mail with a link. Each of the others is asked when those before have signed.")


def _do(here: Here, signoff_id: int, act: asking.Act, said: str) -> Page:
    if signoff_id >= 2**31:
        raise Missing
    try:
        with transaction():
            act(here, signoff_id)
    except RuleBroken as broken:
        form = AskForm(formdata=None)
        return _show(here, form, problem=broken.why), 409
    banner(said)
    return _back(here)


def _back(here: Here) -> Response:
    return redirect(url_for("strategy.signatures", slug=here.space.slug), 303)


def _show(here: Here, form: AskForm, *, problem: str = "") -> str:
    strategy, _item = require_strategy(here)
    sheet, at = sheet_of(here, strategy.version), now()
    whole = is_whole(sheet.version, strategy=sheet.item.uuid)
    asked = signoffs_of(strategy, strategy.version)
    rows = [(one, standing_of(one, strategy, at=at, is_whole=whole)) for one in asked]
    before = [] if rows else [(one, standing_of(one, strategy, at=at)) for one in asked_before(strategy)]
    form.number.data = form.number.data if form.errors else strategy.version
    return render_template(
        "strategy/signatures.html",
        form=form,
        sheet=sheet,
        rows=rows,
        before=before,
        problem=problem,
        is_whole=whole,
        Standing=Standing,
        shown_code=shown_code,
        room=room_of(sheet.content, signed=[]),
    )
