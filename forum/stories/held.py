"""Which fixes people keep true, for the list of a space's members."""

from collections.abc import Collection, Mapping, Sequence

from flask import url_for
from sqlalchemy import func, select

from forum.core.db import db
from forum.core.time import now
from forum.spaces.guard import Here
from forum.spaces.models import Item, ItemState
from forum.spaces.parts import Holds
from forum.spaces.policy import Can
from forum.spaces.queries import viewing, visible_to_viewer
from forum.stories.models import Story
from forum.web.words import _, _n


def held_by(here: Here, people: Collection[int]) -> Mapping[int, Sequence[Holds]]:
    """Return the stories that somebody keeps true by name. For members only (A3). One query."""
    if not here.is_member or not here.may(Can.SEE_STORIES):
        return {}
    rows = db.session.execute(
        select(Story.holder_id, Item.ref, Item.title)
        .join(Item, Item.id == Story.id)
        .where(
            Item.space_id == here.space.id,
            Item.state == ItemState.PUBLISHED,
            Story.holder_id.in_(people),
            visible_to_viewer(),
        )
        .order_by(func.lower(Item.title), Item.id),
        viewing(here.actor, now()),
    )
    kept: dict[int, list[tuple[str, str]]] = {}
    for holder_id, ref, title in rows:
        kept.setdefault(holder_id or 0, []).append((ref, title))
    return {holder_id: [_said(here, stories)] for holder_id, stories in kept.items()}


def _said(here: Here, stories: Sequence[tuple[str, str]]) -> Holds:
    """Name the one story; of several say how many they are."""
    if len(stories) == 1:
        ref, title = stories[0]
        url = url_for("stories.story", slug=here.space.slug, ref=ref)
        return Holds(title=title, url=url, place=_("keeps it true"))
    number = _n("%(num)d fix", "%(num)d fixes", len(stories))
    return Holds(title=number, url=url_for("stories.index", slug=here.space.slug), place=_("keeps them true"))
