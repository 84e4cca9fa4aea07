"""Keeping order: flags, posts that wait for an organiser, members whose posts are held; a reply that is held has no number.

Revision: 0014
After: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.add_column(sa.Column("holds_newcomers", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.alter_column("holds_newcomers", existing_type=sa.Boolean(), server_default=None)
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_post_shown_has_a_number"), "number IS NOT NULL OR state IN ('held', 'removed')"
        )
    _make_flags()
    _make_waits()
    _make_holds()


def _make_flags() -> None:
    op.create_table(
        "post_flag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "unkind",
                "personal data",
                "could do harm",
                "off topic",
                "something else",
                name="flagreason",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("left", "hidden", "edited", "removed", name="flagoutcome", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_post_flag_settled_with_an_outcome")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_post_flag_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_flag_post_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_post_flag_settled_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_flag")),
    )
    with op.batch_alter_table("post_flag", schema=None) as batch_op:
        batch_op.create_index("ix_post_flag_post", ["post_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_post_flag_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_post_flag_open",
            ["post_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL"),
            postgresql_where=sa.text("settled_at IS NULL"),
        )


def _make_waits() -> None:
    op.create_table(
        "post_wait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column(
            "why",
            sa.Enum("newcomer", "member", "hidden", name="waitwhy", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "approved",
                "declined",
                "withdrawn",
                "put back",
                "removed",
                name="waitoutcome",
                native_enum=False,
                length=20,
            ),
            nullable=True,
        ),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome IS NULL)", name=op.f("ck_post_wait_decided_with_an_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_post_wait_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_wait_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_wait")),
    )
    with op.batch_alter_table("post_wait", schema=None) as batch_op:
        batch_op.create_index("ix_post_wait_post", ["post_id"], unique=False)
        batch_op.create_index(
            "uq_post_wait_open",
            ["post_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def _make_holds() -> None:
    op.create_table(
        "member_hold",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("held_by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("until > at", name=op.f("ck_member_hold_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["held_by_id"], ["person.id"], name=op.f("fk_member_hold_held_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_member_hold_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_member_hold_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", "person_id", name=op.f("pk_member_hold")),
    )
    with op.batch_alter_table("member_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_member_hold_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Go back. What is held for approval has no place there, and is given up."""
    op.drop_table("member_hold")
    op.drop_table("post_wait")
    op.drop_table("post_flag")
    op.execute("DELETE FROM attachment WHERE post_id IN (SELECT id FROM post WHERE number IS NULL)")
    op.execute("DELETE FROM post WHERE number IS NULL")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_post_shown_has_a_number"), type_="check")
        batch_op.alter_column("number", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.drop_column("holds_newcomers")
