"""Notifications, when mail comes, and links that stop it.

Revision: 0019
After: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IS_UNREAD = sa.text("read_at IS NULL")
IS_DIGEST = sa.text("item_id IS NULL")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_notification_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_notification_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index("uq_notification_person_post", ["person_id", "post_id"], unique=True)
        batch_op.create_index("ix_notification_person_at", ["person_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_notification_post_id"), ["post_id"], unique=False)
        batch_op.create_index(
            "ix_notification_unread",
            ["person_id", "post_id"],
            unique=False,
            sqlite_where=IS_UNREAD,
            postgresql_where=IS_UNREAD,
        )
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=20), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(rhythm IN ('daily', 'weekly')) = (next_at IS NOT NULL)", name=op.f("ck_mail_choice_digests_are_due")
        ),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_mail_choice_hour_of_a_day")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_mail_choice_day_of_a_week")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    with op.batch_alter_table("mail_choice", schema=None) as batch_op:
        batch_op.create_index("ix_mail_choice_next", ["next_at"], unique=False)
    op.create_table(
        "stop_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_stop_link_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stop_link_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_stop_link_token_hash")),
    )
    with op.batch_alter_table("stop_link", schema=None) as batch_op:
        batch_op.create_index("uq_stop_link_person_item", ["person_id", "item_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_stop_link_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "uq_stop_link_digest", ["person_id"], unique=True, sqlite_where=IS_DIGEST, postgresql_where=IS_DIGEST
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("stop_link")
    op.drop_table("mail_choice")
    op.drop_table("notification")
