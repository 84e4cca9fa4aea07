"""The passport of a duty: all that it went through, what happened, and rehearsals."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import now, today
from forum.notify import heads_up
from forum.roster.access import duty_for, why_not_change
from forum.roster.actions import noting, rehearsing
from forum.roster.actions.duties import is_holder
from forum.roster.models import Duty, Rehearsal
from forum.roster.passing_forms import DayForm, IncidentForm, MissingForm
from forum.roster.queries.handover import passport_of
from forum.roster.tellers.common import days_of
from forum.roster.views import Page, blueprint
from forum.roster.views.passing import require_giver
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _

A_DAY = timedelta(days=1)


@blueprint.get("/duties/<ref>/passport")
@needs(Can.SEE_ROSTER)
def passport(here: Here, ref: str) -> Page:
    """Show all that a duty went through."""
    row, item = duty_for(here, ref)
    heads_up.read_there(here.actor, path=request.path)
    return _passport(here, row, item)


def _passport(
    here: Here,
    row: Duty,
    item: Item,
    *,
    form: DayForm | None = None,
    missing: MissingForm | None = None,
    incident: IncidentForm | None = None,
    problem: str = "",
) -> str:
    return render_template(
        "roster/passport.html",
        duty=row,
        item=item,
        found=passport_of(row),
        days_of=days_of,
        may_ask=not why_not_change(here, is_holder=is_holder(row.id, here)) and not row.ended_on,
        form=form or DayForm(formdata=None, day=today(here.space.zone) + A_DAY),
        missing=missing or MissingForm(formdata=None),
        incident=incident or IncidentForm(formdata=None, prefix="incident", day=today(here.space.zone)),
        may_note=not noting.why_not_note(here, row, at=now()),
        today=today(here.space.zone),
        problem=problem,
    )


@blueprint.post("/duties/<ref>/rehearse")
@needs(Can.SEE_ROSTER)
def rehearse(here: Here, ref: str) -> Page:
    """Ask the deputy to run the duty for a day."""
    row, item = duty_for(here, ref)
    require_giver(here, row)
    form = DayForm()
    try:
        if not form.validate_on_submit():
            return _passport(here, row, item, form=form), 422
        with transaction():
            rehearsing.ask(here, row, day=form.day.data)
    except Invalid as problem:
        form.add_problems(problem)
        return _passport(here, row, item, form=form), 422
    except RuleBroken as broken:
        return _passport(here, row, item, form=form, problem=broken.why), 409
    banner(_("The deputy is asked."))
    return redirect(url_for("roster.passport", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/duties/<ref>/rehearsals/<int:rehearsal_id>/note")
@needs(Can.TAKE_DUTY)
def note_missing(here: Here, ref: str, rehearsal_id: int) -> Page:
    """Note what was missing."""
    row, item = duty_for(here, ref)
    found, form = db.session.get(Rehearsal, rehearsal_id), MissingForm()
    if found is None or found.duty_id != row.id:
        raise Missing
    try:
        if not form.validate_on_submit():
            return _passport(here, row, item, missing=form), 422
        with transaction():
            rehearsing.note(here, found, form.missing.data or "")
    except Invalid as problem:
        form.add_problems(problem)
        return _passport(here, row, item, missing=form), 422
    except RuleBroken as broken:
        return _passport(here, row, item, missing=form, problem=broken.why), 409
    banner(_("Thank you. It goes into the handover."))
    return redirect(url_for("roster.passport", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/duties/<ref>/incidents")
@needs(Can.SEE_ROSTER)
def note_incident(here: Here, ref: str) -> Page:
    """Note what happened."""
    row, item = duty_for(here, ref)
    if why := noting.why_not_note(here, row, at=now()):
        raise Denied(why)
    form = IncidentForm(prefix="incident")
    if not form.validate_on_submit():
        return _passport(here, row, item, incident=form), 422
    try:
        with transaction():
            noting.note_incident(here, row, form.words.data or "", day=form.day.data)
    except Invalid as problem:
        form.add_problems(problem)
        return _passport(here, row, item, incident=form), 422
    banner(_("Noted. It stays in the passport."))
    return redirect(url_for("roster.passport", slug=here.space.slug, ref=ref), 303)
