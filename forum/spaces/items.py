"""Items: making one, and loading one so that seeing it and loading it are one step (A2, A3)."""

from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Missing
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemPerson, ItemState, Space
from forum.spaces.queries import visible_items


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


def item_for(actor: Person, ref: str, *, kind: str, space: Space) -> Item:
    """Load the item at `ref` in `space`. Raises Missing for another kind or space, and for what `actor` may not see now (A2, A3)."""
    item = db.session.scalars(
        select(Item).where(Item.ref == ref, Item.kind == kind, Item.space_id == space.id, visible_items(actor, now()))
    ).one_or_none()
    if item is None:
        raise Missing
    return item
