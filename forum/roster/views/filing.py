"""Noting that somebody is off today, who can't do it themselves (D6)."""

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import today
from forum.people.models import Person
from forum.roster.actions import absences, asking, slips
from forum.roster.away_forms import FilingForm
from forum.roster.counting import Breaking, what_breaks
from forum.roster.models import Absence
from forum.roster.queries.duties import members_by_name
from forum.roster.tellers.common import days_of
from forum.roster.views import Page, blueprint
from forum.roster.views.absences import NUMBER
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/off-today")
@needs(Can.KEEP_ROSTER)
def off_today(here: Here) -> Page:
    """Show the form."""
    day = today(here.space.zone)
    form = FilingForm(formdata=None, first=day, last=day)
    form.offer(_others(here))
    return _page(form)


@blueprint.post("/off-today")
@needs(Can.KEEP_ROSTER)
def note_off(here: Here) -> Page:
    """Show what breaks in this space, and once that was shown, save it and ask for cover."""
    form, people = FilingForm(), _others(here)
    form.offer(people)
    if not form.validate_on_submit():
        return _page(form), 422
    person = next(one for one in people if one.handle == form.person.data)
    try:
        absences.look_at(person, form.span, actor=here.actor, once=form.once.data)
        breaking = what_breaks(person, form.span, actor=here.actor, only=here, chosen=request.form)
        if "save" not in request.form or form.looked.data != _shown(form):
            is_other = bool(form.looked.data) and form.looked.data != _shown(form)
            form.looked.data = _shown(form)
            return _page(form, breaking=breaking, is_other=is_other)
        with transaction():
            made = asking.file_for_and_ask(
                here,
                person,
                form.span,
                breaking.wishes() if request.form["save"] == "ask" else (),
                once=form.once.data,
            )
    except Invalid as problem:
        form.add_problems(problem)
        return _page(form), 422
    except (RuleBroken, Denied) as broken:
        form.form_errors.append(broken.why)
        return _page(form), 409
    undo = url_for("roster.take_back_off", slug=here.space.slug, absence_id=made.id)
    banner(_("It is noted that %(name)s is away. They are told, and can correct it.", name=person.name), undo=undo)
    return redirect(url_for("roster.cover", slug=here.space.slug), 303)


@blueprint.post(f"/off-today/<{NUMBER}:absence_id>/take-back")
@needs(Can.KEEP_ROSTER)
def take_back_off(here: Here, absence_id: int) -> Page:
    """Take back what one noted for somebody by mistake."""
    found = db.session.get(Absence, absence_id)
    if found is None:
        raise Missing
    try:
        with transaction():
            slips.take_back(here, found)
    except RuleBroken as broken:
        banner(broken.why, kind="info")
    else:
        banner(_("It is taken back. They are told."))
    return redirect(url_for("roster.cover", slug=here.space.slug), 303)


def _shown(form: FilingForm) -> str:
    return f"{form.person.data}"[:10] + f"-{form.days}"


def _others(here: Here) -> list[Person]:
    return [person for person in members_by_name(here) if person.id != here.actor.id]


def _page(form: FilingForm, *, breaking: Breaking | None = None, is_other: bool = False) -> str:
    return render_template(
        "roster/off_today.html",
        form=form,
        breaking=breaking,
        is_other=is_other,
        filing=True,
        days_of=days_of,
    )
