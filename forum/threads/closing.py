"""What an account that is erased leaves behind in threads: summaries and what was asked through an organiser may quote it."""

from sqlalchemy import select

from forum.content.closing import QUOTING, posts_of, write_unnamed
from forum.core.db import db
from forum.people.models import Person
from forum.threads.behind.models import Relay
from forum.threads.models import ThreadSummary


def unname(person: Person) -> None:
    """Have quotes of somebody's posts name nobody in these, either. Use inside `transaction()`."""
    posts = posts_of(person)
    for model in (ThreadSummary, Relay):
        table = model.metadata.tables[model.__tablename__]
        found = select(*table.primary_key.columns, table.c.html).where(table.c.html.contains(QUOTING))
        write_unnamed(table, db.session.execute(found), posts)
