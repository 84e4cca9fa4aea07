"""The day of a meetup: agenda, attendance, minutes, decisions, actions; and what people are told in the app besides posts.

Triggers note in `search_due` when published minutes say something else, as those of 0023 do for posts.

Revision: 0034
After: 0031
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import drop_trigger, make_trigger

revision = "0034"
down_revision = "0031"
branch_labels = None
depends_on = None

OWN = "INSERT INTO search_due (item_id) SELECT {row}.item_id"
OF_DATE = (
    "INSERT INTO search_due (item_id) SELECT item_id FROM meetup_minutes "
    "WHERE occurrence_id = {row}.occurrence_id AND item_id IS NOT NULL"
)
TRIGGERS = (
    ("search_minutes_changed", "AFTER UPDATE OF item_id, version ON meetup_minutes", OWN, "NEW.item_id IS NOT NULL"),
    ("search_minutes_written", "AFTER UPDATE OF html ON minutes_version", OF_DATE, ""),
    ("search_decision_noted", "AFTER INSERT ON decision", OF_DATE, ""),
    ("search_decision_changed", "AFTER UPDATE OF words, removed_at ON decision", OF_DATE, ""),
)
"""Name, when, what is noted, and on which condition."""


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=True),
        sa.Column("brought_by_id", sa.Integer(), nullable=True),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.CheckConstraint("title <> '' OR item_id IS NOT NULL", name=op.f("ck_agenda_item_is_called_something")),
        sa.CheckConstraint(
            "(place IS NULL) = (removed_at IS NOT NULL)", name=op.f("ck_agenda_item_taken_out_has_no_place")
        ),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_agenda_item_takes_time")),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["person.id"], name=op.f("fk_agenda_item_brought_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_agenda_item_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_agenda_item_occurrence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"], ["person.id"], name=op.f("fk_agenda_item_removed_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("once", name=op.f("uq_agenda_item_once")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_brought_by_id"), ["brought_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_item_id"), ["item_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_occurrence_id"), ["occurrence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agenda_item_removed_by_id"), ["removed_by_id"], unique=False)
        batch_op.create_index("uq_agenda_item_place", ["occurrence_id", "place"], unique=True)

    op.create_table(
        "attendance",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["person.id"], name=op.f("fk_attendance_noted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_attendance_occurrence_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_attendance_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "person_id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_noted_by_id"), ["noted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_person_id"), ["person_id"], unique=False)

    op.create_table(
        "meetup_minutes",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (first_seen IS NULL)", name=op.f("ck_meetup_minutes_published_from_a_version")
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (item_id IS NULL)", name=op.f("ck_meetup_minutes_published_has_an_item")
        ),
        sa.CheckConstraint("version > 0 AND first_seen <= version", name=op.f("ck_meetup_minutes_versions_in_order")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_meetup_minutes_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_meetup_minutes_occurrence_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_meetup_minutes_published_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", name=op.f("pk_meetup_minutes")),
        sa.UniqueConstraint("item_id", name=op.f("uq_meetup_minutes_item_id")),
    )
    with op.batch_alter_table("meetup_minutes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetup_minutes_published_by_id"), ["published_by_id"], unique=False)

    op.create_table(
        "minutes_version",
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_minutes_version_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"],
            ["meetup_minutes.occurrence_id"],
            name=op.f("fk_minutes_version_occurrence_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "version", name=op.f("pk_minutes_version")),
    )
    with op.batch_alter_table("minutes_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_version_author_id"), ["author_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.CheckConstraint("words <> ''", name=op.f("ck_decision_says_something")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["person.id"], name=op.f("fk_decision_noted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_decision_occurrence_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("once", name=op.f("uq_decision_once")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_noted_by_id"), ["noted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_occurrence_id"), ["occurrence_id"], unique=False)

    op.create_table(
        "meetup_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("occurrence_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "done", "dropped", name="actionstate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_meetup_action_settled_at_a_time")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_meetup_action_says_something")),
        sa.CheckConstraint("reminded <= version", name=op.f("ck_meetup_action_reminded_of_a_version")),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["person.id"], name=op.f("fk_meetup_action_holder_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"], ["person.id"], name=op.f("fk_meetup_action_noted_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["occurrence.id"], name=op.f("fk_meetup_action_occurrence_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["person.id"], name=op.f("fk_meetup_action_settled_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetup_action")),
        sa.UniqueConstraint("once", name=op.f("uq_meetup_action_once")),
        sa.UniqueConstraint("ref", name=op.f("uq_meetup_action_ref")),
    )
    with op.batch_alter_table("meetup_action", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetup_action_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetup_action_noted_by_id"), ["noted_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meetup_action_occurrence_id"), ["occurrence_id"], unique=False)
        batch_op.create_index(
            "ix_meetup_action_open",
            ["holder_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_meetup_action_settled_by_id"), ["settled_by_id"], unique=False)

    op.create_table(
        "heads_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_heads_up_item_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_heads_up_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heads_up")),
    )
    with op.batch_alter_table("heads_up", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_heads_up_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            "ix_heads_up_unread",
            ["person_id", "item_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index("uq_heads_up_person_key", ["person_id", "key"], unique=True)
    for name, when, what, condition in TRIGGERS:
        make_trigger(name, when, what, condition=condition)


def downgrade() -> None:
    """Go back."""
    for name, when, *_rest in TRIGGERS:
        drop_trigger(name, when)
    op.drop_table("heads_up")
    op.drop_table("meetup_action")
    op.drop_table("decision")
    op.drop_table("minutes_version")
    op.drop_table("meetup_minutes")
    op.drop_table("attendance")
    op.drop_table("agenda_item")
