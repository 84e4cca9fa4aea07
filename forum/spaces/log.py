"""The one log: what was done, by whom, to what and why. Members read their space's part."""

from datetime import datetime

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, ItemState, LogAudience, LogEntry, Space


def record(
    verb: str,
    *,
    actor: Person | None,
    space: Space | None = None,
    item: Item | None = None,
    person: Person | None = None,
    on_behalf_of: Person | None = None,
    reason: str = "",
    audience: LogAudience = LogAudience.MEMBERS,
    at: datetime | None = None,
    **details: str,
) -> LogEntry:
    """Write a line, to be committed with what it tells of. `details` are short words such as old and new role.

    What is done to an item that is held is for organisers to read, also later: members never read what it was called then (A5).
    """
    if item is not None and item.state is ItemState.HELD:
        audience = LogAudience.ORGANISERS
    entry = LogEntry(
        at=at or now(),
        verb=verb,
        actor_id=actor and actor.id,
        space_id=space and space.id,
        item_id=item and item.id,
        person_id=person and person.id,
        on_behalf_of_id=on_behalf_of and on_behalf_of.id,
        reason=reason,
        audience=audience,
        details=details,
    )
    db.session.add(entry)
    return entry
