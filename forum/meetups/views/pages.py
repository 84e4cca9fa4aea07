"""A meetup with its dates; and one date, with who comes."""

from flask import redirect, render_template, url_for
from sqlalchemy import Select, case, select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.time import now, today
from forum.meetups.access import date_of, moved_on, series_for, why_not_change
from forum.meetups.actions import is_paused_on
from forum.meetups.actions.seating import modes_of
from forum.meetups.actions.talking import talk_of
from forum.meetups.adding import add_to
from forum.meetups.day.page import DayForms, day_of
from forum.meetups.forms import AlwaysForm, PauseForm, ReasonForm, TalkForm
from forum.meetups.models import Answer, Mode, Occurrence, OccurrenceState, Series
from forum.meetups.queries.hosts import host_of
from forum.meetups.queries.lists import series_dates
from forum.meetups.queries.one import Coming, coming_of, first_to_come, goes_on_in, standing_of
from forum.meetups.views import Page, blueprint
from forum.meetups.words import clock_words, rhythm_words
from forum.notify import heads_up
from forum.notify.bell import is_being_read
from forum.spaces.feature import carried, kind_of
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.links import absolute

NEXT = 3


@blueprint.get("/<ref>/")
@needs(Can.SEE_MEETUPS)
def series(here: Here, ref: str) -> Page:
    """Show a meetup: how often, where, and its next dates. What takes place once is its date."""
    found, item = series_for(here, ref)
    if not found.comes_back:
        only = db.session.scalars(_what_is_on(found)).first()
        if only is None:
            raise Missing
        return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=only.id), 303)
    return show_series(here, found, item)


def _what_is_on(found: Series) -> Select[Occurrence]:
    """Return the date of what takes place once: before those that are left of a series, and don't take place."""
    is_off = case((Occurrence.state == OccurrenceState.PLANNED, 0), else_=1)
    return select(Occurrence).where(Occurrence.series_id == found.id).order_by(is_off, Occurrence.starts_at)


def show_series(
    here: Here,
    found: Series,
    item: Item,
    *,
    always: AlwaysForm | None = None,
    reason: ReasonForm | None = None,
    pause: PauseForm | None = None,
) -> str:
    """Render the page of a series, with forms that need changing."""
    standing = standing_of(found, here.actor)
    first = first_to_come(found, at=now())
    onward = goes_on_in(found)
    always = always or AlwaysForm(
        formdata=None,
        mode=(standing.mode if standing else modes_of_series(found)[0]).value,
        until_day=standing.until_day if standing else None,
    )
    return render_template(
        "meetups/series.html",
        series=found,
        item=item,
        rhythm=rhythm_words(found.plan),
        dates=series_dates(here, found),
        standing=standing,
        modes=modes_of_series(found),
        host=host_of(found, first.starts_at if first else now()),
        first=first,
        sees_roster=here.may(Can.SEE_ROSTER),
        onward=db.session.get(Item, onward) if onward else None,
        is_paused=is_paused_on(found, today(found.zone)),
        may_change=not why_not_change(here, found, item),
        may_come=here.may(Can.TURN_UP, item) and first is not None,
        always=always,
        reason=reason or ReasonForm(formdata=None),
        pause=pause or PauseForm(formdata=None),
        is_open=bool(reason or pause),
    )


@blueprint.get("/<ref>/<int:key>/")
@needs(Can.SEE_MEETUPS)
def occurrence(here: Here, ref: str, key: int) -> Page:
    """Show one date of a meetup: when, where, who comes. One that a meetup carried on leads there."""
    found, item = series_for(here, ref)
    one = date_of(found, key)
    if one is None:
        elsewhere = moved_on(here, key)
        if elsewhere is None:
            raise Missing
        return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=elsewhere, key=key), 303)
    is_being_read(item.id)
    page = show_date(here, one, found, item)
    heads_up.read(here.actor, item_id=item.id)
    return page


def show_date(
    here: Here,
    one: Occurrence,
    found: Series,
    item: Item,
    *,
    reason: ReasonForm | None = None,
    talk_form: TalkForm | None = None,
    forms: DayForms | None = None,
) -> str:
    """Render the page of a date, with forms that need changing."""
    coming, talk = coming_of(one, here.actor), talk_of(here, one)
    may_write = here.may(Can.WRITE_POST) and not (talk and kind_of(talk.item).why_not_reply(here, talk.item))
    may_change = not why_not_change(here, found, item, one)
    is_over = one.ends_at <= now()
    modes = modes_of(one, found)
    full = [mode for mode in modes if coming.is_full(one, mode)]
    following = [date for date in series_dates(here, found, size=NEXT + 1) if date.one.id != one.id][:NEXT]
    return render_template(
        "meetups/date.html",
        one=one,
        series=found,
        item=item,
        title=one.title or item.title,
        place=found.place if one.place is None else one.place,
        link=found.link if one.link is None else one.link,
        sees_roster=here.may(Can.SEE_ROSTER),
        sees_link=may_change or _is_coming(coming),
        coming=coming,
        talk=talk,
        talk_form=talk_form or (TalkForm.of(here, one) if may_write else None),
        modes=modes,
        full=full,
        offered=sorted(modes, key=full.__contains__),
        standing=standing_of(found, here.actor) if found.comes_back else None,
        host=host_of(found, one.starts_at),
        following=following if found.comes_back else [],
        rhythm=rhythm_words(found.plan),
        there=clock_words(one, here.actor.zone),
        is_over=is_over,
        has_begun=one.starts_at <= now(),
        may_change=may_change,
        may_change_all=not why_not_change(here, found, item),
        may_come=here.may(Can.TURN_UP, item) and one.is_planned and not is_over,
        reason=reason or ReasonForm(formdata=None),
        is_open=reason is not None,
        day=day_of(here, one, item, may_lead=may_change, forms=forms),
        carried_url=lambda item: carried()[item.kind](here.space.slug, item.ref),
        add_to=add_to(
            one,
            title=one.title or item.title,
            place=(found.place if one.place is None else one.place) or "",
            url=absolute("meetups.occurrence", slug=here.space.slug, ref=item.ref, key=one.id),
        )
        if one.is_planned and not is_over
        else [],
    )


def modes_of_series(found: Series) -> tuple[Mode, ...]:
    """Return how one can take part in a meetup."""
    there = ((Mode.ROOM, bool(found.place) or not found.link), (Mode.ONLINE, bool(found.link)))
    return tuple(mode for mode, is_offered in there if is_offered)


def _is_coming(coming: Coming) -> bool:
    return coming.mine is not None and coming.mine.status is Answer.GOING
