"""tags: what a space keeps for its threads, and what members suggest.

Revision: 0010
After: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "tag",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.CheckConstraint("merged_into_id IS NULL OR retired_at IS NOT NULL", name=op.f("ck_tag_merged_is_retired")),
        sa.CheckConstraint("merged_into_id <> id", name=op.f("ck_tag_merged_into_another")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["tag.id"], name=op.f("fk_tag_merged_into_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_tag_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("uuid", name=op.f("uq_tag_uuid")),
    )
    with op.batch_alter_table("tag", schema=None) as batch_op:
        batch_op.create_index("uq_tag_space_slug", ["space_id", "slug"], unique=True)
    op.create_table(
        "thread_tag",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 5", name=op.f("ck_thread_tag_few_places")),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_thread_tag_tag_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_tag_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("thread_id", "place", name=op.f("pk_thread_tag")),
    )
    with op.batch_alter_table("thread_tag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_thread_tag_tag_id"), ["tag_id"], unique=False)
        batch_op.create_index("uq_thread_tag_thread_tag", ["thread_id", "tag_id"], unique=True)
    op.create_table(
        "tag_wish",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=30), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("tag_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_tag_wish_accepted_is_decided")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_tag_wish_decided_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_tag_wish_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_tag_wish_space_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_tag_wish_tag_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_tag_wish_thread_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag_wish")),
    )
    with op.batch_alter_table("tag_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tag_wish_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tag_wish_thread_id"), ["thread_id"], unique=False)
        batch_op.create_index(
            "uq_tag_wish_open",
            ["space_id", "person_id", "slug"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("tag_wish")
    op.drop_table("thread_tag")
    op.drop_table("tag")
