"""keeping threads: closed for a reason, pinned to the top.

Revision: 0007
After: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("closed_by_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("close_reason", sa.String(length=500), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_thread_closed_for_a_reason"), "(closed_at IS NULL) = (close_reason IS NULL)"
        )
        batch_op.create_foreign_key(
            op.f("fk_thread_closed_by_id"), "person", ["closed_by_id"], ["id"], ondelete="RESTRICT"
        )
    op.create_table(
        "pin",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("pinned_by_id", sa.Integer(), nullable=True),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("place BETWEEN 1 AND 5", name=op.f("ck_pin_few_places")),
        sa.CheckConstraint("until IS NULL OR until > pinned_at", name=op.f("ck_pin_ends_after_start")),
        sa.ForeignKeyConstraint(["pinned_by_id"], ["person.id"], name=op.f("fk_pin_pinned_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_pin_space_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_pin_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("space_id", "place", name=op.f("pk_pin")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_pin_thread_id")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("pin")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_thread_closed_by_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_thread_closed_for_a_reason"), type_="check")
        batch_op.drop_column("close_reason")
        batch_op.drop_column("closed_by_id")
        batch_op.drop_column("closed_at")
