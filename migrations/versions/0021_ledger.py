"""What the ledger needs: by which message a notification was told, working hours, and mail that is paused because it comes back.

Revision: 0021
After: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. Nothing says any more by which message an old notification was told."""
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fact_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_notification_fact_id"), "fact", ["fact_id"], ["id"], ondelete="SET NULL")
        batch_op.create_index(batch_op.f("ix_notification_fact_id"), ["fact_id"], unique=False)
    with op.batch_alter_table("mail_choice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_hour", sa.SmallInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("to_hour", sa.SmallInteger(), nullable=False, server_default="24"))
        batch_op.create_check_constraint(
            op.f("ck_mail_choice_hours_in_order"), "from_hour >= 0 AND from_hour < to_hour AND to_hour <= 24"
        )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_paused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("mail_again_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("mail_again_at")
        batch_op.drop_column("mail_paused_at")
    with op.batch_alter_table("mail_choice", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_mail_choice_hours_in_order"), type_="check")
        batch_op.drop_column("to_hour")
        batch_op.drop_column("from_hour")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_fact_id"))
        batch_op.drop_constraint(op.f("fk_notification_fact_id"), type_="foreignkey")
        batch_op.drop_column("fact_id")
