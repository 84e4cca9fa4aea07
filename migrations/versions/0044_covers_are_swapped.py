"""Colleagues swap covers that they promised; date polls are found: triggers note what they say.

Revision: 0044
After: 0040
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import drop_trigger, make_trigger

revision = "0044"
down_revision = "0040"
branch_labels = None
depends_on = None

WHOLE = "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 0)"
TRIGGERS = (
    ("search_date_poll_written", "AFTER INSERT ON date_poll"),
    ("search_date_poll_changed", "AFTER UPDATE OF about_html, place ON date_poll"),
)


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "cover_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mine_id", sa.Integer(), nullable=False),
        sa.Column("theirs_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "agreed", "declined", "withdrawn", name="swapstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_cover_swap_answered_once")),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_cover_swap_two_people")),
        sa.CheckConstraint("mine_id <> theirs_id", name=op.f("ck_cover_swap_two_covers")),
        sa.ForeignKeyConstraint(["asked_id"], ["person.id"], name=op.f("fk_cover_swap_asked_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_cover_swap_asker_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["mine_id"], ["cover_request.id"], name=op.f("fk_cover_swap_mine_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["theirs_id"], ["cover_request.id"], name=op.f("fk_cover_swap_theirs_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_swap")),
    )
    with op.batch_alter_table("cover_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_swap_asked_id"), ["asked_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_swap_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_swap_theirs_id"), ["theirs_id"], unique=False)
        batch_op.create_index(
            "uq_cover_swap_asked",
            ["mine_id"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )
    for name, when in TRIGGERS:
        make_trigger(name, when, WHOLE)
    # What stands there already is indexed by a worker, piece by piece, or by "baton search rebuild".
    op.execute("DELETE FROM search_build WHERE kind = 'date poll'")
    op.execute("INSERT INTO search_build (kind, last_key) SELECT DISTINCT kind, 0 FROM item WHERE kind = 'date poll'")


def downgrade() -> None:
    """Go down."""
    for name, when in TRIGGERS:
        drop_trigger(name, when)
    op.drop_table("cover_swap")
