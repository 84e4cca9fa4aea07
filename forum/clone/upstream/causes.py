"""The stories that caused a change in the original, as far as a steward of the copy may see them (E5, A3)."""

from collections.abc import Collection

from flask import url_for
from sqlalchemy import select

from forum.clone.access import upstream_for
from forum.clone.queries import offered_items
from forum.clone.upstream.waiting import THERE
from forum.core.db import db
from forum.core.lineage import Posts
from forum.core.time import now
from forum.spaces.feature import carried
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.queries import visible_items


def causes_of(here: Here, keys: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return title and address of stories by their keys: the copy's own, else where the reader sees them, else on the showcase."""
    look = upstream_for(here)
    if not keys or look is None:
        return {}
    found: dict[int, tuple[str, str]] = {}
    shown = select(THERE.id, THERE.title).where(THERE.id.in_(offered_items(look.space.id, Posts.FIRST)))
    for key, title in db.session.execute(shown.where(THERE.id.in_(keys))):
        found[key] = (title, url_for("clone.showcase", slug=look.space.slug) if look.showcase.is_open else "")
    seen = select(Item, Space.slug).join(Space, Space.id == Item.space_id).where(visible_items(here.actor, now()))
    for item, slug in db.session.execute(seen.where(Item.id.in_(keys))):
        found[item.id] = (item.title, carried()[item.kind](slug, item.ref))
    ours = select(THERE.id, Item).join(Item, Item.origin_uuid == THERE.uuid).where(Item.space_id == here.space.id)
    for key, item in db.session.execute(ours.where(THERE.id.in_(keys), visible_items(here.actor, now()))):
        found[key] = (item.title, carried()[item.kind](here.space.slug, item.ref))
    return found
