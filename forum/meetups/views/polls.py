"""Date polls: which there are, asking, and answering."""

from flask import redirect, render_template, request, url_for

from forum.content import limits
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken
from forum.meetups.access import occurrence_for
from forum.meetups.forms import ReasonForm
from forum.meetups.holidays import Warned, holiday_on, warned_of
from forum.meetups.models import Occurrence, Series
from forum.meetups.polls import actions
from forum.meetups.polls.forms import FIRST_ROWS, DayForm, NewPollForm
from forum.meetups.polls.models import MOST_OPTIONS, DatePoll, Vote
from forum.meetups.polls.queries import poll_for, polls_in, whole_of
from forum.meetups.polls.words import clock_of, leaf_of, option_words, there_of
from forum.meetups.views import Page, blueprint
from forum.meetups.views.planning import text_of
from forum.meetups.words import local_words
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.words import _, _n

ANSWER = "day-"
MORE_ROWS = 4


@blueprint.get("/polls/")
@needs(Can.SEE_MEETUPS)
def polls(here: Here) -> str:
    """List the polls that are under way, then those that are over."""
    return render_template(
        "meetups/polls.html", polls=polls_in(here, is_open=None), may_schedule=here.may(Can.SCHEDULE_MEETUP)
    )


@blueprint.get("/polls/new")
@needs(Can.SCHEDULE_MEETUP)
def new_poll(here: Here) -> Page:
    """Show the form; for a date of a meetup that is to be moved, with what is known of it."""
    moves = _moves(here)
    if moves is None:
        return _form(here, NewPollForm(formdata=None))
    one, series, item = moves
    form = NewPollForm(
        formdata=None,
        title=one.title or item.title,
        minutes=one.minutes,
        place=series.place if one.place is None else one.place,
        link=series.link if one.link is None else one.link,
        zone=one.zone,
    )
    return _form(here, form, moves=moves)


@blueprint.post("/polls/new")
@needs(Can.SCHEDULE_MEETUP)
def ask(here: Here) -> Page:
    """Open the poll and tell the members, or show more rows first."""
    moves, form, status = _moves(here), NewPollForm(), 422
    form.offer(here.space.zone)
    if "more" in request.form:
        return _form(here, form, moves=moves, rows=len(form.rows(0)) + MORE_ROWS)
    try:
        if form.validate_on_submit():
            zone = moves[0].zone if moves else form.zone.data
            days = form.proposed()
            if warned := warned_of((day.start.date() for day in days), zone, knowing=request.form.get("knowing", "")):
                return _form(here, form, moves=moves, warned=warned), 409
            asked = form.asked(zone, text_of(here.space, form))
            with transaction():
                _poll, item = actions.open_poll(
                    here, asked, days, moves=moves[0] if moves else None, once=form.once.data
                )
            banner(_("The members are asked. You see their answers here as they come."))
            return redirect(url_for("meetups.poll", slug=here.space.slug, ref=item.ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        status = 409
    return _form(here, form, moves=moves), status


@blueprint.get("/polls/<ref>/")
@needs(Can.SEE_MEETUPS)
def poll(here: Here, ref: str) -> Page:
    """Show a poll: its days, who said what, and one's own answers."""
    found, item = poll_for(here, ref)
    return show_poll(here, found, item)


@blueprint.post("/polls/<ref>/answer")
@needs(Can.TURN_UP)
def answer_poll(here: Here, ref: str) -> Page:
    """Say of days whether one can."""
    found, item = poll_for(here, ref)
    said = {
        int(name.removeprefix(ANSWER)): Vote(value)
        for name, value in request.form.items()
        if name.startswith(ANSWER) and name.removeprefix(ANSWER).isascii() and name.removeprefix(ANSWER).isdigit()
        if len(name) < len(ANSWER) + 10 and value in tuple(Vote)
    }
    try:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            gone = actions.answer(here, found.id, said)
    except RuleBroken as broken:
        return show_poll(here, *poll_for(here, ref), problem=broken.why), 409
    if gone:
        removed = _n("One day", "%(num)d days", gone)
        banner(
            _("%(days)s that you answered for is no longer offered. Your other answers are saved.", days=removed)
            if gone == 1
            else _("%(days)s that you answered for are no longer offered. Your other answers are saved.", days=removed),
            kind="care",
        )
    else:
        banner(
            _("Your answers are saved. You can change them until a day is chosen.")
            if said
            else _("Nothing was chosen.")
        )
    return redirect(url_for("meetups.poll", slug=here.space.slug, ref=item.ref), 303)


def show_poll(
    here: Here,
    found: DatePoll,
    item: Item,
    *,
    problem: str = "",
    day: DayForm | None = None,
    reason: ReasonForm | None = None,
    warned: Warned | None = None,
) -> str:
    """Render the page of a poll, with forms that need changing."""
    whole, zone = whole_of(here, found), here.actor.zone
    came = db.session.get(Occurrence, found.occurrence_id) if found.occurrence_id else None
    moved = db.session.get(Occurrence, found.moves_id) if found.moves_id else None
    keys = {one.id: one.series_id for one in (came, moved) if one is not None}
    items = (
        {one.id: one for one in db.session.scalars(db.select(Item).where(Item.id.in_(keys.values())))} if keys else {}
    )
    rows = [
        (one, leaf_of(one.option, found, zone), clock_of(one.option, found, zone), there_of(one.option, found, zone))
        for one in whole.options
    ]
    best = whole.suggestion.key if whole.suggestion else None
    return render_template(
        "meetups/poll.html",
        poll=found,
        item=item,
        whole=whole,
        rows=rows,
        words={one.option.id: option_words(one.option, found, zone) for one in whole.options},
        holidays={one.option.id: holiday_on(one.option.local_start.date(), found.zone) for one in whole.options},
        warned=warned,
        suggested=next((one for one in whole.options if one.option.id == best), None),
        votes=tuple(Vote),
        came=came,
        came_words=local_words(came, zone) if came else "",
        moved=moved,
        moved_words=local_words(moved, zone) if moved else "",
        items=items,
        may_answer=found.is_open and here.may(Can.TURN_UP, item),
        may_keep=here.may(Can.SCHEDULE_MEETUP, item),
        most=MOST_OPTIONS,
        problem=problem,
        day=day or DayForm(formdata=None),
        reason=reason or ReasonForm(formdata=None),
        is_cancelling=reason is not None,
    )


def _form(
    here: Here,
    form: NewPollForm,
    *,
    moves: tuple[Occurrence, Series, Item] | None = None,
    rows: int = FIRST_ROWS,
    warned: Warned | None = None,
) -> str:
    form.offer(here.space.zone)
    return render_template(
        "meetups/poll_new.html",
        form=form,
        rows=form.rows(rows),
        most=MOST_OPTIONS,
        moves=moves,
        warned=warned,
        moves_words=local_words(moves[0], here.actor.zone) if moves else "",
    )


def _moves(here: Here) -> tuple[Occurrence, Series, Item] | None:
    """Return the date that the poll is about, if it is about one. Raises Missing for one that can't be seen."""
    ref, key = request.values.get("of", ""), request.values.get("moves", type=int)
    return occurrence_for(here, ref, key) if ref and key is not None and key > 0 else None
