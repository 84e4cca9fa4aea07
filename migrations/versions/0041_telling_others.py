"""Whether a space asks for a second reader of stories, and what waits for one, or for its day; what is to change because of a story.

Revision: 0041
After: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "story_rule",
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("asks_reader", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_story_rule_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("space_id", name=op.f("pk_story_rule")),
    )
    op.create_table(
        "story_wait",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "publish_at IS NULL OR sent_back_at IS NULL", name=op.f("ck_story_wait_waits_for_one_thing")
        ),
        sa.CheckConstraint("(sent_back_at IS NULL) = (note = '')", name=op.f("ck_story_wait_sent_back_with_a_note")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_wait_story_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["sent_back_by_id"], ["person.id"], name=op.f("fk_story_wait_sent_back_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_story_wait")),
    )
    op.create_index(op.f("ix_story_wait_sent_back_by_id"), "story_wait", ["sent_back_by_id"])
    op.create_index("ix_story_wait_publish_at", "story_wait", ["publish_at"])
    _make_actions()


def _make_actions() -> None:
    people = ("holder_id", "noted_by_id", "settled_by_id")
    op.create_table(
        "story_action",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("open", "done", "dropped", name="promisestate", native_enum=False, length=20),
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
        sa.CheckConstraint("(state = 'open') = (settled_at IS NULL)", name=op.f("ck_story_action_settled_at_a_time")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_story_action_says_something")),
        sa.CheckConstraint("reminded <= version", name=op.f("ck_story_action_reminded_of_a_version")),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_action_story_id"), ondelete="RESTRICT"),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_story_action_{column}"), ondelete="RESTRICT"
            )
            for column in people
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_action")),
        sa.UniqueConstraint("once", name=op.f("uq_story_action_once")),
        sa.UniqueConstraint("ref", name=op.f("uq_story_action_ref")),
    )
    for column in ("story_id", *people):
        op.create_index(op.f(f"ix_story_action_{column}"), "story_action", [column])
    op.create_index(
        "ix_story_action_open",
        "story_action",
        ["holder_id", "due_on"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("story_action")
    op.drop_table("story_wait")
    op.drop_table("story_rule")
