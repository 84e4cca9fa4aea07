"""Meetups: series, their dates, who comes, and reminders.

Revision: 0028
After: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "meetup_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=100), nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("fold", sa.SmallInteger(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rhythm", sa.String(length=20), nullable=False),
        sa.Column("every", sa.SmallInteger(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("continues_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("access", sa.String(length=500), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("room_seats", sa.Integer(), nullable=True),
        sa.Column("online_seats", sa.Integer(), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("about_html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.CheckConstraint("every > 0", name=op.f("ck_meetup_series_comes_back_some_time")),
        sa.CheckConstraint("continues_id <> id", name=op.f("ck_meetup_series_continues_another")),
        sa.CheckConstraint("until_day IS NULL OR count IS NULL", name=op.f("ck_meetup_series_one_end")),
        sa.CheckConstraint(
            "paused_until IS NULL OR paused_at IS NOT NULL", name=op.f("ck_meetup_series_pause_has_a_start")
        ),
        sa.CheckConstraint("room_seats > 0", name=op.f("ck_meetup_series_seats_in_the_room")),
        sa.CheckConstraint("online_seats > 0", name=op.f("ck_meetup_series_seats_online")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_meetup_series_takes_time")),
        sa.ForeignKeyConstraint(
            ["continues_id"], ["meetup_series.id"], name=op.f("fk_meetup_series_continues_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["host_id"], ["person.id"], name=op.f("fk_meetup_series_host_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_meetup_series_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetup_series")),
        sa.UniqueConstraint("continues_id", name=op.f("uq_meetup_series_continues_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_meetup_series_uid")),
    )
    with op.batch_alter_table("meetup_series", schema=None) as batch_op:
        batch_op.create_index("ix_meetup_series_host_id", ["host_id"], unique=False)
    op.create_table(
        "occurrence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("original_local_start", sa.DateTime(), nullable=False),
        sa.Column("fold", sa.SmallInteger(), nullable=False),
        sa.Column("local_start", sa.DateTime(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("moves", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=500), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("room_seats", sa.Integer(), nullable=True),
        sa.Column("online_seats", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_occurrence_ends_after_start")),
        sa.CheckConstraint("room_seats > 0", name=op.f("ck_occurrence_seats_in_the_room")),
        sa.CheckConstraint("online_seats > 0", name=op.f("ck_occurrence_seats_online")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_occurrence_takes_time")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meetup_series.id"], name=op.f("fk_occurrence_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occurrence")),
    )
    with op.batch_alter_table("occurrence", schema=None) as batch_op:
        batch_op.create_index("ix_occurrence_series_starts", ["series_id", "starts_at"], unique=False)
        batch_op.create_index("ix_occurrence_starts", ["starts_at"], unique=False)
        batch_op.create_index("uq_occurrence_slot", ["series_id", "original_local_start", "fold"], unique=True)
    op.create_table(
        "rsvp",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("seat_no", sa.Integer(), nullable=True),
        sa.Column("wait_pos", sa.Integer(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("is_standing", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("(status = 'going') = (seat_no IS NOT NULL)", name=op.f("ck_rsvp_going_has_a_seat")),
        sa.CheckConstraint("seat_no > 0 AND wait_pos > 0", name=op.f("ck_rsvp_numbers_from_one")),
        sa.CheckConstraint("(status = 'waiting') = (wait_pos IS NOT NULL)", name=op.f("ck_rsvp_waiting_has_a_place")),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_rsvp_occurrence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rsvp_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("occurrence_id", "person_id", name=op.f("pk_rsvp")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_rsvp_token_hash")),
    )
    with op.batch_alter_table("rsvp", schema=None) as batch_op:
        batch_op.create_index("ix_rsvp_person_id", ["person_id"], unique=False)
        batch_op.create_index(
            "uq_rsvp_line",
            ["occurrence_id", "mode", "wait_pos"],
            unique=True,
            sqlite_where=sa.text("wait_pos IS NOT NULL"),
            postgresql_where=sa.text("wait_pos IS NOT NULL"),
        )
        batch_op.create_index(
            "uq_rsvp_seat",
            ["occurrence_id", "mode", "seat_no"],
            unique=True,
            sqlite_where=sa.text("seat_no IS NOT NULL"),
            postgresql_where=sa.text("seat_no IS NOT NULL"),
        )
    op.create_table(
        "standing_rsvp",
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_standing_rsvp_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["meetup_series.id"], name=op.f("fk_standing_rsvp_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("series_id", "person_id", name=op.f("pk_standing_rsvp")),
    )
    with op.batch_alter_table("standing_rsvp", schema=None) as batch_op:
        batch_op.create_index("ix_standing_rsvp_person_id", ["person_id"], unique=False)
    op.create_table(
        "reminder_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("week_before", sa.Boolean(), nullable=False),
        sa.Column("day_before", sa.Boolean(), nullable=False),
        sa.Column("hours_before", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_reminder_choice_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reminder_choice")),
    )
    op.create_table(
        "meetup_reminder",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_meetup_reminder_occurrence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meetup_reminder_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint(
            "occurrence_id", "person_id", "minutes_before", "sequence", name=op.f("pk_meetup_reminder")
        ),
    )
    with op.batch_alter_table("meetup_reminder", schema=None) as batch_op:
        batch_op.create_index("ix_meetup_reminder_person_id", ["person_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("meetup_reminder")
    op.drop_table("reminder_choice")
    op.drop_table("standing_rsvp")
    op.drop_table("rsvp")
    op.drop_table("occurrence")
    op.drop_table("meetup_series")
