"""Leading on from a thread that was merged into another, and from posts that were moved: to where they stand now.

Whoever reads is led there for good (301). What somebody sends to the old address goes along (308), with `moved_from`: the numbers of
posts in it are put right before anything else is done. What was to be done to the merged thread itself isn't done to the other one.
"""

from collections.abc import Mapping
from typing import Any

from flask import redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from forum.content.actions import written_before
from forum.content.models import Post
from forum.content.moving.queries import Place, ids_of, numbering, place_of
from forum.content.moving.texts import Numbers
from forum.core.db import db
from forum.core.markup.source import normalised
from forum.core.text import once_key
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.models import Item
from forum.threads import addresses
from forum.threads.views import blueprint
from forum.web.banners import banner
from forum.web.words import _

MOVED_FROM = "moved_from"
LARGEST = 2**31 - 1
SAFE = frozenset({"GET", "HEAD"})
NUMBERS = frozenset({"reply_to", "quote", "after", "number", "before"})
"""Fields, of forms and addresses, that hold a post's number."""
TEXTS = frozenset({"body", "source"})
PRESSES = frozenset({"give", "take"})
GOES_ALONG = frozenset(
    f"threads.{what}"
    for what in (
        "reply",
        "attach_to_reply",
        "preview_reply",
        "save_reply_draft",
        "discard_reply_draft",
        "give",
        "accept",
        "withdraw",
        "watch",
    )
)
"""What is meant for the conversation, wherever it goes on. What names a post in its address goes along, too."""


def lead_on(viewer: Person, slug: str, parts: Mapping[str, Any]) -> Response | None:
    """Answer for a thread or a post that doesn't stand at this address any more; None when there never was one to be seen."""
    if not str(request.endpoint).startswith("threads.") or "ref" not in parts:
        return None
    ref, number = str(parts["ref"]), parts.get("number")
    if number is not None and not 1 <= number <= LARGEST:
        return None
    place = place_of(viewer, slug, ref, number or 1)
    if place is None:
        return None
    if request.method in SAFE:
        return redirect(_reading_on(viewer, slug, ref, place, parts), 301)
    if number is None and request.endpoint not in GOES_ALONG:
        banner(
            _("That thread was merged into this one, so nothing was changed. Look again, and press here."), kind="info"
        )
        return redirect(addresses.thread_url_of(place.slug, place.ref), 303)
    return redirect(_url(place, parts, {MOVED_FROM: ref}), 308)


def _reading_on(viewer: Person, slug: str, ref: str, place: Place, parts: Mapping[str, Any]) -> str:
    """Return the address at which what was asked for is read now. A page of the old thread is where its first post stands."""
    if request.endpoint != "threads.thread":
        return _url(place, parts, {})
    page = request.args.get("page", "")
    first = (min(int(page[:9]), LARGEST // addresses.POSTS) - 1) * addresses.POSTS + 1 if page.isdecimal() else 1
    begins = place_of(viewer, slug, ref, first, or_after=True) or place
    wish = _numbers_put_right(place)
    if "reply_to" in wish or "quote" in wish:
        return _url(place, parts, {})
    return addresses.post_url(begins.slug, begins.ref, begins.number)


def _url(place: Place, parts: Mapping[str, Any], more: Mapping[str, str]) -> str:
    where = {"slug": place.slug, "ref": place.ref} | ({"number": place.number} if "number" in parts else {})
    others = {name: value for name, value in parts.items() if name not in {"ref", "number"}}
    return url_for(str(request.endpoint), **{**_numbers_put_right(place), **others, **more, **where})


def _numbers_put_right(place: Place) -> dict[str, Any]:
    """Return what the address asks for besides, with the numbers that posts have now; one that stays behind is left out."""
    asked = {name: value for name, value in request.args.to_dict().items() if name not in {"page", MOVED_FROM}}
    if not NUMBERS & asked.keys():
        return asked
    new = numbering(place.from_id, place.item_id)
    return {name: value for name, value in _put_right(asked, new).items() if value}


def _put_right(asked: Mapping[str, str], new: Mapping[int, int]) -> dict[str, str]:
    return {name: _number(value, new) if name in NUMBERS else value for name, value in asked.items()}


def _number(typed: str, new: Mapping[int, int]) -> str:
    return str(new.get(int(typed[:10]), "")) if typed.isascii() and typed.isdigit() else ""


@blueprint.before_request
def put_right() -> Response | None:
    """Give what was sent to a thread's old address the numbers of the thread to which it came.

    A second press of a form whose first one was taken before the move leads to what that wrote.
    """
    before, parts = request.args.get(MOVED_FROM, ""), request.view_args or {}
    if not before.isascii() or request.method in SAFE or not current_user.is_authenticated or "ref" not in parts:
        return None
    ids = ids_of(before, str(parts["ref"])) if before else None
    if ids is None:
        return None
    slug, ref = str(parts["slug"]), str(parts["ref"])
    written = _written(ids[0]) if request.endpoint == "threads.reply" else None
    if written is not None and written.item_id == ids[1]:
        return redirect(_stands_at(slug, ref, written), 303)
    numbers = Numbers(numbering(*ids), before=addresses.posts_url(slug, before), after=addresses.posts_url(slug, ref))
    request.form = ImmutableMultiDict(  # read before any view does
        [(name, _field(name, value, numbers)) for name, values in request.form.lists() for value in values]
    )
    return None


def _written(from_id: int) -> Post | None:
    """Return what a first press of this form wrote in the thread to which it was sent."""
    typed = request.form.get("reply_to", "")
    answers = int(typed[:10]) if typed.isascii() and typed.isdigit() else None
    key = once_key(request.form.get("once"), from_id, answers, normalised(request.form.get("body", "")))
    return written_before(me(), key)


def _stands_at(slug: str, ref: str, written: Post) -> str:
    """Return where somebody finds what they wrote, also while it waits for an organiser."""
    if not written.has_number:
        last_number = db.session.get_one(Item, written.item_id).last_number
        return addresses.held_url(slug, ref, written.id, last_number=last_number)
    return addresses.posts_url(slug, ref) + str(written.number)


def _field(name: str, value: str, numbers: Numbers) -> str:
    if name in TEXTS:
        return numbers.source(normalised(value))
    if name in NUMBERS:
        return _number(value, numbers.numbers)
    if name in PRESSES:
        return _in_press(value, numbers.numbers)
    return value


def _in_press(value: str, new: Mapping[int, int]) -> str:
    """Put the number right in what a reaction's press sends, such as "thanks 7"."""
    word, _space, number = value.rpartition(" ")
    return f"{word} {_number(number, new)}"
