"""Help now: cases, how far each was asked round and whom, who may be asked, and how long a space waits.

What happened is the first post of a case's item.

Revision: 0039
After: 0049
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import drop_trigger, make_trigger

revision = "0039"
down_revision = "0049"
branch_labels = None
depends_on = None

CHANGED = ("search_help_changed", "AFTER UPDATE OF affects, tried, is_drill ON help_case")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "help_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("affects", sa.String(length=300), nullable=False),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_to_id", sa.Integer(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("helped_number", sa.Integer(), nullable=True),
        sa.CheckConstraint("state <> 'taken' OR holder_id IS NOT NULL", name=op.f("ck_help_case_taken_by_somebody")),
        sa.CheckConstraint("state <> 'open' OR holder_id IS NULL", name=op.f("ck_help_case_open_is_nobodys")),
        sa.CheckConstraint("(holder_id IS NULL) = (taken_at IS NULL)", name=op.f("ck_help_case_taken_at_some_time")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_help_case_closed_at_some_time")
        ),
        sa.CheckConstraint("state = 'open' OR next_at IS NULL", name=op.f("ck_help_case_only_open_ones_go_further")),
        sa.CheckConstraint(
            "(offered_to_id IS NULL) = (offered_at IS NULL)", name=op.f("ck_help_case_offered_at_some_time")
        ),
        sa.CheckConstraint("offered_to_id IS NULL OR state = 'taken'", name=op.f("ck_help_case_offered_by_who_has_it")),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_help_case_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_help_case_holder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["offered_to_id"], ["person.id"], name=op.f("fk_help_case_offered_to_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_help_case_closed_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_case")),
    )
    op.create_index("ix_help_case_next", "help_case", ["next_at"], unique=False)
    op.create_index(op.f("ix_help_case_holder_id"), "help_case", ["holder_id"], unique=False)
    op.create_index(op.f("ix_help_case_offered_to_id"), "help_case", ["offered_to_id"], unique=False)
    op.create_table(
        "help_step",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("people", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_help_step_case_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("case_id", "round", "step", name=op.f("pk_help_step")),
    )
    op.create_table(
        "help_page",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_help_page_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_page_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("case_id", "round", "person_id", name=op.f("pk_help_page")),
    )
    op.create_index(op.f("ix_help_page_person_id"), "help_page", ["person_id"], unique=False)
    op.create_table(
        "help_willing",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_help_willing_space_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_help_willing_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("space_id", "person_id", name=op.f("pk_help_willing")),
    )
    op.create_index(op.f("ix_help_willing_person_id"), "help_willing", ["person_id"], unique=False)
    op.create_table(
        "help_rules",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 240", name=op.f("ck_help_rules_some_minutes")),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_help_rules_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_help_rules")),
    )
    make_trigger(*CHANGED, "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 1)")


def downgrade() -> None:
    """Go back. What was asked goes, with the items and their posts."""
    drop_trigger(*CHANGED)
    for table in ("help_rules", "help_willing", "help_page", "help_step", "help_case"):
        op.drop_table(table)
