"""That somebody who is away is told in the app only is kept with the notification, so that no later message tells of it (D9).

Revision: 0049
After: 0046
"""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("notification") as notification:
        notification.add_column(sa.Column("is_quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE notification SET is_quiet = true WHERE reason = 'search'")
    with op.batch_alter_table("notification") as notification:
        notification.alter_column("is_quiet", existing_type=sa.Boolean(), server_default=None)


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("notification") as notification:
        notification.drop_column("is_quiet")
