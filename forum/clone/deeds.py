"""What a steward can do with an item from its page: show it to other teams."""

from flask import url_for

from forum.clone.rooms import house
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState
from forum.spaces.parts import Deed
from forum.spaces.policy import Can
from forum.web.words import _


def deeds(here: Here, item: Item) -> list[Deed]:
    """Return the way to show an item, where it can be chosen. Without a query."""
    kinds = {part.kind for part in house().parts if part.by_choice}
    for_all = item.state is ItemState.PUBLISHED and item.audience is Audience.SPACE
    if item.kind not in kinds or not for_all or not here.may(Can.CHANGE_SPACE):
        return []
    url = url_for("clone.offer", slug=here.space.slug, ref=item.ref)
    return [Deed(words=_("Show it to other teams"), url=url)]
