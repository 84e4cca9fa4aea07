"""Approving a held reply notes that reply for the search, not its whole thread: it had no number before.

Revision: 0038
After: 0035
"""

from forum.core.triggers import BOTH, drop_trigger, make_trigger

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None

NAME = "search_post_changed"
WHEN = "AFTER UPDATE OF item_id, number, state, html, author_id, created_at ON post"
CONDITION = "OLD.number IS NOT NULL OR NEW.number IS NOT NULL"
ALWAYS = "INSERT INTO search_due (item_id, number) VALUES ({row}.item_id, {row}.number)"
WITH_A_NUMBER = (
    "INSERT INTO search_due (item_id, number) SELECT {row}.item_id, {row}.number WHERE {row}.number IS NOT NULL"
)


def upgrade() -> None:
    """Go up."""
    _make_again(WITH_A_NUMBER)


def downgrade() -> None:
    """Go down."""
    _make_again(ALWAYS)


def _make_again(what: str) -> None:
    drop_trigger(NAME, WHEN)
    make_trigger(NAME, WHEN, what, rows=BOTH, condition=CONDITION)
