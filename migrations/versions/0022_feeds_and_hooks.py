"""Feeds, webhooks and where these may go.

Revision: 0022
After: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

IS_DUE = sa.text("state = 'due'")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "feed_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feed_link_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_link_token_hash")),
        sa.UniqueConstraint("uuid", name=op.f("uq_feed_link_uuid")),
    )
    with op.batch_alter_table("feed_link", schema=None) as batch_op:
        batch_op.create_index("uq_feed_link_person_kind_key", ["person_id", "kind", "key"], unique=True)
    op.create_table(
        "hook_host",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_hook_host_added_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_host")),
        sa.UniqueConstraint("host", name=op.f("uq_hook_host_host")),
    )
    op.create_table(
        "hook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("shape", sa.String(length=20), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_hook_made_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_hook_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook")),
        sa.UniqueConstraint("uuid", name=op.f("uq_hook_uuid")),
    )
    with op.batch_alter_table("hook", schema=None) as batch_op:
        batch_op.create_index("uq_hook_space_address", ["space_id", "url_hash"], unique=True)
    op.create_table(
        "hook_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.String(length=36), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("fact_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("answer", sa.String(length=400), nullable=False),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_hook_delivery_attempts_are_counted")),
        sa.ForeignKeyConstraint(["fact_id"], ["fact.id"], name=op.f("fk_hook_delivery_fact_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["hook_id"], ["hook.id"], name=op.f("fk_hook_delivery_hook_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_delivery")),
        sa.UniqueConstraint("uuid", name=op.f("uq_hook_delivery_uuid")),
    )
    with op.batch_alter_table("hook_delivery", schema=None) as batch_op:
        batch_op.create_index("uq_hook_delivery_hook_fact", ["hook_id", "fact_id"], unique=True)
        batch_op.create_index("ix_hook_delivery_fact", ["fact_id"], unique=False)
        batch_op.create_index(
            "ix_hook_delivery_due", ["due_at"], unique=False, sqlite_where=IS_DUE, postgresql_where=IS_DUE
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("hook_delivery")
    op.drop_table("hook")
    op.drop_table("hook_host")
    op.drop_table("feed_link")
