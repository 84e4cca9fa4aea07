"""Where threads and posts are found."""

from flask import url_for

from forum.core.paging import page_of
from forum.spaces.models import Item, Space

REPLY = "reply:"
POSTS = 20
"""Posts on a page: page k holds the numbers 20(k-1)+1 to 20k, whatever became of them (B2)."""


def post_url(slug: str, ref: str, number: int) -> str:
    """Return the address of the page on which a post stands, and of the post on it."""
    return page_url(slug, ref, page_of(number, size=POSTS), anchor=f"p{number}")


def page_of_post(number: int) -> int | None:
    """Return the page on which a post stands, as an address names it: the first page has no number."""
    page = page_of(number, size=POSTS)
    return page if page > 1 else None


def page_url(slug: str, ref: str, page: int, *, anchor: str | None = None) -> str:
    """Return the address of a page of a thread."""
    return url_for("threads.thread", slug=slug, ref=ref, page=page if page > 1 else None, _anchor=anchor)


def held_url(slug: str, ref: str, post_id: int, *, last_number: int) -> str:
    """Return the address of a reply that waits for an organiser: its author finds it at the end of the thread."""
    page = page_of_post(last_number)
    return url_for("threads.thread", slug=slug, ref=ref, page=page, _anchor=f"held-{post_id}")


def reply_url(
    slug: str, ref: str, *, last_number: int, quote: str | int | None = None, reply_to: str | int | None = None
) -> str:
    """Return the address of a thread's reply form, which stands at its end, with a post to be quoted or answered in it."""
    page = page_of_post(last_number)
    return url_for("threads.thread", slug=slug, ref=ref, page=page, quote=quote, reply_to=reply_to, _anchor="reply")


def posts_url(slug: str, ref: str) -> str:
    """Return the address to which a post's number is added: its permalink, which stays whatever becomes of the post."""
    return thread_url_of(slug, ref) + "posts/"


def thread_url_of(slug: str, ref: str) -> str:
    """Return the address of the thread at `ref`."""
    return url_for("threads.thread", slug=slug, ref=ref)


def reply_place(ref: str) -> str:
    """Return the place at which the draft of a reply is kept."""
    return REPLY + ref


def edit_place(ref: str, number: int) -> str:
    """Return the place at which lies what is attached while a post is edited, until it is saved."""
    return f"edit:{ref}:{number}"


def start_place(space: Space) -> str:
    """Return the place at which the draft of a new thread in a space is kept."""
    return f"start:{space.uuid}"


def draft_place(space: Space, item: Item, is_first: bool) -> str:  # noqa: FBT001  # as `ItemKind` asks for it
    """Return the place at which the draft of a thread's first post, or of a reply to it, is kept."""
    return start_place(space) if is_first else reply_place(item.ref)


def asked_url(slug: str, relay: str) -> str:
    """Return the page of what somebody asks through an organiser, which the two of them can open."""
    return url_for("threads.asked_one", slug=slug, relay=relay)


def poll_url(slug: str, ref: str) -> str:
    """Return where a thread's poll stands: below its first post."""
    return page_url(slug, ref, 1, anchor="poll")
