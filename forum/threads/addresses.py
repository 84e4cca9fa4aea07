"""Where threads and posts are found."""

from flask import url_for

from forum.core.paging import page_of
from forum.spaces.models import Item, Space

POSTS = 20
"""Posts on a page: page k holds the numbers 20(k-1)+1 to 20k, whatever became of them (B2)."""


def thread_url(item: Item, slug: str) -> str:
    """Return the address of a thread: how items of this kind are linked to from everywhere."""
    return url_for("threads.thread", slug=slug, ref=item.ref)


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


def posts_url(slug: str, ref: str) -> str:
    """Return the address to which a post's number is added: its permalink, which stays whatever becomes of the post."""
    return thread_url_of(slug, ref) + "posts/"


def thread_url_of(slug: str, ref: str) -> str:
    """Return the address of the thread at `ref`."""
    return url_for("threads.thread", slug=slug, ref=ref)


def reply_place(ref: str) -> str:
    """Return the place at which the draft of a reply is kept."""
    return f"reply:{ref}"


def start_place(space: Space) -> str:
    """Return the place at which the draft of a new thread in a space is kept."""
    return f"start:{space.uuid}"
