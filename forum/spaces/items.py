"""Making an item. Each room loads its own, so that seeing it and loading it are one step (A2, A3)."""

from datetime import datetime

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemPerson, ItemState, Space


def make_item(
    space: Space,
    *,
    kind: str,
    title: str,
    author: Person | None,
    audience: Audience = Audience.SPACE,
    named: tuple[Person, ...] = (),
    state: ItemState = ItemState.PUBLISHED,
    at: datetime | None = None,
) -> Item:
    """Make the item that a room's own row shares its key with. `named` are who may see one for named people.

    Use inside `transaction()`, after the power was checked.
    """
    moment = at or now()
    item = Item(
        kind=kind,
        space_id=space.id,
        author_id=author.id if author else None,
        title=title,
        state=state,
        audience=audience,
        created_at=moment,
        last_at=moment,
        last_by_id=author.id if author else None,
    )
    db.session.add(item)
    db.session.flush()
    db.session.add_all(ItemPerson(item_id=item.id, person_id=person.id) for person in named)
    return item
