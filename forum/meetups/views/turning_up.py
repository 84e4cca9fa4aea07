"""Saying whether one comes: to one date, or every time."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.meetups.access import occurrence_for, series_for
from forum.meetups.actions import turning_up
from forum.meetups.forms import AlwaysForm
from forum.meetups.models import Answer, Mode
from forum.meetups.views import Page, blueprint
from forum.meetups.views.pages import show_series
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/<int:key>/answer")
@needs(Can.TURN_UP)
def answer(here: Here, ref: str, key: int) -> Page:
    """Say that one might come to a date, or can't."""
    occurrence_for(here, ref, key)
    said = request.form.get("answer", "")
    if said not in {Answer.MAYBE.value, Answer.NO.value}:
        raise Invalid({"answer": [_("Choose one of the list.")]})
    return _answer(here, ref, key, answer=Answer(said), mode=Mode.ROOM)


@blueprint.post("/<ref>/<int:key>/come")
@needs(Can.TURN_UP)
def come(here: Here, ref: str, key: int) -> Page:
    """Come to one date, in the room or online."""
    occurrence_for(here, ref, key)
    mode = request.form.get("mode", Mode.ROOM.value)
    if mode not in tuple(Mode):
        raise Invalid({"mode": [_("Choose how you take part.")]})
    return _answer(here, ref, key, answer=Answer.GOING, mode=Mode(mode))


@blueprint.post("/<ref>/always")
@needs(Can.TURN_UP)
def always(here: Here, ref: str) -> Page:
    """Come every time, until one says no or until a day."""
    series, item = series_for(here, ref)
    form = AlwaysForm()
    if form.mode.data not in tuple(Mode):
        form.mode.data = Mode.ROOM.value
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                turning_up.come_always(here, series.id, mode=Mode(form.mode.data), until_day=form.until_day.data)
            banner(_("You come every time, until you say no."))
            return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    return show_series(here, series, item, always=form), 422


@blueprint.post("/<ref>/never")
@needs(Can.SEE_MEETUPS)
def never(here: Here, ref: str) -> Response:
    """End one's standing RSVP."""
    series, _item = series_for(here, ref)
    with limits.counting(here, limits.Kind.PRESS), transaction():
        turning_up.come_no_more(here, series.id)
    banner(_("You come no more by yourself. What you answered for single days stays."))
    return redirect(url_for("meetups.series", slug=here.space.slug, ref=ref), 303)


def _answer(here: Here, ref: str, key: int, *, answer: Answer, mode: Mode) -> Response:
    one, series, _item = occurrence_for(here, ref, key)
    with limits.counting(here, limits.Kind.PRESS), transaction():
        rsvp = turning_up.say(here, series.id, one.id, answer=answer, mode=mode)
    banner(said_by(rsvp.status))
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key), 303)


def said_by(status: Answer) -> str:
    """Say what became of an answer."""
    return {
        Answer.GOING: _("You have a seat."),
        Answer.WAITING: _("All seats are taken. You are on the waiting list, and hear by mail when one comes free."),
        Answer.MAYBE: _("You might come. You hear of changes."),
        Answer.NO: _("Noted: you can’t come on this day."),
    }[status]
