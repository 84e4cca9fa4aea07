"""How the search is doing, for `baton check`."""

from sqlalchemy import text

from forum.core.db import db
from forum.search.building import how_many, progress
from forum.search.keeping import findables

TRIGGERS = frozenset(
    {
        "search_item_shown", "search_item_named", "search_person_named", "search_person_unnamed", "search_item_shared",
        "search_item_unshared",
    }
)  # fmt: skip
"""What tells the index that something about an item changed, whatever its kind."""
OF_ENTRIES = {
    "sqlite": frozenset({"search_entry_put", "search_entry_taken", "search_entry_changed"}),
    "postgresql": frozenset[str](),
}
"""What keeps the table in which words are looked up; PostgreSQL has a column that is worked out instead."""
THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def missing_triggers() -> frozenset[str]:
    """Return what should tell the index and isn't there."""
    kind = db.session.get_bind().dialect.name
    wanted = TRIGGERS.union(OF_ENTRIES[kind], *(one.triggers for one in findables().values()))
    return wanted - set(db.session.scalars(text(THERE[kind])))


def said() -> tuple[bool, bool, str]:
    """Return whether the search works, whether all of it is there, and how that is said."""
    missing = missing_triggers()
    if missing:
        return False, False, f"{', '.join(sorted(missing))} missing: what is written now isn’t found. See decision 23."
    under_way = progress()
    if under_way is not None:
        return (
            True,
            False,
            f"{under_way.percent} % of what was written is in it. A worker goes on, or: baton search rebuild",
        )
    return True, True, f"{how_many()} texts can be found."
