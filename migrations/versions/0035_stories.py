"""Stories: what was told of one is the first post of its item; what it is about, what teams said of it, and the lists of a space.

Revision: 0035
After: 0037
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import NEW, drop_trigger, make_trigger

revision = "0035"
down_revision = "0037"
branch_labels = None
depends_on = None

TRIGGERS = (
    (
        "search_story_sorted",
        "AFTER UPDATE OF channel_id, area_id, cause_id ON story",
        "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 1)",
    ),
    (
        "search_choice_renamed",
        "AFTER UPDATE OF name ON story_choice",
        "INSERT INTO search_due (item_id, number) SELECT id, 1 FROM story WHERE {row}.id IN (channel_id, area_id, cause_id)",
    ),
)
"""Name, when, what is noted: what a story is about is found with its title."""
FIRST_CHOICES = {
    "channel": ("Website", "E-mail", "Social media", "Phone", "Counter", "Intranet"),
    "area": ("Customer services", "Planning", "Housing", "Waste", "Libraries"),
    "cause": (
        "A change nobody was told of",
        "Access or passwords",
        "A supplier’s update",
        "Out-of-date content",
        "Nobody held it",
        "Unclear instructions",
    ),
}


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "story_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("list", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_story_choice_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_choice")),
    )
    op.create_index("uq_story_choice_name", "story_choice", ["space_id", "list", "name"], unique=True)
    op.create_table(
        "story_unnamed",
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["space_id"], ["space.id"], name=op.f("fk_story_unnamed_space_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_story_unnamed")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_story_unnamed_key_hash")),
    )
    op.create_index(op.f("ix_story_unnamed_space_id"), "story_unnamed", ["space_id"], unique=False)
    op.create_table(
        "story",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=True),
        sa.Column("engagement", sa.String(length=20), nullable=True),
        sa.Column("channel_id", sa.Integer(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("cause_id", sa.Integer(), nullable=True),
        sa.Column("is_lasting", sa.Boolean(), nullable=True),
        sa.Column("skipped", sa.String(length=120), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("source_number", sa.Integer(), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("duty_id", sa.Integer(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("verified_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("key_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("holder_id IS NULL OR duty_id IS NULL", name=op.f("ck_story_one_holder")),
        sa.CheckConstraint("key_hash IS NULL OR holder_id IS NULL", name=op.f("ck_story_unnamed_is_held_by_a_duty")),
        sa.CheckConstraint(
            "verified_on IS NULL OR due_on IS NULL OR due_on > verified_on", name=op.f("ck_story_due_after_verified")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["story_choice.id"], name=op.f("fk_story_area_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["cause_id"], ["story_choice.id"], name=op.f("fk_story_cause_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["story_choice.id"], name=op.f("fk_story_channel_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_story_duty_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_story_holder_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_story_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["source_id"], ["item.id"], name=op.f("fk_story_source_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["person.id"], name=op.f("fk_story_verified_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_story_key_hash")),
    )
    op.create_index(op.f("ix_story_area_id"), "story", ["area_id"], unique=False)
    op.create_index(op.f("ix_story_cause_id"), "story", ["cause_id"], unique=False)
    op.create_index(op.f("ix_story_channel_id"), "story", ["channel_id"], unique=False)
    op.create_index("ix_story_due", "story", ["due_on"], unique=False)
    op.create_index(op.f("ix_story_duty_id"), "story", ["duty_id"], unique=False)
    op.create_index(op.f("ix_story_holder_id"), "story", ["holder_id"], unique=False)
    op.create_index(op.f("ix_story_source_id"), "story", ["source_id"], unique=False)
    op.create_table(
        "story_co_author",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_story_co_author_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["story.id"], name=op.f("fk_story_co_author_story_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("story_id", "person_id", name=op.f("pk_story_co_author")),
    )
    op.create_index(op.f("ix_story_co_author_person_id"), "story_co_author", ["person_id"], unique=False)
    op.create_table(
        "story_same",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("variant", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_story_same_department_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_story_same_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_same_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "department_id", name=op.f("pk_story_same")),
    )
    op.create_index(op.f("ix_story_same_department_id"), "story_same", ["department_id"], unique=False)
    op.create_index(op.f("ix_story_same_person_id"), "story_same", ["person_id"], unique=False)
    op.create_table(
        "story_saved",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_story_saved_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_saved_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "person_id", name=op.f("pk_story_saved")),
    )
    op.create_index(op.f("ix_story_saved_person_id"), "story_saved", ["person_id"], unique=False)
    op.create_table(
        "story_try",
        sa.Column("story_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        sa.Column("because", sa.String(length=300), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_story_try_department_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_story_try_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name=op.f("fk_story_try_story_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("story_id", "department_id", name=op.f("pk_story_try")),
    )
    op.create_index(op.f("ix_story_try_department_id"), "story_try", ["department_id"], unique=False)
    op.create_index(op.f("ix_story_try_person_id"), "story_try", ["person_id"], unique=False)

    for name, when, what in TRIGGERS:
        make_trigger(name, when, what, rows=NEW)
    spaces = [row[0] for row in op.get_bind().execute(sa.text("SELECT id FROM space ORDER BY id"))]
    choices = sa.table(
        "story_choice",
        sa.column("space_id", sa.Integer),
        sa.column("list", sa.String),
        sa.column("name", sa.String),
        sa.column("position", sa.Integer),
    )
    for space_id in spaces:
        for which, names in FIRST_CHOICES.items():
            for position, name in enumerate(names):
                op.execute(choices.insert().values(space_id=space_id, list=which, name=name, position=position))


def downgrade() -> None:
    """Go back."""
    for name, when, _what in TRIGGERS:
        drop_trigger(name, when)
    op.drop_table("story_try")
    op.drop_table("story_saved")
    op.drop_table("story_same")
    op.drop_table("story_co_author")
    op.drop_table("story")
    op.drop_table("story_unnamed")
    op.drop_table("story_choice")
