"""All dates of a meetup from one on: changed, in a pause, and at an end."""

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import now
from forum.meetups.access import occurrence_for, require_change, series_for
from forum.meetups.actions import pausing, rescheduling
from forum.meetups.forms import MeetupForm, PauseForm, ReasonForm, form_of
from forum.meetups.holidays import Warned
from forum.meetups.models import Occurrence, Series
from forum.meetups.queries.one import first_to_come
from forum.meetups.views import Page, blueprint
from forum.meetups.views.pages import show_series
from forum.meetups.views.planning import is_right, offered, previewed, show_form, text_of, warned_once
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get("/<ref>/change")
@needs(Can.SEE_MEETUPS)
def change_series(here: Here, ref: str) -> Page:
    """Show the form of all dates from the next one on, or from the one that the address names."""
    series, item, first = _from(here, ref, request.args.get("first", type=int))
    form = form_of(series, rescheduling.plan_from(series, first), title=item.title)
    return _show(here, form, series, item, first)


@blueprint.post("/<ref>/change")
@needs(Can.SEE_MEETUPS)
def save_series(here: Here, ref: str) -> Page:
    """Change all dates from one on, and tell those who come to any of them; or show the dates first."""
    series, item, first = _from(here, ref, request.form.get("first", type=int))
    form, status = offered(here, MeetupForm(), zone=series.zone), 422
    try:
        if is_right(form, may_be_past=True):
            before = rescheduling.plan_from(series, first)
            is_same = form.plan == before
            if "preview" in request.form:
                dates = previewed(form.plan, may_be_past=is_same)
                return show_form(here, form, dates=dates, series=series, item=item, begins=first.id)
            if warned := warned_once(form.plan, before=before.start.date()):
                return _show(here, form, series, item, first, warned=warned), 409
            details = replace(form.details(before=series.confirmed_on), about=text_of(here.space, form))
            with transaction():
                _series, onward = rescheduling.reschedule(here, series.id, first.id, plan=form.plan, details=details)
            banner(_("Changed. Those who come are told."))
            return redirect(url_for("meetups.series", slug=here.space.slug, ref=onward.ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _show(here, form, series, item, first), status


@blueprint.post("/<ref>/pause")
@needs(Can.SEE_MEETUPS)
def pause(here: Here, ref: str) -> Page:
    """Let the series rest, until a day or until somebody lets it go on."""
    series, item = _changeable(here, ref)
    form = PauseForm()
    try:
        if form.validate_on_submit():
            with transaction():
                pausing.pause(here, series.id, until_day=form.resume_on.data)
            banner(
                _("Paused. Those who come are told."),
                undo=url_for("meetups.go_on", slug=here.space.slug, ref=ref),
            )
            return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return show_series(here, series, item, pause=form), 422


@blueprint.post("/<ref>/go-on")
@needs(Can.SEE_MEETUPS)
def go_on(here: Here, ref: str) -> Response:
    """End a pause."""
    series, _item = _changeable(here, ref)
    with transaction():
        pausing.go_on(here, series.id)
    banner(_("It goes on. Those who come are told."))
    return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)


@blueprint.post("/<ref>/end")
@needs(Can.SEE_MEETUPS)
def end(here: Here, ref: str) -> Page:
    """Cancel all dates to come."""
    series, item = _changeable(here, ref)
    form = ReasonForm()
    try:
        if form.validate_on_submit():
            with transaction():
                pausing.end(here, series.id, reason=form.reason.data or "")
            undo = url_for("meetups.take_back_end", slug=here.space.slug, ref=ref)
            banner(_("No more of these take place. Those who wanted to come are told."), undo=undo)
            return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return show_series(here, series, item, reason=form), 422


@blueprint.post("/<ref>/end/undo")
@needs(Can.SEE_MEETUPS)
def take_back_end(here: Here, ref: str) -> Page:
    """Let a series go on that was ended by mistake."""
    series, item = _changeable(here, ref)
    try:
        with transaction():
            pausing.take_back_end(here, series.id)
    except RuleBroken as broken:
        form = ReasonForm()
        form.reason.errors = [broken.why]
        return show_series(here, series, item, reason=form), 409
    banner(_("It goes on after all. Those who wanted to come are told."))
    return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)


def _changeable(here: Here, ref: str) -> tuple[Series, Item]:
    series, item = series_for(here, ref)
    require_change(here, series, item)
    return series, item


def _from(here: Here, ref: str, key: int | None) -> tuple[Series, Item, Occurrence]:
    """Return a meetup and the date from which on it is changed: the named one, or the next one. Raises Missing, Denied, RuleBroken."""
    series, item = _changeable(here, ref)
    if key is not None:
        if key < 0:
            raise Missing
        return series, item, occurrence_for(here, ref, key)[0]
    first = first_to_come(series, at=now())
    if first is None:
        raise RuleBroken(_("No date is to come that could be changed. Plan a new meetup instead."))
    return series, item, first


def _show(
    here: Here, form: MeetupForm, series: Series, item: Item, first: Occurrence, *, warned: Warned | None = None
) -> str:
    earliest = first_to_come(series, at=now())
    is_all = earliest is not None and earliest.id == first.id
    return show_form(here, form, series=series, item=item, begins=first.id, is_all=is_all, warned=warned)
