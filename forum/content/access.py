"""Who may touch a post. Loading and authorising are one step, and a write looks again at what it was allowed."""

from datetime import datetime, timedelta

from sqlalchemy import Select, bindparam, select

from forum.content.models import Post, PostState
from forum.content.order.holding import changes_wait, is_held_now
from forum.core.db import db, lock
from forum.core.errors import Denied, Missing
from forum.core.prepared import prepared
from forum.core.time import now
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.web.words import _

EDIT_WINDOW = timedelta(days=7)


def hold_item(here: Here, item_id: int, *, power: Can) -> tuple[Here, Item]:
    """Lock an item until the transaction ends, and return it with `here` as it is now. Use first inside `transaction()`.

    Between the page and the press a member may have been removed, a space archived, an item hidden. Raises Missing or Denied.
    """
    item = lock(Item, item_id)
    fresh = as_it_is_now(here)
    if item is None or not _sees(fresh, item):
        raise Missing
    fresh.require(power, item)
    return fresh, item


def _sees(here: Here, item: Item) -> bool:
    values = {**viewing(here.actor, now()), "item_id": item.id, "space_id": here.space.id}
    return db.session.scalar(_visible_item(), values) is not None


@prepared
def _visible_item() -> Select[int]:
    return select(Item.id).where(
        Item.id == bindparam("item_id"), Item.space_id == bindparam("space_id"), visible_to_viewer()
    )


def post_for(item: Item, number: int, *, state: PostState = PostState.PUBLISHED) -> Post:
    """Load the post with `number` of an item that the reader was let into. Raises Missing when it is in another state (A5)."""
    query = select(Post).where(Post.item_id == item.id, Post.number == number, Post.state == state)
    post = db.session.scalar(query) if 1 <= number <= item.last_number else None
    if post is None:
        raise Missing
    return post


def why_not_edit(here: Here, item: Item, *, author_id: int | None, created_at: datetime, is_held: bool) -> str:
    """Return "" when the person may edit such a post of `item` now, else the sentence that says why not.

    `is_held` says whether what they write waits for an organiser now; who keeps order never is.
    """
    if here.may(Can.EDIT_ANY_POST, item):
        return ""
    if not here.may(Can.EDIT_OWN_POST):
        return here.why_not(Can.EDIT_OWN_POST)
    if author_id != here.actor.id:
        return _("Only its author and the organisers of this space can edit this post.")
    if now() - created_at > EDIT_WINDOW:
        return _(
            "A post can be edited for %(days)s days, and this one is older. Write a reply that sets it right, "
            "or ask an organiser.",
            days=EDIT_WINDOW.days,
        )
    if is_held:
        return changes_wait()
    return ""


def require_edit(here: Here, item: Item, post: Post) -> None:
    """Raise Denied with the reason when `here.actor` may not edit `post` of `item` now."""
    is_held = post.author_id == here.actor.id and is_held_now(here)
    why = why_not_edit(here, item, author_id=post.author_id, created_at=post.created_at, is_held=is_held)
    if why:
        raise Denied(why)
