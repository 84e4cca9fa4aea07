"""What is gathered from all rooms about a space and its people. `feature.py` holds what each of them registers."""

from collections.abc import Collection

from forum.spaces.feature import features
from forum.spaces.guard import Here
from forum.spaces.parts import Holds


def held_by(here: Here, people: Collection[int]) -> dict[int, list[Holds]]:
    """Return what some people hold here, in every room, as far as the reader may see it."""
    found: dict[int, list[Holds]] = {}
    for feature in features():
        for person_id, held in (feature.holds(here, people) if feature.holds and people else {}).items():
            found.setdefault(person_id, []).extend(held)
    return found
