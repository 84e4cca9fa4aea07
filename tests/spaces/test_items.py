"""Loading an item and checking that it may be seen are one step."""

import pytest

from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.spaces.items import item_for, make_item
from forum.spaces.models import Audience, Item, ItemPerson
from tests.cast import Cast

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


@pytest.fixture
def item(cast: Cast) -> Item:
    with transaction():
        return make_item(cast.champions, kind="thread", title="Bins", author=cast.champion)


def test_an_item_is_found_by_its_address_in_its_space(cast: Cast, item: Item) -> None:
    assert item_for(cast.reader, item.ref, kind="thread", space=cast.champions).title == "Bins"


def test_an_item_of_one_space_is_missing_under_another(cast: Cast, item: Item) -> None:
    """A2: even for somebody who may see both."""
    with pytest.raises(Missing):
        item_for(cast.insider, item.ref, kind="thread", space=cast.night_desk)


@pytest.mark.parametrize("ref, kind", [("0000000000", "thread"), ("", "thread"), (None, "story")])
def test_what_is_not_there_is_missing(cast: Cast, item: Item, ref: str | None, kind: str) -> None:
    with pytest.raises(Missing):
        item_for(cast.reader, item.ref if ref is None else ref, kind=kind, space=cast.champions)


def test_what_one_may_not_see_is_missing_likewise(cast: Cast) -> None:
    """A3: the loader knows no third answer."""
    with transaction():
        kept = make_item(
            cast.champions, kind="thread", title="T", author=cast.steward, audience=Audience.NAMED, named=(cast.reader,)
        )
    assert db.session.get(ItemPerson, (kept.id, cast.reader.id))
    assert item_for(cast.reader, kept.ref, kind="thread", space=cast.champions).id == kept.id
    with pytest.raises(Missing):
        item_for(cast.champion, kept.ref, kind="thread", space=cast.champions)
