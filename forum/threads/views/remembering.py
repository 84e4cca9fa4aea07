"""Marking a post to find it again: with a note to oneself, and a morning on which one is reminded."""

from datetime import datetime

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from forum.content import bookmarks
from forum.content.access import post_for
from forum.content.forms import NEXT_WEEK, ON_A_DAY, TOMORROW, BookmarkForm
from forum.core.db import transaction
from forum.core.text import one_line
from forum.people.models import Person
from forum.spaces.guard import Here, needs
from forum.threads.views import Page
from forum.threads.views.more import offered, show_more
from forum.threads.views.post_room import PostRoom
from forum.web.banners import banner
from forum.web.words import _


def add_bookmarks(blueprint: Blueprint, room: PostRoom) -> None:
    """Add the pages to a room's."""

    @blueprint.post("/<ref>/posts/<int:number>/bookmark")
    @needs(room.sees)
    def bookmark(here: Here, ref: str, number: int) -> Page:
        """Mark a post to find it again, or change what is noted of it."""
        item = room.item_for(here, ref)
        post, form = post_for(item, number), offered(BookmarkForm(), here.actor)
        if not form.validate_on_submit():
            return show_more(room, here, item, number, bookmark_form=form), 422
        moment = _moment_of(form, here.actor)
        with transaction():
            bookmarks.keep(here.actor, post, note=one_line(form.note.data or ""), remind_at=moment)
        said = (
            _("Post %(number)s is among your bookmarks, and you will be reminded of it.", number=number)
            if moment
            else _("Post %(number)s is among your bookmarks.", number=number)
        )
        banner(said, undo=room.url("drop_bookmark", here, ref, number))
        return room.back(here, ref, number)

    @blueprint.post("/<ref>/posts/<int:number>/bookmark/drop")
    @needs(room.sees)
    def drop_bookmark(here: Here, ref: str, number: int) -> Response:
        """Take the mark away."""
        post = post_for(room.item_for(here, ref), number)
        with transaction():
            bookmarks.drop(here.actor, post)
        banner(_("The bookmark is gone."), kind="info")
        return room.back(here, ref, number)

    @blueprint.post("/<ref>/posts/<int:number>/bookmark/done")
    @needs(room.sees)
    def settle_bookmark(here: Here, ref: str, number: int) -> Response:
        """Say that a reminder did its work; the bookmark stays."""
        post = post_for(room.item_for(here, ref), number)
        with transaction():
            bookmarks.settle_reminder(here.actor, post)
        return redirect(url_for("home.today_page", slug=here.space.slug), 303)


def _moment_of(form: BookmarkForm, person: Person) -> datetime | None:
    """Return the morning on which somebody wants to be reminded, None for not at all."""
    days = {TOMORROW: bookmarks.tomorrow(person), NEXT_WEEK: bookmarks.next_week(person), ON_A_DAY: form.day.data}
    day = days.get(form.remind.data)
    return bookmarks.morning_of(day, person) if day else None
