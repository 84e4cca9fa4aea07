"""Looking after a date poll: what it asks, its days, the choice, and calling it off."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.content import limits
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.meetups.forms import MeetupForm, ReasonForm
from forum.meetups.holidays import warned_of
from forum.meetups.models import Occurrence
from forum.meetups.polls import actions, deciding
from forum.meetups.polls.forms import DayForm, PollDetails, form_of, proposed
from forum.meetups.polls.models import DateOption, DatePoll
from forum.meetups.polls.queries import away_though_they_can, poll_for
from forum.meetups.polls.words import option_words
from forum.meetups.views import Page, blueprint
from forum.meetups.views.planning import is_right, previewed, show_form, text_of, warned_once
from forum.meetups.views.polls import show_poll
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _


@contextmanager
def counted(here: Here) -> Iterator[None]:
    """Count a press, and do in one transaction what is inside."""
    with limits.counting(here, limits.Kind.PRESS), transaction():
        yield


@blueprint.get("/polls/<ref>/change")
@needs(Can.SCHEDULE_MEETUP)
def change_poll(here: Here, ref: str) -> Page:
    """Show what a poll asks as a form."""
    found, item = poll_for(here, ref)
    return _change(form_of(found, item), item)


@blueprint.post("/polls/<ref>/change")
@needs(Can.SCHEDULE_MEETUP)
def save_poll(here: Here, ref: str) -> Page:
    """Change what a poll asks. No answer is lost."""
    found, item = poll_for(here, ref)
    form, status = PollDetails(), 422
    try:
        if form.validate_on_submit():
            asked = form.asked(found.zone, text_of(here.space, form))
            with counted(here):
                actions.change(here, found.id, asked)
            banner(_("Changed. All answers are still there."))
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _change(form, item), status


@blueprint.post("/polls/<ref>/days")
@needs(Can.SCHEDULE_MEETUP)
def add_day(here: Here, ref: str) -> Page:
    """Offer one more day."""
    found, item = poll_for(here, ref)
    form, status = DayForm(), 422
    try:
        if form.validate_on_submit() and form.day.data is not None:
            if warned := warned_of([form.day.data], found.zone, knowing=request.form.get("knowing", "")):
                return show_poll(here, found, item, day=form, warned=warned), 409
            with counted(here):
                actions.add_option(here, found.id, proposed(form.day.data, form.time.data))
            banner(_("Added. Nobody has answered for it yet; all other answers stay."))
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.day.errors = [broken.why]
        status = 409
    return show_poll(here, found, item, day=form), status


@blueprint.post("/polls/<ref>/days/<int:key>/remove")
@needs(Can.SCHEDULE_MEETUP)
def remove_day(here: Here, ref: str, key: int) -> Page:
    """Take a day away, with what was said of it."""
    found, item = poll_for(here, ref)
    try:
        with counted(here):
            actions.remove_option(here, found.id, key if key < 2**31 else 0)
    except RuleBroken as broken:
        return show_poll(here, *poll_for(here, ref), problem=broken.why), 409
    banner(_("Taken away. What was answered for the other days stays."))
    return _back(here, item.ref)


@blueprint.get("/polls/<ref>/decide/<int:key>")
@needs(Can.SCHEDULE_MEETUP)
def choose_day(here: Here, ref: str, key: int) -> Page:
    """Show the meetup as it would be planned on that day, or which date would move there."""
    found, item = poll_for(here, ref)
    if not found.is_open:
        return _back(here, ref)
    option = _option(found, key)
    if found.moves_id is not None:
        return _moving(here, found, item, option)
    form = MeetupForm(
        formdata=None,
        title=item.title,
        about=found.about,
        day=option.local_start.date(),
        time=option.local_start.time() if option.has_time else None,
        ends=_ends(found, option),
        zone=found.zone,
        place=found.place,
        link=found.link,
        host=str(here.actor.id) if here.is_member else "",
    )
    return _deciding(here, form, found, item, option, warned=warned_of([option.local_start.date()], found.zone))


@blueprint.post("/polls/<ref>/decide/<int:key>")
@needs(Can.SCHEDULE_MEETUP)
def decide(here: Here, ref: str, key: int) -> Page:
    """Choose the day: the meetup is planned, or its date moved, everybody has their seat, and all are told."""
    found, item = poll_for(here, ref)
    if found.moves_id is not None:
        return _move(here, found, item, key)
    form = MeetupForm()
    form.zone.data = found.zone
    option = _offered(found, key)
    try:
        if is_right(form):
            dates = previewed(form.plan) if "preview" in request.form else None
            warned = warned_once(form.plan) if dates is None else None
            if option is not None and (dates or warned):
                return _deciding(here, form, found, item, option, dates=dates, warned=warned), 409 if warned else 200
            details = replace(form.details(), about=text_of(here.space, form))
            with counted(here):
                one = deciding.decide(here, found.id, key if key < 2**31 else 0, plan=form.plan, details=details)
            return _decided(here, ref, one)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        return show_poll(here, *poll_for(here, ref), problem=broken.why), 409
    if option is None:
        return show_poll(here, found, item, problem=_("That day is no longer offered. Choose another one.")), 409
    return _deciding(here, form, found, item, option), 422


@blueprint.post("/polls/<ref>/remind")
@needs(Can.SCHEDULE_MEETUP)
def remind_poll(here: Here, ref: str) -> Page:
    """Ask those who have not answered once more."""
    found, item = poll_for(here, ref)
    try:
        with counted(here):
            actions.remind(here, found.id)
    except RuleBroken as broken:
        return show_poll(here, found, item, problem=broken.why), 409
    banner(_("Those who have not answered get a mail."))
    return _back(here, ref)


@blueprint.post("/polls/<ref>/cancel")
@needs(Can.SCHEDULE_MEETUP)
def cancel_poll(here: Here, ref: str) -> Page:
    """Call a poll off, and say why."""
    found, item = poll_for(here, ref)
    form, status = ReasonForm(), 422
    try:
        if form.validate_on_submit():
            with counted(here):
                actions.cancel(here, found.id, reason=form.reason.data or "")
            undo = url_for("meetups.reopen_poll", slug=here.space.slug, ref=ref)
            banner(_("Cancelled. Those who have answered are told."), undo=undo)
            return _back(here, ref)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.reason.errors = [broken.why]
        status = 409
    return show_poll(here, found, item, reason=form), status


@blueprint.post("/polls/<ref>/reopen")
@needs(Can.SCHEDULE_MEETUP)
def reopen_poll(here: Here, ref: str) -> Page:
    """Let a poll that was called off go on."""
    found, _item = poll_for(here, ref)
    try:
        with counted(here):
            actions.reopen(here, found.id)
    except RuleBroken as broken:
        return show_poll(here, *poll_for(here, ref), problem=broken.why), 409
    banner(_("The poll goes on, with all that was answered."))
    return _back(here, ref)


def _move(here: Here, found: DatePoll, item: Item, key: int) -> Page:
    try:
        with counted(here):
            one = deciding.move(here, found.id, key if key < 2**31 else 0)
    except Invalid as problem:
        said = " ".join(message for messages in problem.errors.values() for message in messages)
        return show_poll(here, *poll_for(here, item.ref), problem=said), 422
    except RuleBroken as broken:
        return show_poll(here, *poll_for(here, item.ref), problem=broken.why), 409
    return _decided(here, item.ref, one)


def _decided(here: Here, ref: str, one: Occurrence | None) -> Response:
    if one is None:
        return _back(here, ref)
    of = db.session.get_one(Item, one.series_id)
    banner(_("It is decided. Who can has a seat, and everybody is told."))
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=of.ref, key=one.id), 303)


def _deciding(here: Here, form: MeetupForm, found: DatePoll, item: Item, option: DateOption, **others: object) -> str:
    words = option_words(option, found, found.zone)
    away = away_though_they_can(here, found, option)
    decides = {"ref": item.ref, "key": option.id, "words": words, "title": item.title, "away": away}
    return show_form(here, form, decides=decides, **others)  # type: ignore[arg-type]  # dates


def _moving(here: Here, found: DatePoll, item: Item, option: DateOption) -> str:
    return render_template(
        "meetups/poll_move.html",
        poll=found,
        item=item,
        option=option,
        words=option_words(option, found, here.actor.zone),
        away=away_though_they_can(here, found, option),
        warned=warned_of([option.local_start.date()], found.zone),
    )


def _option(found: DatePoll, key: int) -> DateOption:
    option = _offered(found, key)
    if option is None:
        raise Missing
    return option


def _offered(found: DatePoll, key: int) -> DateOption | None:
    """Return a day of this poll, None when the key is of another one's (A2)."""
    option = db.session.get(DateOption, key) if key < 2**31 else None
    return option if option is not None and option.poll_id == found.id else None


def _ends(found: DatePoll, option: DateOption) -> time | None:
    return (option.local_start + timedelta(minutes=found.minutes)).time() if option.has_time else None


def _change(form: PollDetails, item: Item) -> str:
    return render_template("meetups/poll_change.html", form=form, item=item)


def _back(here: Here, ref: str) -> Response:
    return redirect(url_for("meetups.poll", slug=here.space.slug, ref=ref), 303)
