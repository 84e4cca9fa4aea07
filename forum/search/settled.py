"""Which of what was found is settled: of equals, those come first."""

from collections.abc import Collection

from forum.search.keeping import findables


def settled_of(item_ids: Collection[int]) -> set[int]:
    """Return those of the items whose question has an accepted answer."""
    return {found for one in findables().values() for found in one.settled(item_ids)} if item_ids else set()
