"""The roster: duties, absences, cover, passing on. Spaces say when their second half-day begins.

Revision: 0024
After: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.add_column(sa.Column("midday", sa.Time(), nullable=False, server_default="13:00:00.000000"))
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.alter_column("midday", existing_type=sa.Time(), server_default=None)
        batch_op.create_check_constraint(
            op.f("ck_space_midday_by_day"), "midday BETWEEN '10:00:00.000000' AND '16:00:00.000000'"
        )
    op.create_table(
        "leaving",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_taken_back", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["person.id"], name=op.f("fk_leaving_filed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_leaving_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving")),
    )
    with op.batch_alter_table("leaving", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaving_last_day"), ["last_day"], unique=False)
        batch_op.create_index(
            "uq_leaving_coming",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Enum("members", "organisers", name="seen", native_enum=False, length=20), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=False),
        sa.Column("filed_in_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("briefed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uid", sa.String(length=64), nullable=True),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start_day", sa.Date(), nullable=False),
        sa.Column("start_half", sa.SmallInteger(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=False),
        sa.Column("end_half", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "end_day > start_day OR (end_day = start_day AND end_half >= start_half)",
            name=op.f("ck_absence_ends_after_start"),
        ),
        sa.CheckConstraint("start_half IN (0, 1) AND end_half IN (0, 1)", name=op.f("ck_absence_halves")),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["person.id"], name=op.f("fk_absence_filed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["filed_in_id"], ["space.id"], name=op.f("fk_absence_filed_in_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_filed_in_id"), ["filed_in_id"], unique=False)
        batch_op.create_index("ix_absence_person", ["person_id", "end_day"], unique=False)
        batch_op.create_index("uq_absence_once", ["filed_by_id", "once"], unique=True)
        batch_op.create_index("uq_absence_uid", ["person_id", "uid"], unique=True)

    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("task", "seat", "account", "on duty", name="dutykind", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("often", sa.String(length=80), nullable=False),
        sa.Column(
            "criticality",
            sa.Enum("routine", "important", "critical", name="criticality", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column(
            "engagement",
            sa.Enum("communicating", "engaging", "collaborating", name="engagement", native_enum=False, length=20),
            nullable=True,
        ),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("is_strict", sa.Boolean(), nullable=False),
        sa.Column("note_source", sa.Text(), nullable=False),
        sa.Column("note_html", sa.Text(), nullable=False),
        sa.Column("note_renderer", sa.SmallInteger(), nullable=False),
        sa.Column("turn_weeks", sa.SmallInteger(), nullable=True),
        sa.Column("turns_from", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("kind <> 'seat' OR department_id IS NOT NULL", name=op.f("ck_duty_seat_of_department")),
        sa.CheckConstraint("(ended_on IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_duty_ended_by_somebody")),
        sa.CheckConstraint("(turn_weeks IS NULL) = (turns_from IS NULL)", name=op.f("ck_duty_turns_begin")),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_duty_ends_after_start")),
        sa.CheckConstraint("turn_weeks IS NULL OR turn_weeks IN (1, 2)", name=op.f("ck_duty_weekly_or_fortnightly")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_duty_department_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_duty_ended_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_duty_made_by_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    with op.batch_alter_table("duty", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duty_department_id"), ["department_id"], unique=False)
        batch_op.create_index("uq_duty_maker_once", ["made_by_id", "once"], unique=True)

    op.create_table(
        "leaving_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("leaving_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "offered", "accepted", "vacant", name="leavingstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state NOT IN ('offered', 'accepted') OR successor_id IS NOT NULL",
            name=op.f("ck_leaving_item_offered_to_somebody"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_leaving_item_item_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["leaving_id"], ["leaving.id"], name=op.f("fk_leaving_item_leaving_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_leaving_item_space_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["person.id"], name=op.f("fk_leaving_item_successor_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leaving_item")),
    )
    with op.batch_alter_table("leaving_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leaving_item_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leaving_item_space_id"), ["space_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leaving_item_successor_id"), ["successor_id"], unique=False)
        batch_op.create_index("uq_leaving_item_kind_key", ["leaving_id", "kind", "key"], unique=True)

    op.create_table(
        "account",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_other", sa.String(length=80), nullable=False),
        sa.Column("recovery", sa.String(length=200), nullable=False),
        sa.Column("vault", sa.String(length=200), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checked_by_id"], ["person.id"], name=op.f("fk_account_checked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_account_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_account_second_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("duty_id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_second_id"), ["second_id"], unique=False)

    op.create_table(
        "cover_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("away_id", sa.Integer(), nullable=True),
        sa.Column("absence_id", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_all", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "accepted", "withdrawn", "ended", name="coverstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("accepted_by_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("though_away", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rest_of_id", sa.Integer(), nullable=True),
        sa.Column("escalated", sa.SmallInteger(), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start_day", sa.Date(), nullable=False),
        sa.Column("start_half", sa.SmallInteger(), nullable=False),
        sa.Column("end_day", sa.Date(), nullable=False),
        sa.Column("end_half", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'ended')) = (accepted_by_id IS NOT NULL)",
            name=op.f("ck_cover_request_accepted_by_somebody"),
        ),
        sa.CheckConstraint(
            "(accepted_by_id IS NULL) = (accepted_at IS NULL)", name=op.f("ck_cover_request_accepted_at_some_time")
        ),
        sa.CheckConstraint("accepted_by_id <> away_id", name=op.f("ck_cover_request_covers_another")),
        sa.CheckConstraint(
            "end_day > start_day OR (end_day = start_day AND end_half >= start_half)",
            name=op.f("ck_cover_request_ends_after_start"),
        ),
        sa.CheckConstraint("start_half IN (0, 1) AND end_half IN (0, 1)", name=op.f("ck_cover_request_halves")),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absence.id"], name=op.f("fk_cover_request_absence_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["accepted_by_id"], ["person.id"], name=op.f("fk_cover_request_accepted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_cover_request_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["away_id"], ["person.id"], name=op.f("fk_cover_request_away_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_cover_request_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["rest_of_id"], ["cover_request.id"], name=op.f("fk_cover_request_rest_of_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_request")),
        sa.UniqueConstraint("ref", name=op.f("uq_cover_request_ref")),
    )
    with op.batch_alter_table("cover_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_request_absence_id"), ["absence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_request_accepted_by_id"), ["accepted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_request_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_request_away_id"), ["away_id"], unique=False)
        batch_op.create_index("ix_cover_request_duty", ["duty_id", "state", "end_day"], unique=False)
        batch_op.create_index("ix_cover_request_next", ["state", "escalate_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_request_rest_of_id"), ["rest_of_id"], unique=False)

    op.create_table(
        "duty_link",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_link_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duty_id", "place", name=op.f("pk_duty_link")),
    )
    op.create_table(
        "duty_right",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("power", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_right_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duty_id", "power", name=op.f("pk_duty_right")),
    )
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(given_at IS NULL) = (name = '')", name=op.f("ck_endorsement_given_by_name")),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_endorsement_expires_later")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_endorsement_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_endorsement_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_endorsement_token_hash")),
    )
    with op.batch_alter_table("endorsement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_endorsement_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index("ix_endorsement_duty", ["duty_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("giver_id", sa.Integer(), nullable=True),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "offered",
                "accepted",
                "declined",
                "withdrawn",
                name="handoverstate",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)", name=op.f("ck_handover_answered_once")
        ),
        sa.CheckConstraint(
            "state <> 'accepted' OR taker_id IS NOT NULL", name=op.f("ck_handover_accepted_by_somebody")
        ),
        sa.CheckConstraint("giver_id <> taker_id", name=op.f("ck_handover_two_people")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_handover_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["giver_id"], ["person.id"], name=op.f("fk_handover_giver_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_handover_made_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["taker_id"], ["person.id"], name=op.f("fk_handover_taker_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
        sa.UniqueConstraint("ref", name=op.f("uq_handover_ref")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_duty_id"), ["duty_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_giver_id"), ["giver_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_taker_id"), ["taker_id"], unique=False)
        batch_op.create_index(
            "uq_handover_open",
            ["duty_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('draft', 'offered')"),
            postgresql_where=sa.text("state IN ('draft', 'offered')"),
        )

    op.create_table(
        "holding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Enum("holder", "deputy", name="place", native_enum=False, length=20), nullable=False),
        sa.Column(
            "state",
            sa.Enum("offered", "accepted", "declined", "withdrawn", name="holdingstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=True),
        sa.Column("offered_by_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'offered') = (answered_at IS NULL)", name=op.f("ck_holding_answered_once")),
        sa.CheckConstraint("until_day IS NULL OR state = 'accepted'", name=op.f("ck_holding_held_before_it_ends")),
        sa.CheckConstraint("until_day IS NULL OR until_day >= from_day", name=op.f("ck_holding_ends_after_start")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_holding_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["person.id"], name=op.f("fk_holding_offered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_holding_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holding")),
    )
    with op.batch_alter_table("holding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holding_duty_id"), ["duty_id"], unique=False)
        batch_op.create_index("ix_holding_person", ["person_id", "state"], unique=False)
        batch_op.create_index(
            "uq_holding_offered",
            ["duty_id", "place"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.create_index(
            "uq_holding_open",
            ["duty_id", "place"],
            unique=True,
            sqlite_where=sa.text("state = 'accepted' AND until_day IS NULL"),
            postgresql_where=sa.text("state = 'accepted' AND until_day IS NULL"),
        )

    op.create_table(
        "rehearsal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_rehearsal_asked_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_rehearsal_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rehearsal_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal")),
    )
    with op.batch_alter_table("rehearsal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rehearsal_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_rehearsal_day", ["duty_id", "person_id", "day"], unique=True)

    op.create_table(
        "swapped_turn",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_swapped_turn_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_swapped_turn_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("duty_id", "day", name=op.f("pk_swapped_turn")),
    )
    with op.batch_alter_table("swapped_turn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swapped_turn_person_id"), ["person_id"], unique=False)

    op.create_table(
        "turn",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_turn_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_turn_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("duty_id", "place", name=op.f("pk_turn")),
    )
    with op.batch_alter_table("turn", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_person_id"), ["person_id"], unique=False)

    op.create_table(
        "turn_swap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("asked_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("other_day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("asked", "agreed", "declined", "withdrawn", name="swapstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name=op.f("ck_turn_swap_answered_once")),
        sa.CheckConstraint("asker_id <> asked_id", name=op.f("ck_turn_swap_two_people")),
        sa.CheckConstraint("day <> other_day", name=op.f("ck_turn_swap_two_turns")),
        sa.ForeignKeyConstraint(["asked_id"], ["person.id"], name=op.f("fk_turn_swap_asked_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_turn_swap_asker_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_turn_swap_duty_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turn_swap")),
    )
    with op.batch_alter_table("turn_swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_turn_swap_asked_id"), ["asked_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_turn_swap_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(
            "uq_turn_swap_asked",
            ["duty_id", "day"],
            unique=True,
            sqlite_where=sa.text("state = 'asked'"),
            postgresql_where=sa.text("state = 'asked'"),
        )

    op.create_table(
        "volunteer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "agreed", "declined", "withdrawn", name="volunteerstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name=op.f("ck_volunteer_answered_once")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_volunteer_answered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_volunteer_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_volunteer_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteer")),
    )
    with op.batch_alter_table("volunteer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_volunteer_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_volunteer_waiting",
            ["duty_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "cover_ask",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cover_ask_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["cover_request.id"], name=op.f("fk_cover_ask_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("request_id", "person_id", name=op.f("pk_cover_ask")),
    )
    with op.batch_alter_table("cover_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_ask_person_id"), ["person_id"], unique=False)

    op.create_table(
        "cover_grant",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grant.id"], name=op.f("fk_cover_grant_grant_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["cover_request.id"], name=op.f("fk_cover_grant_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_cover_grant")),
    )
    with op.batch_alter_table("cover_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_grant_request_id"), ["request_id"], unique=False)

    op.create_table(
        "cover_slot",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("half IN (0, 1)", name=op.f("ck_cover_slot_halves")),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_cover_slot_duty_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_cover_slot_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["cover_request.id"], name=op.f("fk_cover_slot_request_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("duty_id", "day", "half", name=op.f("pk_cover_slot")),
    )
    with op.batch_alter_table("cover_slot", schema=None) as batch_op:
        batch_op.create_index("ix_cover_slot_person", ["person_id", "day"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_slot_request_id"), ["request_id"], unique=False)

    op.create_table(
        "handover_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("risk_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", name=op.f("ck_handover_item_done_by_somebody")),
        sa.CheckConstraint(
            "risk_at IS NULL OR done_at IS NULL OR done_at >= risk_at",
            name=op.f("ck_handover_item_risk_is_of_what_was_open"),
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"], ["person.id"], name=op.f("fk_handover_item_done_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["handover.id"], name=op.f("fk_handover_item_handover_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_item")),
    )
    with op.batch_alter_table("handover_item", schema=None) as batch_op:
        batch_op.create_index("uq_handover_item_place", ["handover_id", "place"], unique=True)

    op.create_table(
        "handover_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answer = '')", name=op.f("ck_handover_question_answered_in_words")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_handover_question_answered_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["person.id"], name=op.f("fk_handover_question_asker_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["handover_item.id"], name=op.f("fk_handover_question_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_question")),
    )
    with op.batch_alter_table("handover_question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_question_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_question_line_id"), ["line_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("handover_question")
    op.drop_table("handover_item")
    op.drop_table("cover_slot")
    op.drop_table("cover_grant")
    op.drop_table("cover_ask")
    op.drop_table("volunteer")
    op.drop_table("turn_swap")
    op.drop_table("turn")
    op.drop_table("swapped_turn")
    op.drop_table("rehearsal")
    op.drop_table("holding")
    op.drop_table("handover")
    op.drop_table("endorsement")
    op.drop_table("duty_right")
    op.drop_table("duty_link")
    op.drop_table("cover_request")
    op.drop_table("account")
    op.drop_table("leaving_item")
    op.drop_table("duty")
    op.drop_table("absence")
    op.drop_table("leaving")
    with op.batch_alter_table("space", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_space_midday_by_day"), type_="check")
        batch_op.drop_column("midday")
