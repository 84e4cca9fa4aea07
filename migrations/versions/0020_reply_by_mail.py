"""Mail that came back, and replies by mail.

Revision: 0020
After: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

IS_DIGEST = sa.text("post_id IS NULL")
BECAME = (
    "posted",
    "without files",
    "held",
    "bounce",
    "automatic",
    "loop",
    "unreadable",
    "stumbled",
    "unknown sender",
    "wrong sender",
    "no key",
    "too old",
    "digest",
    "suspended",
    "not a member",
    "gone",
    "closed",
    "empty",
    "too big",
    "files",
    "not laid out",
    "limit",
)


def upgrade() -> None:
    """Go up."""
    _bounces()
    _reply_keys()
    _received_mail()
    op.create_table(
        "post_mail",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("trimmed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_mail_post_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_mail")),
    )


def _bounces() -> None:
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sent_as", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("bounced_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("bounce_reason", sa.String(length=300), nullable=True))
        batch_op.create_index(batch_op.f("ix_delivery_sent_as"), ["sent_as"], unique=False)
        batch_op.create_check_constraint(
            op.f("ck_delivery_bounced_for_a_reason"), "(bounced_at IS NULL) = (bounce_reason IS NULL)"
        )


def _reply_keys() -> None:
    op.create_table(
        "reply_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reply_key_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_reply_key_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_key")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_reply_key_token_hash")),
    )
    with op.batch_alter_table("reply_key", schema=None) as batch_op:
        batch_op.create_index("uq_reply_key_person_post", ["person_id", "post_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_reply_key_post_id"), ["post_id"], unique=False)
        batch_op.create_index(
            "uq_reply_key_digest", ["person_id"], unique=True, sqlite_where=IS_DIGEST, postgresql_where=IS_DIGEST
        )


def _received_mail() -> None:
    op.create_table(
        "received_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("became", sa.Enum(*BECAME, name="became", native_enum=False, length=20), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("detail", sa.String(length=1000), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_received_mail_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_received_mail_post_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mail")),
    )
    with op.batch_alter_table("received_mail", schema=None) as batch_op:
        batch_op.create_index("uq_received_mail_message", ["message_id", "sender"], unique=True)
        batch_op.create_index("ix_received_mail_came_at", ["came_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_mail_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_mail_post_id"), ["post_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("post_mail")
    op.drop_table("received_mail")
    op.drop_table("reply_key")
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_delivery_bounced_for_a_reason"), type_="check")
        batch_op.drop_index(batch_op.f("ix_delivery_sent_as"))
        batch_op.drop_column("bounce_reason")
        batch_op.drop_column("bounced_at")
        batch_op.drop_column("sent_as")
