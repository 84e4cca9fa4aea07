"""Invitations that can be told apart and sent again.

Revision: doors
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "doors"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("label", sa.String(length=80), nullable=False, server_default=""))
        invitation.add_column(sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("invitation") as invitation:
        invitation.alter_column("label", server_default=None)
    op.execute(sa.text("UPDATE invitation SET mailed_at = created_at WHERE address IS NOT NULL"))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("mailed_at")
        invitation.drop_column("label")
