"""Mail that came back, and replies by mail.

Revision: 0020
After: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_as", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("bounce_reason", sa.String(length=300), nullable=True))
        batch_op.create_index(batch_op.f("ix_delivery_sent_as"), ["sent_as"], unique=False)
        batch_op.create_check_constraint(
            op.f("ck_delivery_bounced_for_a_reason"), "(bounced_at IS NULL) = (bounce_reason IS NULL)"
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_bounced_for_a_reason"), type_="check")
        batch_op.drop_index(batch_op.f("ix_delivery_sent_as"))
        batch_op.drop_column("bounce_reason")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("sent_as")
