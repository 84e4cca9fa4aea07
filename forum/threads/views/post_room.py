"""A room whose items have posts, as the pages of single posts ask for it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import redirect, url_for
from werkzeug.wrappers import Response

from forum.spaces.feature import nobody_of
from forum.spaces.guard import Here
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.words import LazyString


@dataclass(frozen=True, kw_only=True)
class PostRoom:
    """How a room's items are loaded and where they and their posts stand. `sees` is the power to read them."""

    name: str
    sees: Can
    item_for: Callable[[Here, str], Item]
    item_url: Callable[[str, str], str]
    post_url: Callable[[str, str, int], str]
    posts_url: Callable[[str, str], str]
    reply_url: Callable[..., str]
    edit_place: Callable[[str, int], str]
    """From an item's ref and a number, the place at which lies what is attached while the post is edited."""
    change_url: Callable[[str, str], str] | None = None
    """Where the thing itself is changed, if not as a post is."""
    why_first_stays: LazyString | None = None
    """Of a room whose first post is the thing itself, why it can’t be removed by itself; nor is it praised as a reply is."""

    is_first_edited: bool = False
    """The first post is the thing itself, and edited as any other all the same."""

    def is_itself(self, number: int) -> bool:
        """Say whether a post is the thing itself."""
        return number == 1 and self.why_first_stays is not None

    def is_edited_as_a_reply(self, number: int) -> bool:
        """Say whether a post is edited on the page on which replies are."""
        return not self.is_itself(number) or self.is_first_edited

    def back(self, here: Here, ref: str, number: int) -> Response:
        """Lead to where a post stands."""
        return redirect(self.post_url(here.space.slug, ref, number), 303)

    def url(self, endpoint: str, here: Here, ref: str, number: int) -> str:
        """Return the address of one of a post's pages."""
        return url_for(f"{self.name}.{endpoint}", slug=here.space.slug, ref=ref, number=number)

    def places(self, here: Here, item: Item, number: int) -> dict[str, object]:
        """Return what the templates of a post's pages ask for."""
        return {
            "room": self.name,
            "item": item,
            "nobody": nobody_of(item, number) if item.author_id is None else "",
            "thread_url": self.item_url(here.space.slug, item.ref),
            "post_url": self.post_url(here.space.slug, item.ref, number),
        }
