"""Reactions, bookmarks, and the gap that a removed post leaves.

Revision: 0002
After: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
VERDICT = sa.text("kind IN ('worked', 'did not work')")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "reaction",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reaction_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_reaction_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "person_id", "kind", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_person_id"), "reaction", ["person_id"])
    op.create_index(
        "uq_reaction_verdict",
        "reaction",
        ["post_id", "person_id"],
        unique=True,
        sqlite_where=VERDICT,
        postgresql_where=VERDICT,
    )
    op.create_table(
        "bookmark",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_bookmark_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_bookmark_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_bookmark")),
    )
    op.create_index("ix_bookmark_person", "bookmark", ["person_id", "made_at"])
    op.create_index(op.f("ix_bookmark_post_id"), "bookmark", ["post_id"])
    with op.batch_alter_table("post") as post:
        post.add_column(sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
        post.add_column(sa.Column("gone_by_id", sa.Integer(), nullable=True))
        post.add_column(sa.Column("gone_because", sa.String(length=500), nullable=True))
        post.create_foreign_key(op.f("fk_post_gone_by_id"), "person", ["gone_by_id"], ["id"], ondelete="RESTRICT")
        post.create_check_constraint("removed_at_some_time", "state <> 'removed' OR gone_at IS NOT NULL")


def downgrade() -> None:
    """Go down."""
    with op.batch_alter_table("post") as post:
        post.drop_constraint("removed_at_some_time", type_="check")
        post.drop_constraint(op.f("fk_post_gone_by_id"), type_="foreignkey")
        post.drop_column("gone_because")
        post.drop_column("gone_by_id")
        post.drop_column("gone_at")
    op.drop_table("bookmark")
    op.drop_table("reaction")
