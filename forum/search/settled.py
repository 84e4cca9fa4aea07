"""Which of what was found is settled: of equals, those come first."""

from collections.abc import Collection

from forum.search.keeping import findables


def settled_of(item_ids: Collection[int]) -> set[int]:
    """Return those of the items whose question has an accepted answer, and what else its room calls settled."""
    asking = [one.settled for one in findables().values() if one.settled is not None and item_ids]
    return {found for settled in asking for found in settled(item_ids)}
