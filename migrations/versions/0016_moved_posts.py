"""moved posts: threads are merged and split, and the old number of each post leads to it.

Revision: 0016
After: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "post_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_item_id", sa.Integer(), nullable=False),
        sa.Column("to_item_id", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("from_item_id <> to_item_id", name=op.f("ck_post_move_to_another")),
        sa.CheckConstraint("posts >= 0", name=op.f("ck_post_move_counts")),
        sa.ForeignKeyConstraint(
            ["from_item_id"], ["item.id"], name=op.f("fk_post_move_from_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["to_item_id"], ["item.id"], name=op.f("fk_post_move_to_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["moved_by_id"], ["person.id"], name=op.f("fk_post_move_moved_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_move")),
    )
    with op.batch_alter_table("post_move", schema=None) as batch_op:
        batch_op.create_index("ix_post_move_from_item", ["from_item_id"], unique=False)
        batch_op.create_index("ix_post_move_to_item", ["to_item_id", "first_number"], unique=False)
    op.create_table(
        "moved_post",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("move_id", sa.Integer(), nullable=False),
        sa.Column("to_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 0 AND to_number > 0", name=op.f("ck_moved_post_numbers_are_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_moved_post_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_moved_post_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["move_id"], ["post_move.id"], name=op.f("fk_moved_post_move_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("item_id", "number", name=op.f("pk_moved_post")),
    )
    with op.batch_alter_table("moved_post", schema=None) as batch_op:
        batch_op.create_index("uq_moved_post_post_move", ["post_id", "move_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_moved_post_move_id"), ["move_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("moved_post")
    op.drop_table("post_move")
