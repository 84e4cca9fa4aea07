"""Who watches the section in which a thread stands."""

from sqlalchemy import Select, SQLColumnExpression, select

from forum.content.models import WatchLevel
from forum.threads.models import Thread, WatchSection


def watched_in_section(thread_id: int | SQLColumnExpression[int]) -> Select[int, WatchLevel]:
    """Return the query of (person_id, level) for the section of a thread."""
    return (
        select(WatchSection.person_id, WatchSection.level)
        .join(Thread, Thread.section_id == WatchSection.section_id)
        .where(Thread.id == thread_id)
    )
