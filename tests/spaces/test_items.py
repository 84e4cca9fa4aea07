"""An item is made with those who may see it."""

import pytest
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.items import make_item
from forum.spaces.models import Audience, Item
from forum.spaces.queries import visible_items
from tests.cast import Cast


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_an_item_for_named_people_is_seen_by_them_and_nobody_else(cast: Cast) -> None:
    """A3: from the moment in which it is made, for its author too only when they are named."""
    with transaction():
        kept = make_item(
            cast.champions, kind="thread", title="T", author=cast.steward, audience=Audience.NAMED, named=(cast.reader,)
        )

    def sees(person: Person) -> bool:
        return db.session.scalar(select(Item.id).where(Item.id == kept.id, visible_items(person, now()))) is not None

    assert sees(cast.reader)
    assert not any(sees(person) for person in (cast.steward, cast.champion, cast.outsider))
