"""Somebody may leave one space only.

Revision: 0029
After: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("leaving", schema=None) as batch_op:
        batch_op.add_column(sa.Column("space_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_leaving_space_id"), "space", ["space_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_index(batch_op.f("ix_leaving_space_id"), ["space_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("leaving", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leaving_space_id"))
        batch_op.drop_constraint(batch_op.f("fk_leaving_space_id"), type_="foreignkey")
        batch_op.drop_column("space_id")
