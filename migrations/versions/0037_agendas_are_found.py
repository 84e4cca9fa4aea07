"""What stands on the agenda of a meetup's date is found with it: triggers note it.

Revision: 0037
After: 0036
"""

from alembic import op

from forum.core.triggers import BOTH, NEW, OLD, drop_trigger, make_trigger

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

DATE = (
    "INSERT INTO search_due (item_id, number) SELECT series_id, id + 1 FROM occurrence WHERE id = {row}.occurrence_id"
)
"""A date has its key and one as its number: see `forum/meetups/finding.py`."""
TRIGGERS = (
    ("search_agenda_written", "AFTER INSERT ON agenda_item", NEW),
    ("search_agenda_changed", "AFTER UPDATE OF occurrence_id, place, title, note, removed_at ON agenda_item", BOTH),
    ("search_agenda_gone", "AFTER DELETE ON agenda_item", OLD),
)
"""Name, when, and of which of the two rows."""


def upgrade() -> None:
    """Go up."""
    for name, when, rows in TRIGGERS:
        make_trigger(name, when, DATE, rows=rows)
    # What stands there already is indexed by a worker, piece by piece, or by "baton search rebuild".
    op.execute("UPDATE search_build SET last_key = 0 WHERE kind = 'meetup'")
    op.execute(
        "INSERT INTO search_build (kind, last_key) SELECT DISTINCT kind, 0 FROM item "
        "WHERE kind = 'meetup' AND kind NOT IN (SELECT kind FROM search_build)"
    )


def downgrade() -> None:
    """Go back."""
    for name, when, _rows in TRIGGERS:
        drop_trigger(name, when)
