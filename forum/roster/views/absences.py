"""One's own absences: saying that one is away, what breaks, correcting it, coming back."""

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.halves import Span, half_of
from forum.core.time import today
from forum.people.models import Person
from forum.people.sessions import me
from forum.roster.actions import absences, asking
from forum.roster.away_forms import AbsenceForm, AskForm
from forum.roster.counting import Breaking, what_breaks
from forum.roster.models import Absence, Seen
from forum.roster.queries.away import absences_of, span_taken, was_undone
from forum.roster.queries.balance import balance_of
from forum.roster.tellers.common import days_of
from forum.roster.views import Page
from forum.roster.views import away as blueprint
from forum.roster.who import Why
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.words import _, _n

NUMBER = "int(max=2147483647)"


@blueprint.get("/me/away")
@signed_in
def index() -> Page:
    """List one's absences."""
    person = me()
    return render_template(
        "roster/absences.html",
        found=absences_of(person),
        balance=balance_of(person),
        days_of=days_of,
        span_taken=span_taken,
        seen=Seen,
    )


@blueprint.get("/me/away/new")
@signed_in
def new_absence() -> Page:
    """Show the form."""
    day = today(me().zone)
    form = AbsenceForm(formdata=None, first=day, last=day)
    return _page(form)


@blueprint.post("/me/away/new")
@signed_in
def file_absence() -> Page:
    """Show what breaks, and once that was shown, save it and ask for cover."""
    form, person = AbsenceForm(), me()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        absences.look_at(person, form.span, actor=person, once=form.once.data)
        breaking = what_breaks(person, form.span, actor=person, chosen=request.form)
        if "save" not in request.form or form.looked.data != form.days:
            return _looked(form, breaking)
        with transaction():
            absence = asking.file_and_ask(
                person,
                form.span,
                breaking.wishes() if request.form["save"] == "ask" else (),
                seen=Seen(form.seen.data),
                once=form.once.data,
            )
    except Invalid as problem:
        form.add_problems(problem)
        return _page(form), 422
    except (RuleBroken, Denied) as broken:
        form.form_errors.append(broken.why)
        return _page(form), 409
    banner(_("It is saved that you are away."))
    return _to(absence)


def _looked(form: AbsenceForm, breaking: Breaking) -> str:
    """Show what breaks on the days that were chosen, to be decided on."""
    is_other = bool(form.looked.data) and form.looked.data != form.days
    form.looked.data = form.days
    return _page(form, breaking=breaking, is_other=is_other)


@blueprint.get(f"/me/away/<{NUMBER}:absence_id>")
@signed_in
def absence(absence_id: int) -> Page:
    """Show one absence: what breaks, who covers, what can be asked for."""
    return _show(own_absence(absence_id))


@blueprint.post(f"/me/away/<{NUMBER}:absence_id>/ask")
@signed_in
def ask(absence_id: int) -> Page:
    """Ask for cover of what was chosen."""
    found, person = own_absence(absence_id), me()
    breaking = what_breaks(person, found.span, actor=person, chosen=request.form)
    try:
        with transaction():
            made = asking.ask_for(person, found, breaking.wishes())
    except (RuleBroken, Denied) as broken:
        return _show(found, problem=broken.why), 409
    if made:
        banner(_n("Cover is asked for once.", "Cover is asked for %(num)d times.", len(made)))
    else:
        banner(_("There is nothing more to ask for."), kind="info")
    return _to(found)


@blueprint.get(f"/me/away/<{NUMBER}:absence_id>/edit")
@signed_in
def edit_absence(absence_id: int) -> Page:
    """Show the form with what was said."""
    found = own_absence(absence_id)
    form = AbsenceForm(formdata=None, seen=found.seen.value, version=str(found.version))
    form.show(found.span)
    return _page(form, absence=found)


@blueprint.post(f"/me/away/<{NUMBER}:absence_id>/edit")
@signed_in
def change_absence(absence_id: int) -> Page:
    """Correct it: other days, or who sees it."""
    found, form = own_absence(absence_id), AbsenceForm()
    if not form.validate_on_submit():
        return _page(form, absence=found), 422
    typed = form.version.data or ""
    try:
        with transaction():
            absences.change(
                me(),
                found,
                form.span,
                seen=Seen(form.seen.data),
                version=int(typed) if typed.isdecimal() else 0,
            )
    except Invalid as problem:
        form.add_problems(problem)
        return _page(form, absence=found), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        form.version.data = str(own_absence(absence_id).version)
        return _page(form, absence=found), 409
    banner(_("It is saved. Cover and rights follow."))
    return _to(found)


@blueprint.post(f"/me/away/<{NUMBER}:absence_id>/back")
@signed_in
def come_back(absence_id: int) -> Page:
    """Be back, or take back an absence that hasn't begun."""
    found, person = own_absence(absence_id), me()
    with transaction():
        absences.come_back(person, found)
    undo = url_for("away.away_after_all", absence_id=found.id)
    if was_undone(found, person.zone):
        banner(_("The absence is taken back."), undo=undo)
        return redirect(url_for("away.index"), 303)
    banner(_("Welcome back. What was covered for you is yours again."), undo=undo)
    return redirect(url_for("away.brief", absence_id=found.id), 303)


@blueprint.post(f"/me/away/<{NUMBER}:absence_id>/away")
@signed_in
def away_after_all(absence_id: int) -> Page:
    """Take that back."""
    found = own_absence(absence_id)
    try:
        with transaction():
            is_all = absences.away_after_all(me(), found)
    except RuleBroken as broken:
        banner(broken.why, kind="care")
        return redirect(url_for("away.index"), 303)
    if is_all:
        banner(_("You are away again, and what was covered or asked for is as before."))
    else:
        banner(_("You are away again. Not all cover that had ended is back: ask for it here."), kind="care")
    return _to(found)


def own_absence(absence_id: int) -> Absence:
    """Load an absence of one's own. Raises Missing for anybody else's."""
    found = db.session.get(Absence, absence_id, populate_existing=True)
    if found is None or found.person_id != me().id:
        raise Missing
    return found


def _to(found: Absence) -> Page:
    return redirect(url_for("away.absence", absence_id=found.id), 303)


def _page(
    form: AbsenceForm, *, absence: Absence | None = None, breaking: Breaking | None = None, is_other: bool = False
) -> str:
    action = url_for("away.change_absence", absence_id=absence.id) if absence else url_for("away.file_absence")
    return render_template(
        "roster/absence_write.html",
        form=form,
        absence=absence,
        breaking=breaking,
        is_other=is_other,
        action=action,
        days_of=days_of,
    )


def _show(found: Absence, *, problem: str = "") -> str:
    person = me()
    span = _ahead(found, person)
    breaking = what_breaks(person, span, actor=person) if span else None
    return render_template(
        "roster/absence.html",
        absence=found,
        by=None if found.filed_by_id == person.id else db.session.get(Person, found.filed_by_id),
        breaking=breaking,
        is_covered=breaking is not None and any(run.why is Why.COVER for one in breaking.duties for run in one.runs),
        undone=was_undone(found, person.zone),
        ask=AskForm(formdata=None),
        problem=problem,
        days_of=days_of,
        has_begun=found.span.first <= half_of(today(person.zone), 1),
        seen=Seen,
    )


def _ahead(found: Absence, person: Person) -> Span | None:
    """Return what is left of an absence, None when it is over."""
    if found.returned_at is not None:
        return None
    start = half_of(today(person.zone))
    return found.span.within(Span(start, max(start, found.span.last)))
