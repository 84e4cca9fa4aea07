"""former place: the old address of an item that was moved to another space leads on.

Revision: 0012
After: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "former_place",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_former_place_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_former_place_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("item_id", "space_id", name=op.f("pk_former_place")),
    )
    with op.batch_alter_table("former_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_place_space_id"), ["space_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("former_place")
