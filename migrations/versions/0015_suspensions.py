"""Members suspended in a space for a time; announcements.

Revision: 0015
After: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "suspension",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_suspension_ends_after_start")),
        sa.CheckConstraint("by_id <> person_id", name=op.f("ck_suspension_not_oneself")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_suspension_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_suspension_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_suspension_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", "person_id", name=op.f("pk_suspension")),
    )
    op.create_index("ix_suspension_person", "suspension", ["person_id"])
    op.create_table(
        "announcement",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("until IS NULL OR until > made_at", name=op.f("ck_announcement_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["thread.id"], name=op.f("fk_announcement_thread_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_announcement")),
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("announcement")
    op.drop_index("ix_suspension_person", "suspension")
    op.drop_table("suspension")
