"""What a copy remembers of sections, tags, lists, duties and meetups in the original, so that what changes there is offered.

Copies from before remember nothing of what is no item, and aren't offered it.

Revision: 0062
After: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("lineage_item") as item:
        item.add_column(sa.Column("mark", sa.String(length=64), nullable=True))
    op.create_table(
        "lineage_row",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("origin_key", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("own_key", sa.String(length=36), nullable=True),
        sa.Column("base", sa.JSON(), nullable=True),
        sa.Column("mark", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_lineage_row_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", "origin_key", name=op.f("pk_lineage_row")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("lineage_row")
    with op.batch_alter_table("lineage_item") as item:
        item.drop_column("mark")
