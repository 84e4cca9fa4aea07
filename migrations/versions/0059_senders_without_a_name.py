"""Who sent a change back to the original without their name isn't noted there as who wrote it, in archives and on pages.

Revision: 0059
After: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

UNNAMED = """
UPDATE playbook_edition SET editor_id = NULL
WHERE number IS NULL AND id IN (
    SELECT edition_id FROM playbook_proposal WHERE sender_id IS NOT NULL AND proposer_id IS NULL
)
"""


def upgrade() -> None:
    """Go up."""
    op.execute(UNNAMED)


def downgrade() -> None:
    """Go back. Who wrote it isn't put back: nobody reads it."""
