"""Date polls: what is asked, the days to choose from, and what people say of them. A meetup may be hosted by a duty,
its dates have conversations, and calendar files are read in.

Revision: 0033
After: 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "date_poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("moves_id", sa.Integer(), nullable=True),
        sa.Column("occurrence_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "occurrence_id IS NULL OR decided_at IS NOT NULL", name=op.f("ck_date_poll_decided_on_a_date")
        ),
        sa.CheckConstraint("decided_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_date_poll_one_end")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_date_poll_takes_time")),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_date_poll_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["moves_id"], ["occurrence.id"], name=op.f("fk_date_poll_moves_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_date_poll_occurrence_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_poll")),
        sa.UniqueConstraint("key", name=op.f("uq_date_poll_key")),
        sa.UniqueConstraint("occurrence_id", name=op.f("uq_date_poll_occurrence_id")),
    )
    with op.batch_alter_table("date_poll", schema=None) as batch_op:
        batch_op.create_index("ix_date_poll_moves_id", ["moves_id"], unique=False)
    op.create_table(
        "date_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("has_time", sa.Boolean(), nullable=False),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["poll_id"], ["date_poll.id"], name=op.f("fk_date_option_poll_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_option")),
    )
    with op.batch_alter_table("date_option", schema=None) as batch_op:
        batch_op.create_index("uq_date_option_start", ["poll_id", "local_start", "has_time"], unique=True)
        batch_op.create_index(
            "uq_date_option_chosen",
            ["poll_id"],
            unique=True,
            sqlite_where=sa.text("is_chosen"),
            postgresql_where=sa.text("is_chosen"),
        )
    op.create_table(
        "date_vote",
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["option_id"], ["date_option.id"], name=op.f("fk_date_vote_option_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_date_vote_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("option_id", "person_id", name=op.f("pk_date_vote")),
    )
    with op.batch_alter_table("date_vote", schema=None) as batch_op:
        batch_op.create_index("ix_date_vote_person_id", ["person_id"], unique=False)
    op.create_table(
        "occurrence_talk",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_occurrence_talk_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_occurrence_talk_occurrence_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_occurrence_talk")),
        sa.UniqueConstraint("item_id", name=op.f("uq_occurrence_talk_item_id")),
    )
    op.create_table(
        "meetup_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meetup_import_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_meetup_import_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetup_import")),
        sa.UniqueConstraint("ref", name=op.f("uq_meetup_import_ref")),
    )
    with op.batch_alter_table("meetup_import", schema=None) as batch_op:
        batch_op.create_index("ix_meetup_import_person_id", ["person_id"], unique=False)
        batch_op.create_index("ix_meetup_import_space_id", ["space_id"], unique=False)
    with op.batch_alter_table("meetup_series", schema=None) as batch_op:
        batch_op.add_column(sa.Column("host_duty_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_meetup_series_host_duty_id", ["host_duty_id"], unique=False)
        batch_op.create_foreign_key(
            op.f("fk_meetup_series_host_duty_id"), "duty", ["host_duty_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_check_constraint(op.f("ck_meetup_series_one_host"), "host_id IS NULL OR host_duty_id IS NULL")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("meetup_series", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_meetup_series_one_host"), type_="check")
        batch_op.drop_constraint(op.f("fk_meetup_series_host_duty_id"), type_="foreignkey")
        batch_op.drop_index("ix_meetup_series_host_duty_id")
        batch_op.drop_column("host_duty_id")
    op.drop_table("meetup_import")
    op.drop_table("occurrence_talk")
    op.drop_table("date_vote")
    op.drop_table("date_option")
    op.drop_table("date_poll")
