"""Making a duty, saying what it is, ending it."""

from datetime import date

from flask import redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.time import today
from forum.people.models import Department
from forum.people.queries import open_departments
from forum.roster.access import duty_for, why_not_change
from forum.roster.actions import duties
from forum.roster.actions.duty_words import DutyWords
from forum.roster.actions.rights import powers_with
from forum.roster.forms import DutyForm, EndForm
from forum.roster.models import Criticality, Duty, DutyKind, DutyLink
from forum.roster.views import Page, blueprint
from forum.roster.views.duties import show_duty, to_duty
from forum.roster.words import CRITICALITY_HINTS
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.turns import lay_out
from forum.web.words import _


@blueprint.get("/new")
@needs(Can.KEEP_ROSTER)
def new_duty(here: Here) -> Page:
    """Show the form for a duty; for a department's seat when one comes from there."""
    department = request.args.get("department", "")
    kind = DutyKind.SEAT if department else DutyKind.TASK
    first_day = today(here.space.zone)
    return _page(here, _form(first_day=first_day, kind=kind.value, department=department, formdata=None))


@blueprint.post("/new")
@needs(Can.KEEP_ROSTER)
def make_duty(here: Here) -> Page:
    """Make a duty that is nobody's yet."""
    form = _form()
    if form.validate_on_submit():
        try:
            words = _words(form)
            with transaction():
                made = duties.make(here, words, once=form.once.data)
            ref = db.session.get_one(Item, made.id).ref
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            return _page(here, form), 409
        else:
            banner(_("The duty is made. It is vacant: ask somebody to take it on."))
            if made.kind is DutyKind.ACCOUNT:
                return redirect(url_for("roster.account", slug=here.space.slug, ref=ref), 303)
            return redirect(url_for("roster.duty", slug=here.space.slug, ref=ref, _anchor="ask"), 303)
    return _page(here, form), 422


@blueprint.get("/duties/<ref>/edit")
@needs(Can.SEE_ROSTER)
def edit_duty(here: Here, ref: str) -> Page:
    """Show the form with what the duty says."""
    row, item = duty_for(here, ref)
    _require_change(here, row)
    links = db.session.scalars(db.select(DutyLink).where(DutyLink.duty_id == row.id).order_by(DutyLink.place))
    form = _form(
        formdata=None,
        version=str(item.version),
        title=item.title,
        kind=row.kind.value,
        department=str(row.department_id or ""),
        what=row.what,
        why=row.why,
        often=row.often,
        criticality=row.criticality.value,
        engagement=row.engagement.value if row.engagement else "",
        first_day=row.first_day,
        last_day=row.last_day,
        is_strict=row.is_strict,
        powers=[power.value for power in powers_with(row.id)],
        note=row.note_source,
        links="\n".join(f"{link.label} {link.url}" if link.label != link.url else link.url for link in links),
    )
    return _page(here, form, row=row, item=item)


@blueprint.post("/duties/<ref>/edit")
@needs(Can.SEE_ROSTER)
def change_duty(here: Here, ref: str) -> Page:
    """Let the duty say something else."""
    row, item = duty_for(here, ref)
    _require_change(here, row)
    form = _form()
    if form.validate_on_submit():
        try:
            words = _words(form)
            typed = form.version.data or ""
            version = int(typed) if typed.isdecimal() else 0
            with transaction():
                duties.change(here, row, words, version=version)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            form.version.data = str(db.session.get_one(Item, row.id, populate_existing=True).version)
            return _page(here, form, row=row, item=item), 409
        else:
            banner(_("The duty is saved."))
            return to_duty(here, ref)
    return _page(here, form, row=row, item=item), 422


@blueprint.post("/duties/<ref>/end")
@needs(Can.KEEP_ROSTER)
def end_duty(here: Here, ref: str) -> Page:
    """End the duty from a day on."""
    row, item = duty_for(here, ref)
    form = EndForm(prefix="end")
    if form.validate_on_submit():
        try:
            with transaction():
                duties.end(here, row, on=form.on.data, reason=form.reason.data or "")
        except Invalid as problem:
            form.add_problems(problem)
        else:
            undo = url_for("roster.take_up_duty", slug=here.space.slug, ref=ref)
            banner(
                _("The duty has an end. What was promised for later is over, and whoever promised it is told."),
                undo=undo,
            )
            return to_duty(here, ref)
    return show_duty(here, row, item, ending=form), 422


@blueprint.post("/duties/<ref>/take-up")
@needs(Can.KEEP_ROSTER)
def take_up_duty(here: Here, ref: str) -> Page:
    """Let the duty be there again."""
    row, _item = duty_for(here, ref)
    with transaction():
        is_all = duties.take_up_again(here, row)
    if is_all:
        banner(_("The duty is there again, and whoever has it is told."))
    else:
        banner(
            _("The duty is there again, and whoever has it is told. Not all covers that had ended are back."),
            kind="care",
        )
    return to_duty(here, ref)


def _require_change(here: Here, row: Duty) -> None:
    why = why_not_change(here, is_holder=duties.is_holder(row.id, here))
    if why:
        raise Denied(why)


def _form(**values: object) -> DutyForm:
    form = DutyForm(**values)
    form.offer(open_departments())
    return form


def _words(form: DutyForm) -> DutyWords:
    """Return what was typed; the handover note laid out. Raises Invalid for `note`."""
    chosen = form.department.data
    note = (form.note.data or "").strip()
    return DutyWords(
        title=form.title.data or "",
        kind=DutyKind(form.kind.data),
        department=db.session.get(Department, int(chosen)) if chosen else None,
        what=form.what.data or "",
        why=form.why.data or "",
        often=form.often.data or "",
        criticality=Criticality(form.criticality.data),
        engagement=form.engaged,
        first_day=form.first_day.data or date.max,
        last_day=form.last_day.data,
        is_strict=bool(form.is_strict.data),
        powers=[Can(power) for power in form.powers.data or ()],
        links=form.pairs,
        note=lay_out(note, name="note") if note else None,
    )


def _page(here: Here, form: DutyForm, *, row: Duty | None = None, item: Item | None = None) -> str:
    slug = here.space.slug
    return render_template(
        "roster/write.html",
        form=form,
        duty=row,
        item=item,
        hints=CRITICALITY_HINTS,
        action=url_for("roster.change_duty", slug=slug, ref=item.ref)
        if item
        else url_for("roster.make_duty", slug=slug),
        back=request.path if item is None else url_for("roster.duty", slug=slug, ref=item.ref),
    )
