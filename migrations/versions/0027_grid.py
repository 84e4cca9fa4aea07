"""Warnings of gaps; absences that were read from a calendar and wait to be taken over; when one was changed last.

Revision: 0027
After: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "gap_warning",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("days_before", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("start_day", sa.Date(), nullable=False),
        sa.Column("start_half", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=False),
        sa.Column("end_half", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("days_before IN (14, 7, 1)", name=op.f("ck_gap_warning_some_days_before")),
        sa.CheckConstraint(
            "end_day > start_day OR (end_day = start_day AND end_half >= start_half)",
            name=op.f("ck_gap_warning_ends_after_start"),
        ),
        sa.CheckConstraint("start_half IN (0, 1) AND end_half IN (0, 1)", name=op.f("ck_gap_warning_halves")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_gap_warning_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duty_id", "days_before", "start_day", "start_half", name=op.f("pk_gap_warning")),
    )
    op.create_table(
        "absence_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("is_for_members", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_absence_plan_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_absence_plan_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_absence_plan_ref")),
    )
    with op.batch_alter_table("absence_plan", schema=None) as batch_op:
        batch_op.create_index("ix_absence_plan_person", ["person_id", "made_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_plan_space_id"), ["space_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("absence_plan")
    op.drop_table("gap_warning")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
