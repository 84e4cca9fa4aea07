"""The page of one post, with everything that can be done with it."""

from typing import Any

from flask import Blueprint, render_template

from forum.content import bookmarks, reacting, removing
from forum.content.access import why_not_edit
from forum.content.around import mine_about
from forum.content.forms import NEXT_WEEK, NO_DAY, ON_A_DAY, TOMORROW, BookmarkForm, RemoveForm
from forum.content.models import Bookmark
from forum.content.order.deciding import why_not_decide
from forum.content.order.flagging import why_not_flag
from forum.content.order.forms import HideForm
from forum.content.order.holding import is_held_now
from forum.content.queries import PostShown, posts_between
from forum.content.reacting import Said, said_of, who_said
from forum.core.errors import Missing
from forum.core.time import local
from forum.people.models import Person
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.threads.views import Page
from forum.threads.views.post_room import PostRoom
from forum.threads.words import REACTIONS
from forum.web.rendering import long_day
from forum.web.words import _

NAMED = 60
"""The most names that stand under a post on its own page."""


def add_more(blueprint: Blueprint, room: PostRoom) -> None:
    """Add the page to a room's."""

    @blueprint.get("/<ref>/posts/<int:number>/more")
    @needs(room.sees)
    def more(here: Here, ref: str, number: int) -> Page:
        """Show a post by itself, with who said what about it and everything that can be done with it."""
        return show_more(room, here, room.item_for(here, ref), number)


def show_more(
    room: PostRoom,
    here: Here,
    item: Item,
    number: int,
    *,
    remove_form: RemoveForm | None = None,
    bookmark_form: BookmarkForm | None = None,
    hide_form: HideForm | None = None,
) -> str:
    """Render the page; a form that is given was wrong, and keeps what was typed."""
    shown = posts_between(item.id, after=number - 1, size=1)
    if not shown or shown[0].gone:
        raise Missing
    post = shown[0]
    is_own = post.author is not None and post.author.id == here.actor.id
    is_praised = not room.is_itself(number)
    said = said_of(item, here.actor, after=number - 1, size=1).get(number, {}) if is_praised else {}
    mark, flag = mine_about(here.actor, item, number)
    return render_template(
        "threads/more.html",
        post=post,
        is_own=is_own,
        reactions=[(kind, words, said.get(kind, Said())) for kind, words in REACTIONS.items()] if is_praised else [],
        may_say={kind for kind, power in reacting.POWER.items() if is_praised and here.may(power) and not is_own},
        names=who_said(item, number, most=NAMED) if is_praised else {},
        form=remove_form or bookmark_form or hide_form,
        remove_form=remove_form or RemoveForm(formdata=None),
        hide_form=hide_form or HideForm(None, prefix="hide"),
        flag=flag,
        bookmark=mark,
        bookmark_form=bookmark_form or as_marked(here.actor, mark),
        **room.places(here, item, number),
        **_presses(room, here, item, post),
    )


def offered(form: BookmarkForm, person: Person) -> BookmarkForm:
    """Give a form the days that mean something to this person."""
    week = bookmarks.next_week(person)
    words = {
        NO_DAY: _("Not at all"),
        TOMORROW: _("Tomorrow at 9:00"),
        NEXT_WEEK: _("When my next working week begins: %(day)s at 9:00", day=long_day(week)),
        ON_A_DAY: _("On another day at 9:00"),
    }
    form.offer(words, tomorrow=bookmarks.tomorrow(person))
    return form


def as_marked(person: Person, mark: Bookmark | None) -> BookmarkForm:
    """Return the form as the mark that stands says it."""
    if mark is None:
        return offered(BookmarkForm(formdata=None), person)
    day = local(mark.remind_at, person.zone).date() if mark.remind_at else None
    form = BookmarkForm(formdata=None, note=mark.note, remind=ON_A_DAY if day else NO_DAY, day=day)
    return offered(form, person)


def _presses(room: PostRoom, here: Here, item: Item, post: PostShown) -> dict[str, Any]:
    """Say what can be done with the post, and why something can't."""
    slug, ref, number = here.space.slug, item.ref, post.number
    quote = room.reply_url(slug, ref, last_number=item.last_number, quote=number)
    author_id = post.author.id if post.author else None
    return {
        "permalink": room.posts_url(slug, ref) + str(number),
        "quote_url": quote if here.may(Can.WRITE_POST) else "",
        "may_edit": room.is_edited_as_a_reply(number)
        and not why_not_edit(
            here,
            item,
            author_id=author_id,
            created_at=post.created_at,
            is_held=author_id == here.actor.id and is_held_now(here),
        ),
        "why_not_remove": room.why_first_stays
        if room.is_itself(number)
        else removing.why_not_remove(here, item, author_id=author_id),
        "may_flag": not why_not_flag(here, author_id=author_id),
        "may_hide": not why_not_decide(here, author_id=author_id),
    }
