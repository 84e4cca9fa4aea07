"""Invitations that can be told apart and sent again, and that a mailed link leads back to.

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
    with op.batch_alter_table("secret_link") as link:
        link.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        link.create_foreign_key(
            op.f("fk_secret_link_invitation_id"), "invitation", ["invitation_id"], ["id"], ondelete="RESTRICT"
        )
        link.create_index(op.f("ix_secret_link_invitation_id"), ["invitation_id"])
    op.execute(sa.text("UPDATE invitation SET mailed_at = created_at WHERE address IS NOT NULL"))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("secret_link") as link:
        link.drop_index(op.f("ix_secret_link_invitation_id"))
        link.drop_constraint(op.f("fk_secret_link_invitation_id"), type_="foreignkey")
        link.drop_column("invitation_id")
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_column("mailed_at")
        invitation.drop_column("label")
