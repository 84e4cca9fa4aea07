"""section alias: the address of a section that was merged leads to the other one.

Revision: 0009
After: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "section_alias",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_section_alias_section_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_section_alias_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("space_id", "slug", name=op.f("pk_section_alias")),
    )
    with op.batch_alter_table("section_alias", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_section_alias_section_id"), ["section_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("section_alias")
