"""Where stories and what was written to them are found. The text of a story is post 1: its conversation begins with 2."""

from typing import Any

from flask import url_for

from forum.core.paging import page_of
from forum.spaces.models import Item, Space

REPLY = "story-reply:"
POSTS = 20


def story_url(slug: str, ref: str, *, anchor: str | None = None) -> str:
    """Return the address of a story."""
    return url_for("stories.story", slug=slug, ref=ref, _anchor=anchor)


def post_url(slug: str, ref: str, number: int) -> str:
    """Return where a post stands; the first one is the story itself."""
    if number == 1:
        return story_url(slug, ref)
    page = page_of(number, size=POSTS)
    return url_for("stories.story", slug=slug, ref=ref, page=page if page > 1 else None, _anchor=f"p{number}")


def posts_url(slug: str, ref: str) -> str:
    """Return the address to which a post's number is added."""
    return story_url(slug, ref) + "posts/"


def reply_url(slug: str, ref: str, *, last_number: int, **wish: Any) -> str:  # noqa: ANN401  # what an address takes
    """Return where the reply form stands: at the end."""
    page = page_of(max(last_number, 1), size=POSTS)
    return url_for("stories.story", slug=slug, ref=ref, page=page if page > 1 else None, _anchor="reply", **wish)


def held_url(slug: str, ref: str, post_id: int, *, last_number: int) -> str:
    """Return where its author finds a reply that waits."""
    page = page_of(max(last_number, 1), size=POSTS)
    return url_for("stories.story", slug=slug, ref=ref, page=page if page > 1 else None, _anchor=f"held-{post_id}")


def change_url(slug: str, ref: str) -> str:
    """Return where a whole story is changed."""
    return url_for("stories.change", slug=slug, ref=ref)


def reply_place(ref: str) -> str:
    """Return the place at which the draft of a reply is kept."""
    return REPLY + ref


def edit_place(ref: str, number: int) -> str:
    """Return the place of an edit."""
    return f"story-edit:{ref}:{number}"


def tell_place(space: Space) -> str:
    """Return the place at which the draft of a new story in a space is kept."""
    return f"tell:{space.uuid}"


def answer_place(ref: str, key: str) -> str:
    """Return the place at which the draft of an answer is kept."""
    return f"story-answer:{ref}:{key}"


def draft_place(space: Space, item: Item, is_first: bool) -> str:  # noqa: FBT001  # as `ItemKind` asks for it
    """Return the place at which the draft of a story, or of a reply to it, is kept."""
    return tell_place(space) if is_first else reply_place(item.ref)
