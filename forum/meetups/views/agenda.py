"""The agenda of a date: proposing, putting in order, taking out, leaving for the next time."""

import re

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.meetups.access import occurrence_for
from forum.meetups.day.access import leads
from forum.meetups.day.actions import agenda
from forum.meetups.day.actions.agenda import Proposal, carried_for
from forum.meetups.day.forms import AgendaForm, TakeOutForm, key_of
from forum.meetups.day.models import AgendaItem
from forum.meetups.day.page import DayForms
from forum.meetups.models import Occurrence, Series
from forum.meetups.queries.lists import Listed, upcoming
from forum.meetups.queries.one import members_of
from forum.meetups.views import Page, blueprint
from forum.meetups.views.pages import show_date
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _

REF = re.compile(r"[A-Za-z0-9]{8,12}", re.ASCII)
NEXT = 8


@blueprint.post("/<ref>/<int:key>/agenda")
@needs(Can.WRITE_POST)
def propose(here: Here, ref: str, key: int) -> Page:
    """Put something on the agenda of a date."""
    one, series, item = occurrence_for(here, ref, key)
    form, status = AgendaForm(), 422
    form.offer(members_of(here.space) if leads(here, series, item, one) else [], own=here.actor.id)
    try:
        if form.validate_on_submit():
            return _propose(here, form, one, series, item)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return show_date(here, one, series, item, forms=DayForms(agenda=form)), status


@blueprint.get("/put-on/<item_ref>")
@needs(Can.WRITE_POST)
def put_on(here: Here, item_ref: str) -> Page:
    """Show the dates to come, to put a thread or something else on the agenda of one."""
    carried = carried_for(here, item_ref)
    if carried is None:
        raise Missing
    form = AgendaForm(formdata=None, title=carried.title)
    return _show_put_on(here, carried, form)


@blueprint.post("/put-on/<item_ref>")
@needs(Can.WRITE_POST)
def put_on_done(here: Here, item_ref: str) -> Page:
    """Put it there."""
    carried = carried_for(here, item_ref)
    if carried is None:
        raise Missing
    form, status = AgendaForm(), 422
    try:
        if form.validate_on_submit():
            chosen = _chosen(here, request.form.get("date"))
            one, series, item = occurrence_for(here, chosen.ref, chosen.one.id)
            return _propose(here, form, one, series, item, carried=carried)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _show_put_on(here, carried, form), status


def _chosen(here: Here, typed: str | None) -> Listed:
    key = key_of(typed)
    found = next((listed for listed in upcoming(here, size=NEXT) if listed.one.id == key), None)
    if found is None:
        raise Invalid({"date": [_("Choose one of the dates.")]})
    return found


def _show_put_on(here: Here, carried: Item, form: AgendaForm) -> str:
    dates = [one for one in upcoming(here, size=NEXT) if one.one.is_planned]
    chosen = request.form.get("date") or (str(dates[0].one.id) if dates else "")
    return render_template("meetups/put_on.html", carried=carried, form=form, dates=dates, chosen=chosen)


def _propose(
    here: Here, form: AgendaForm, one: Occurrence, series: Series, item: Item, *, carried: Item | None = None
) -> Response:
    carried = carried or _carried(here, form)
    proposal = Proposal(
        title=form.title.data or "",
        note=form.note.data or "",
        minutes=form.minutes.data,
        brought_by_id=key_of(form.brought_by.data),
        carried=carried,
    )
    with limits.counting(here, limits.Kind.POST), transaction():
        agenda.propose(here, series.id, one.id, proposal, once=form.once.data)
    banner(_("It is on the agenda."))
    return _to_agenda(here, item.ref, one.id)


def _carried(here: Here, form: AgendaForm) -> Item | None:
    """Return what an address leads to in this space. Raises Invalid for `carried`: whatever isn't there, or isn't everybody's."""
    typed = form.carried.data or ""
    if not typed:
        return None
    for part in REF.findall(typed.partition("?")[0].partition("#")[0])[::-1]:
        found = carried_for(here, part)
        if found is not None:
            return found
    raise Invalid(
        {"carried": [_("That leads to nothing that every member of this space can see. Copy the address of its page.")]}
    )


@blueprint.post("/<ref>/<int:key>/agenda/<int:agenda_id>/move")
@needs(Can.SEE_MEETUPS)
def move_on_agenda(here: Here, ref: str, key: int, agenda_id: int) -> Response:
    """Let something change places with what stands before it (`up`) or after it."""
    one, series, _item = occurrence_for(here, ref, key)
    _point_of(one, agenda_id)
    with transaction():
        agenda.move(here, series.id, one.id, agenda_id, up=request.form.get("up") == "1")
    return _to_agenda(here, ref, key, anchor=f"agenda-{agenda_id}")


@blueprint.get("/<ref>/<int:key>/agenda/<int:agenda_id>/take-out")
@needs(Can.SEE_MEETUPS)
def taking_out(here: Here, ref: str, key: int, agenda_id: int) -> Page:
    """Ask why something goes off the agenda."""
    one, series, item = occurrence_for(here, ref, key)
    row = _point_of(one, agenda_id)
    return _show_taking_out(here, TakeOutForm(formdata=None), row, one, item, leads=leads(here, series, item, one))


@blueprint.post("/<ref>/<int:key>/agenda/<int:agenda_id>/take-out")
@needs(Can.SEE_MEETUPS)
def take_out(here: Here, ref: str, key: int, agenda_id: int) -> Page:
    """Take something off the agenda. Whose it is hears why."""
    one, series, item = occurrence_for(here, ref, key)
    row, form = _point_of(one, agenda_id), TakeOutForm()
    try:
        if form.validate_on_submit():
            with transaction():
                agenda.take_out(here, series.id, one.id, agenda_id, reason=form.reason.data or "")
            undo = url_for("meetups.put_back", slug=here.space.slug, ref=ref, key=key, agenda_id=agenda_id)
            banner(_("It is off the agenda."), undo=undo)
            return _to_agenda(here, ref, key)
    except Invalid as problem:
        form.add_problems(problem)
    return _show_taking_out(here, form, row, one, item, leads=leads(here, series, item, one)), 422


@blueprint.post("/<ref>/<int:key>/agenda/<int:agenda_id>/put-back")
@needs(Can.WRITE_POST)
def put_back(here: Here, ref: str, key: int, agenda_id: int) -> Response:
    """Undo it."""
    one, series, _item = occurrence_for(here, ref, key)
    _point_of(one, agenda_id)
    with transaction():
        agenda.put_back(here, series.id, one.id, agenda_id)
    banner(_("It is on the agenda again, at the end."))
    return _to_agenda(here, ref, key)


@blueprint.post("/<ref>/<int:key>/agenda/<int:agenda_id>/put-off")
@needs(Can.SEE_MEETUPS)
def put_off(here: Here, ref: str, key: int, agenda_id: int) -> Response:
    """Leave something for the next date of the series."""
    one, series, _item = occurrence_for(here, ref, key)
    _point_of(one, agenda_id)
    with transaction():
        following = agenda.put_off(here, series.id, one.id, agenda_id)
    banner(_("It is on the agenda of the next time."))
    return _to_agenda(here, ref, following.id)


def _show_taking_out(
    here: Here, form: TakeOutForm, row: AgendaItem, one: Occurrence, item: Item, *, leads: bool
) -> str:
    is_own = row.brought_by_id == here.actor.id
    if not leads and not (is_own and here.may(Can.WRITE_POST)):
        raise Denied(_("Only who brought it, the host and the organisers can take it off the agenda."))
    return render_template("meetups/take_out.html", form=form, row=row, one=one, item=item, is_own=is_own)


def _point_of(one: Occurrence, agenda_id: int) -> AgendaItem:
    row = db.session.get(AgendaItem, agenda_id) if agenda_id < 2**31 else None
    if row is None or row.occurrence_id != one.id:
        raise Missing
    return row


def _to_agenda(here: Here, ref: str, key: int, *, anchor: str = "agenda") -> Response:
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key, _anchor=anchor), 303)
