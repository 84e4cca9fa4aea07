"""What is gathered from all rooms about a space and its people. `feature.py` holds what each of them registers."""

from collections.abc import Collection

from sqlalchemy import select

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.feature import features, obligations_of
from forum.spaces.guard import Here
from forum.spaces.models import Item, Space
from forum.spaces.parts import Holds, Obligation
from forum.spaces.queries import visible_items


def held_by(here: Here, people: Collection[int]) -> dict[int, list[Holds]]:
    """Return what some people hold here, in every room, as far as the reader may see it."""
    found: dict[int, list[Holds]] = {}
    for feature in features():
        for person_id, held in (feature.holds(here, people) if feature.holds and people else {}).items():
            found.setdefault(person_id, []).extend(held)
    return found


def left_by(person: Person, reader: Person, space: Space | None = None) -> list[Obligation]:
    """Return what somebody would leave if they went, in a space or at all, as far as the reader may see it."""
    found = [
        one for one in obligations_of(person) if space is None or (one.space is not None and one.space.id == space.id)
    ]
    ids = [one.item_id for one in found if one.item_id is not None]
    seen = set(db.session.scalars(select(Item.id).where(Item.id.in_(ids), visible_items(reader, now()))))
    return [one for one in found if one.item_id is None or one.item_id in seen]
