"""What a space's mark was before it was set last, so that marking everything as read can be undone.

Revision: 0003
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("space_mark") as mark:
        mark.add_column(sa.Column("read_before", sa.DateTime(timezone=True), nullable=True))
        mark.add_column(sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("space_mark") as mark:
        mark.drop_column("marked_at")
        mark.drop_column("read_before")
