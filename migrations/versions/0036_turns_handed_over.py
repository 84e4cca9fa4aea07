"""Turns that are handed over in their midst, and what a calendar wrote last of an absence.

Revision: 0036
After: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0034"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("swapped_turn", schema=None) as batch_op:
        batch_op.add_column(sa.Column("until_day", sa.Date(), nullable=True))
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_column("calendar_version")
    with op.batch_alter_table("swapped_turn", schema=None) as batch_op:
        batch_op.drop_column("until_day")
