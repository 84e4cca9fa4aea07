"""Marking a post to find it again: with a note to oneself, and a morning on which one is reminded."""

from datetime import datetime

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum.content import bookmarks
from forum.content.access import post_for
from forum.content.forms import NEXT_WEEK, ON_A_DAY, TOMORROW, BookmarkForm
from forum.core.db import transaction
from forum.core.text import one_line
from forum.people.models import Person
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.views import Page, blueprint
from forum.threads.views.more import offered, show_more
from forum.web.banners import banner
from forum.web.words import _


@blueprint.post("/<ref>/posts/<int:number>/bookmark")
@needs(Can.SEE_THREADS)
def bookmark(here: Here, ref: str, number: int) -> Page:
    """Mark a post, or change what is noted of it."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    form = offered(BookmarkForm(), here.actor)
    if not form.validate_on_submit():
        return show_more(here, item, number, bookmark_form=form), 422
    moment = moment_of(form, here.actor)
    with transaction():
        bookmarks.keep(here.actor, post, note=one_line(form.note.data or ""), remind_at=moment)
    undo = url_for("threads.drop_bookmark", slug=here.space.slug, ref=ref, number=number)
    if moment is None:
        banner(_("Post %(number)s is among your bookmarks.", number=number), undo=undo)
    else:
        banner(_("Post %(number)s is among your bookmarks, and you will be reminded of it.", number=number), undo=undo)
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/posts/<int:number>/bookmark/drop")
@needs(Can.SEE_THREADS)
def drop_bookmark(here: Here, ref: str, number: int) -> Response:
    """Take the mark away."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    with transaction():
        bookmarks.drop(here.actor, post)
    banner(_("The bookmark is gone."), kind="info")
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


@blueprint.post("/<ref>/posts/<int:number>/bookmark/done")
@needs(Can.SEE_THREADS)
def settle_bookmark(here: Here, ref: str, number: int) -> Response:
    """Say that a reminder did its work; the bookmark stays."""
    _thread, item = thread_for(here, ref)
    post = post_for(item, number)
    with transaction():
        bookmarks.settle_reminder(here.actor, post)
    return redirect(url_for("home.today_page", slug=here.space.slug), 303)


def moment_of(form: BookmarkForm, person: Person) -> datetime | None:
    """Return the morning on which somebody wants to be reminded, None for not at all."""
    days = {TOMORROW: bookmarks.tomorrow(person), NEXT_WEEK: bookmarks.next_week(person), ON_A_DAY: form.day.data}
    day = days.get(form.remind.data)
    return bookmarks.morning_of(day, person) if day else None
