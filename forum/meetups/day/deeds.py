"""What meetups let one do with a thread, from its page: put it on an agenda."""

from collections.abc import Sequence

from flask import url_for

from forum.spaces.feature import carried
from forum.spaces.guard import Here
from forum.spaces.models import Audience, Item, ItemState
from forum.spaces.parts import Deed
from forum.spaces.policy import Can
from forum.web.words import _


def deeds(here: Here, item: Item) -> Sequence[Deed]:
    """Offer to put on an agenda what every member sees."""
    is_for_all = item.state is ItemState.PUBLISHED and item.audience is Audience.SPACE
    if item.kind not in carried() or not is_for_all or not here.may(Can.WRITE_POST):
        return []
    return [
        Deed(words=_("Put it on an agenda"), url=url_for("meetups.put_on", slug=here.space.slug, item_ref=item.ref))
    ]
