"""Sponsors who decline or are reminded, accounts asked about once, and spaces that tell anybody which accounts are theirs.

Revision: 0025
After: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

UNANSWERED = sa.text("given_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL")


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(
            batch_op.f("ck_endorsement_answered_once"), "given_at IS NULL OR declined_at IS NULL"
        )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index(
            "uq_endorsement_open", ["duty_id"], unique=True, sqlite_where=UNANSWERED, postgresql_where=UNANSWERED
        )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("asked_on")
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.drop_index("uq_endorsement_open", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED)
        batch_op.drop_constraint(batch_op.f("ck_endorsement_answered_once"), type_="check")
        batch_op.drop_column("reminded_at")
        batch_op.drop_column("declined_at")
