"""What happened to a duty stays in its passport, with earlier handover notes; and colleagues who were asked about a vacant seat.

Revision: 0032
After: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "duty_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_duty_entry_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_entry_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
    )
    op.create_index("ix_duty_entry_duty_day", "duty_entry", ["duty_id", "day"], unique=False)
    op.create_index(op.f("ix_duty_entry_by_id"), "duty_entry", ["by_id"], unique=False)
    op.create_table(
        "seat_call",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_seat_call_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_seat_call_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_seat_call_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("duty_id", "person_id", name=op.f("pk_seat_call")),
    )
    op.create_index(op.f("ix_seat_call_asked_by_id"), "seat_call", ["asked_by_id"], unique=False)
    op.create_index(op.f("ix_seat_call_person_id"), "seat_call", ["person_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("seat_call")
    op.drop_table("duty_entry")
