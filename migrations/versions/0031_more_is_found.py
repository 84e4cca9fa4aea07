"""Duties and meetups are found too: triggers note what they say.

A title is noted for an item's first text whichever number it has: 1 in a thread, 0 where there are no posts.

Revision: 0031
After: 0033
"""

from alembic import op

from forum.core.triggers import BOTH, NEW, OLD, drop_trigger, make_trigger

revision = "0031"
down_revision = "0033"
branch_labels = None
depends_on = None

ITEM = "INSERT INTO search_due (item_id) VALUES ({row}.%s)"
DUTY, OF_DUTY, SERIES = ITEM % "id", ITEM % "duty_id", ITEM % "id"
IN_DEPARTMENT = "INSERT INTO search_due (item_id) SELECT id FROM duty WHERE department_id = {row}.id"
DATE = "INSERT INTO search_due (item_id, number) VALUES ({row}.series_id, {row}.id + 1)"
"""A date has its key and one as its number: see `forum/meetups/finding.py`."""
SAYS = "{row}.title <> '' OR {row}.topic <> '' OR COALESCE({row}.place, '') <> ''"
TRIGGERS = (
    ("search_duty_written", "AFTER INSERT ON duty", DUTY, NEW, ""),
    ("search_duty_changed", "AFTER UPDATE OF what, why, often, note_html, department_id ON duty", DUTY, NEW, ""),
    ("search_account_written", "AFTER INSERT ON account", OF_DUTY, NEW, ""),
    ("search_account_changed", "AFTER UPDATE OF platform, address, purpose ON account", OF_DUTY, NEW, ""),
    ("search_department_named", "AFTER UPDATE OF name ON department", IN_DEPARTMENT, NEW, ""),
    ("search_meetup_written", "AFTER INSERT ON meetup_series", SERIES, NEW, ""),
    ("search_meetup_changed", "AFTER UPDATE OF about_html, place ON meetup_series", SERIES, NEW, ""),
    ("search_date_written", "AFTER INSERT ON occurrence", DATE, NEW, SAYS.format(row="NEW")),
    (
        "search_date_changed",
        "AFTER UPDATE OF series_id, title, topic, place, changed_at ON occurrence",
        DATE,
        BOTH,
        f"{SAYS.format(row='OLD')} OR {SAYS.format(row='NEW')}",
    ),
    ("search_date_gone", "AFTER DELETE ON occurrence", DATE, OLD, SAYS.format(row="OLD")),
)
"""Name, when, what is noted, of which of the two rows, on which condition."""
NAMED = ("search_item_named", "AFTER UPDATE OF title ON item")
FIRST = "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 0), ({row}.id, 1)"
FIRST_BEFORE = "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 1)"


def upgrade() -> None:
    """Go up."""
    for name, when, what, rows, condition in TRIGGERS:
        make_trigger(name, when, what, rows=rows, condition=condition)
    drop_trigger(*NAMED)
    make_trigger(*NAMED, FIRST)
    # Everything is indexed anew, since some words have other stems now: by a worker, piece by piece, or by "baton search rebuild".
    op.execute("UPDATE search_build SET last_key = 0")
    op.execute(
        "INSERT INTO search_build (kind, last_key) "
        "SELECT DISTINCT kind, 0 FROM item WHERE kind NOT IN (SELECT kind FROM search_build)"
    )


def downgrade() -> None:
    """Go back."""
    for name, when, *_rest in TRIGGERS:
        drop_trigger(name, when)
    drop_trigger(*NAMED)
    make_trigger(*NAMED, FIRST_BEFORE)
    op.execute("DELETE FROM search_entry WHERE item_id IN (SELECT id FROM item WHERE kind IN ('duty', 'meetup'))")
