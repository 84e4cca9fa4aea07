"""What an account that is erased leaves behind in threads: texts that quote it, and what it asked through an organiser."""

from sqlalchemy import select, update

from forum.content.closing import QUOTING, posts_of, write_unnamed
from forum.core.db import db
from forum.core.time import now
from forum.people.models import Person
from forum.threads.behind.models import Relay, RelayState
from forum.threads.models import ThreadSummary


def settle(person: Person) -> None:
    """Have quotes of somebody's posts name nobody in these, either; what they asked goes to nobody. Use inside `transaction()`."""
    waiting = update(Relay).where(Relay.asker_id == person.id, Relay.state == RelayState.WAITING)
    db.session.execute(waiting.values(state=RelayState.WITHDRAWN, settled_at=now()))
    posts = posts_of(person)
    for model in (ThreadSummary, Relay):
        table = model.metadata.tables[model.__tablename__]
        found = select(*table.primary_key.columns, table.c.html).where(table.c.html.contains(QUOTING))
        write_unnamed(table, db.session.execute(found), posts)
