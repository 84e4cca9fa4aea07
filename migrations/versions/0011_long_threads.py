"""long threads: a summary on top, and a next part.

Revision: 0011
After: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("part_of_id", sa.Integer(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_thread_part_of_id"), ["part_of_id"])
        batch_op.create_check_constraint(op.f("ck_thread_part_of_another"), "part_of_id <> id")
        batch_op.create_foreign_key(op.f("fk_thread_part_of_id"), "thread", ["part_of_id"], ["id"], ondelete="SET NULL")
    op.create_table(
        "thread_summary",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("renderer", sa.SmallInteger(), nullable=True),
        sa.Column("post_number", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(source IS NULL) = (html IS NULL)", name=op.f("ck_thread_summary_text_is_rendered")),
        sa.CheckConstraint("post_number IS NULL OR source IS NULL", name=op.f("ck_thread_summary_text_or_post")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_thread_summary_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_thread_summary_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "version", name=op.f("pk_thread_summary")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("thread_summary")
    with op.batch_alter_table("thread", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_thread_part_of_id"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_thread_part_of_another"), type_="check")
        batch_op.drop_constraint(op.f("uq_thread_part_of_id"), type_="unique")
        batch_op.drop_column("part_of_id")
