"""One date: changed, cancelled, and brought back."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken
from forum.meetups.access import occurrence_for, require_change
from forum.meetups.actions import changing, pausing
from forum.meetups.forms import DateForm, ReasonForm, date_form_of
from forum.meetups.holidays import Warned, warned_of
from forum.meetups.models import Occurrence, Series
from forum.meetups.views import Page, blueprint
from forum.meetups.views.pages import show_date
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/<int:key>/change")
@needs(Can.SEE_MEETUPS)
def change(here: Here, ref: str, key: int) -> Page:
    """Show the form of one date."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    return _show(date_form_of(one, series, title=item.title), one, series, item)


@blueprint.post("/<ref>/<int:key>/change")
@needs(Can.SEE_MEETUPS)
def save(here: Here, ref: str, key: int) -> Page:
    """Change one date, and tell those who come to it."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    form, status = DateForm(), 422
    try:
        if form.validate_on_submit():
            moves_to = {form.start.date()} - {one.local_start.date()}
            if warned := warned_of(moves_to, one.zone, knowing=request.form.get("knowing", "")):
                return _show(form, one, series, item, warned=warned), 409
            with transaction():
                changing.change_one(here, series.id, one.id, form.change(one.zone))
            banner(_("Changed. Those who come are told."))
            return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _show(form, one, series, item), status


@blueprint.post("/<ref>/<int:key>/cancel")
@needs(Can.SEE_MEETUPS)
def cancel(here: Here, ref: str, key: int) -> Page:
    """Cancel one date, with the reason that those who come are told."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    form, status = ReasonForm(), 422
    try:
        if form.validate_on_submit():
            if "following" in request.form and series.comes_back:
                require_change(here, series, item)
                return _cancel_from(here, one, series, ref, reason=form.reason.data or "")
            with transaction():
                changing.cancel_one(here, series.id, one.id, reason=form.reason.data or "")
            banner(
                _("Cancelled. Those who wanted to come are told."),
                undo=url_for("meetups.restore", slug=here.space.slug, ref=ref, key=key),
            )
            return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.reason.errors = [broken.why]
        status = 409
    return show_date(here, one, series, item, reason=form), status


def _cancel_from(here: Here, one: Occurrence, series: Series, ref: str, *, reason: str) -> Page:
    """Cancel a date and all after it."""
    with transaction():
        pausing.end(here, series.id, reason=reason, from_id=one.id)
    undo = url_for("meetups.take_back_end", slug=here.space.slug, ref=ref)
    banner(_("Cancelled, with all after it. Those who wanted to come are told."), undo=undo)
    return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/<ref>/<int:key>/restore")
@needs(Can.SEE_MEETUPS)
def restore(here: Here, ref: str, key: int) -> Response:
    """Let a cancelled date take place after all."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    with transaction():
        changing.restore_one(here, series.id, one.id)
    banner(_("It takes place after all. Those who wanted to come are told."))
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key), 303)


def _show(form: DateForm, one: Occurrence, series: Series, item: Item, *, warned: Warned | None = None) -> str:
    return render_template(
        "meetups/change.html",
        form=form,
        one=one,
        series=series,
        item=item,
        warned=warned,
        is_doubled=form.is_doubled_in(one.zone),
    )
