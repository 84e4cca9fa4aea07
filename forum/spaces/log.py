"""The one log: what was done, by whom, to what and why. Members read their space's part."""

from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item, LogAudience, LogEntry, Space


def record(  # a line of the log has that many parts
    verb: str,
    *,
    actor: Person | None,
    space: Space | None = None,
    item: Item | None = None,
    person: Person | None = None,
    on_behalf_of: Person | None = None,
    reason: str = "",
    audience: LogAudience = LogAudience.MEMBERS,
    **details: str,
) -> None:
    """Write a line, to be committed with what it tells of. `details` are short words such as old and new role."""
    db.session.add(
        LogEntry(
            at=now(),
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
    )
