"""Where calls for help and what was written to them are found. What happened is post 1: the conversation begins with 2."""

from typing import Any

from flask import url_for

from forum.core.paging import page_of
from forum.spaces.models import Item, Space

POSTS = 20


def case_url(slug: str, ref: str, *, anchor: str | None = None) -> str:
    """Return the address of a case."""
    return url_for("help.case", slug=slug, ref=ref, _anchor=anchor)


def post_url(slug: str, ref: str, number: int) -> str:
    """Return where a post stands; the first one is the case itself."""
    if number == 1:
        return case_url(slug, ref)
    page = page_of(number, size=POSTS)
    return url_for("help.case", slug=slug, ref=ref, page=page if page > 1 else None, _anchor=f"p{number}")


def posts_url(slug: str, ref: str) -> str:
    """Return the address to which a post's number is added."""
    return case_url(slug, ref) + "posts/"


def reply_url(slug: str, ref: str, *, last_number: int, **wish: Any) -> str:  # noqa: ANN401  # what an address takes
    """Return where the reply form stands: at the end."""
    page = page_of(max(last_number, 1), size=POSTS)
    return url_for("help.case", slug=slug, ref=ref, page=page if page > 1 else None, _anchor="reply", **wish)


def held_url(slug: str, ref: str, post_id: int, *, last_number: int) -> str:
    """Return where its author finds a reply that waits."""
    page = page_of(max(last_number, 1), size=POSTS)
    return url_for("help.case", slug=slug, ref=ref, page=page if page > 1 else None, _anchor=f"held-{post_id}")


def reply_place(ref: str) -> str:
    """Return the place at which the draft of a reply is kept."""
    return f"help-reply:{ref}"


def edit_place(ref: str, number: int) -> str:
    """Return the place of an edit."""
    return f"help-edit:{ref}:{number}"


def ask_place(space: Space, *, is_drill: bool = False) -> str:
    """Return the place at which the draft of a call for help is kept; a drill's stands elsewhere: it isn't meant."""
    return f"help-drill:{space.uuid}" if is_drill else f"help-ask:{space.uuid}"


def draft_place(space: Space, item: Item, is_first: bool) -> str:  # noqa: FBT001  # as `ItemKind` asks for it
    """Return the place at which the draft of a call, or of a reply to it, is kept."""
    return ask_place(space) if is_first else reply_place(item.ref)
