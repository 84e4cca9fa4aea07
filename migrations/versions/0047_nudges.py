"""Nudges: at most three a week for a space's organisers.

Revision: 0047
After: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("place BETWEEN 1 AND 3", name=op.f("ck_nudge_few_places")),
        sa.CheckConstraint(
            "dismissed_at IS NOT NULL OR dismissed_by_id IS NULL", name=op.f("ck_nudge_dismissed_by_somebody")
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_nudge_space_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_nudge_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_nudge_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["person.id"], name=op.f("fk_nudge_dismissed_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
    )
    op.create_index("uq_nudge_place", "nudge", ["space_id", "week", "place"], unique=True)
    op.create_index("uq_nudge_about", "nudge", ["space_id", "kind", "key"], unique=True)
    op.create_index("ix_nudge_item_id", "nudge", ["item_id"])
    op.create_index("ix_nudge_person_id", "nudge", ["person_id"])
    op.create_index("ix_nudge_dismissed_by_id", "nudge", ["dismissed_by_id"])


def downgrade() -> None:
    """Go down."""
    op.drop_table("nudge")
