"""What was sent or thrown away last where a draft stood, so that an older tab's other text is told from it.

Revision: 0004
After: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("gone", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("draft") as draft:
        draft.drop_column("gone")
