"""Archives of spaces: those that stewards ask for, and those that are restored.

Revision: 0054
After: 0055
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "space_archive",
        *_work(),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("with_names", sa.Boolean(), nullable=False),
        sa.Column("as_pages", sa.Boolean(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state <> 'ready' OR expires_at IS NOT NULL", name=op.f("ck_space_archive_ready_for_a_time")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_space_archive_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_archive_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_archive")),
        sa.UniqueConstraint("uuid", name=op.f("uq_space_archive_uuid")),
    )
    op.create_index("ix_space_archive_person", "space_archive", ["person_id", "asked_at"])
    op.create_index(
        "uq_space_archive_under_way",
        "space_archive",
        ["space_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting', 'working')"),
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
    )
    op.create_table(
        "space_restore",
        *_work(),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("by_address", sa.Boolean(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("at_table", sa.String(length=40), nullable=False),
        sa.Column("at_row", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR space_id IS NOT NULL", name=op.f("ck_space_restore_done_with_a_space")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_space_restore_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_space_restore_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_space_restore")),
        sa.UniqueConstraint("space_id", name=op.f("uq_space_restore_space_id")),
        sa.UniqueConstraint("uuid", name=op.f("uq_space_restore_uuid")),
    )
    op.create_index(op.f("ix_space_restore_person_id"), "space_restore", ["person_id"])
    op.create_table(
        "restored_row",
        sa.Column("restore_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["restore_id"], ["space_restore.id"], name=op.f("fk_restored_row_restore_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("restore_id", "kind", "key", name=op.f("pk_restored_row")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("restored_row")
    op.drop_table("space_restore")
    op.drop_table("space_archive")


def _work() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
    ]
