"""Copies take what their original changed, and send back what they made better: what was answered, and whose idea a change was.

Revision: 0055
After: 0051
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "upstream_answer",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("origin_uuid", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("is_taken", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_upstream_answer_space_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_upstream_answer_item_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upstream_answer_by_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", "origin_uuid", "version", name=op.f("pk_upstream_answer")),
    )
    op.create_index(op.f("ix_upstream_answer_item_id"), "upstream_answer", ["item_id"])
    op.create_index(op.f("ix_upstream_answer_by_id"), "upstream_answer", ["by_id"])
    with op.batch_alter_table("lineage") as lineage:
        lineage.add_column(sa.Column("is_followed", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("lineage") as lineage:
        lineage.alter_column("is_followed", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("lineage_item") as item:
        item.add_column(sa.Column("base", sa.JSON(), nullable=True))
        item.add_column(sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    _credits()
    _senders()


def _credits() -> None:
    for table in ("playbook_edition", "playbook_proposal"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("credit", sa.String(length=60), nullable=False, server_default=""))
        with op.batch_alter_table(table) as batch:
            batch.alter_column("credit", existing_type=sa.String(length=60), server_default=None)


def _senders() -> None:
    with op.batch_alter_table("playbook_proposal") as proposal:
        proposal.add_column(sa.Column("from_item_id", sa.Integer(), nullable=True))
        proposal.add_column(sa.Column("sender_id", sa.Integer(), nullable=True))
        proposal.create_foreign_key(
            op.f("fk_playbook_proposal_from_item_id"), "item", ["from_item_id"], ["id"], ondelete="SET NULL"
        )
        proposal.create_foreign_key(
            op.f("fk_playbook_proposal_sender_id"), "person", ["sender_id"], ["id"], ondelete="RESTRICT"
        )
        proposal.create_index(op.f("ix_playbook_proposal_from_item_id"), ["from_item_id"])
        proposal.create_index(op.f("ix_playbook_proposal_sender_id"), ["sender_id"])


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("playbook_proposal") as proposal:
        for name in ("from_item_id", "sender_id"):
            proposal.drop_index(op.f(f"ix_playbook_proposal_{name}"))
        proposal.drop_constraint(op.f("fk_playbook_proposal_from_item_id"), type_="foreignkey")
        proposal.drop_constraint(op.f("fk_playbook_proposal_sender_id"), type_="foreignkey")
        for name in ("from_item_id", "sender_id", "credit"):
            proposal.drop_column(name)
    with op.batch_alter_table("playbook_edition") as edition:
        edition.drop_column("credit")
    with op.batch_alter_table("lineage_item") as item:
        item.drop_column("base")
        item.drop_column("at")
    with op.batch_alter_table("lineage") as lineage:
        lineage.drop_column("is_followed")
    op.drop_table("upstream_answer")
