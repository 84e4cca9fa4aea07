"""Copies of spaces: showcases with who agreed, copies that are being made, and where a space and its items came from.

Revision: 0043
After: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "clone_job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("starter", sa.String(length=40), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=True),
        sa.Column("via_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("cloth", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(origin = 'file') = (file IS NOT NULL)", name=op.f("ck_clone_job_file_of_file")),
        sa.CheckConstraint("(origin = 'space') = (source_id IS NOT NULL)", name=op.f("ck_clone_job_source_of_space")),
        sa.ForeignKeyConstraint(["maker_id"], ["person.id"], name=op.f("fk_clone_job_maker_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["source_id"], ["space.id"], name=op.f("fk_clone_job_source_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["target_id"], ["space.id"], name=op.f("fk_clone_job_target_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clone_job")),
        sa.UniqueConstraint("ref", name=op.f("uq_clone_job_ref")),
        sa.UniqueConstraint("target_id", name=op.f("uq_clone_job_target_id")),
    )
    with op.batch_alter_table("clone_job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clone_job_maker_id"), ["maker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clone_job_source_id"), ["source_id"], unique=False)
        batch_op.create_index(
            "uq_clone_job_begun",
            ["maker_id", "source_id"],
            unique=True,
            sqlite_where=sa.text("target_id IS NULL AND source_id IS NOT NULL"),
            postgresql_where=sa.text("target_id IS NULL AND source_id IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_clone_job_starter",
            ["maker_id", "starter"],
            unique=True,
            sqlite_where=sa.text("target_id IS NULL AND starter <> ''"),
            postgresql_where=sa.text("target_id IS NULL AND starter <> ''"),
        )

    op.create_table(
        "lineage",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("origin_name", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tasks_hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["origin_id"], ["space.id"], name=op.f("fk_lineage_origin_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_lineage_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_lineage")),
    )
    with op.batch_alter_table("lineage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lineage_origin_id"), ["origin_id"], unique=False)

    op.create_table(
        "showcase",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("offers_copy", sa.Boolean(), nullable=False),
        sa.Column("shows_numbers", sa.Boolean(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("how_source", sa.Text(), nullable=False),
        sa.Column("how_html", sa.Text(), nullable=False),
        sa.Column("how_renderer", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(nonce IS NULL) = (token_hash IS NULL)", name=op.f("ck_showcase_link_is_whole")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_showcase_changed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_showcase_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_showcase")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_showcase_token_hash")),
    )
    op.create_table(
        "lineage_item",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_lineage_item_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_lineage_item")),
    )
    op.create_table(
        "showcase_consent",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_showcase_consent_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_showcase_consent_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", "person_id", name=op.f("pk_showcase_consent")),
    )
    with op.batch_alter_table("showcase_consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_showcase_consent_person_id"), ["person_id"], unique=False)

    op.create_table(
        "showcase_item",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("chosen_by_id", sa.Integer(), nullable=True),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["chosen_by_id"], ["person.id"], name=op.f("fk_showcase_item_chosen_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_showcase_item_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_showcase_item_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_showcase_item")),
    )
    with op.batch_alter_table("showcase_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_showcase_item_space_id"), ["space_id"], unique=False)

    op.add_column("item", sa.Column("inherited", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go down."""
    op.drop_column("item", "inherited")
    for table in ("showcase_item", "showcase_consent", "lineage_item", "showcase", "lineage", "clone_job"):
        op.drop_table(table)
