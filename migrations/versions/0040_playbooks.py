"""Playbooks: an item of its own with versions and steps, the stories it cites, what is proposed, and how it was run.

Revision: 0040
After: 0041
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import NEW, drop_trigger, make_trigger

revision = "0040"
down_revision = "0041"
branch_labels = None
depends_on = None

NOTED = "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 0)"
TRIGGERS = (
    ("search_playbook_written", "AFTER INSERT ON playbook", NOTED),
    ("search_playbook_changed", "AFTER UPDATE OF version ON playbook", NOTED),
)
"""Name, when, what is noted: an edition never changes, so a version in force says all there is to say anew."""


def _key(table: str, column: str, target: str, ondelete: str = "RESTRICT") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Go up."""
    _make_playbooks()
    _make_proposals()
    _make_runs()
    for table, column in INDEXED:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    for name, when, what in TRIGGERS:
        make_trigger(name, when, what, rows=NEW)


INDEXED = (
    ("playbook", "holder_id"),
    ("playbook", "duty_id"),
    ("playbook_edition", "editor_id"),
    ("playbook_edition", "story_id"),
    ("playbook_edition", "proposer_id"),
    ("playbook_cite", "story_id"),
    ("playbook_cite", "by_id"),
    ("playbook_proposal", "story_id"),
    ("playbook_proposal", "decided_by_id"),
    ("playbook_run", "edition_id"),
    ("playbook_run", "department_id"),
    ("playbook_tick", "by_id"),
    ("playbook_note", "person_id"),
)


def _make_playbooks() -> None:
    op.create_table(
        "playbook",
        _number("id"),
        _number("version"),
        sa.Column("once", sa.String(length=32), nullable=True),
        _number("holder_id", nullable=True),
        _number("duty_id", nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        _number("verified_by_id", nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.CheckConstraint("holder_id IS NULL OR duty_id IS NULL", name=op.f("ck_playbook_one_holder")),
        sa.CheckConstraint("version > 0", name=op.f("ck_playbook_has_a_version")),
        _key("playbook", "id", "item.id"),
        _key("playbook", "holder_id", "person.id"),
        _key("playbook", "duty_id", "duty.id", "SET NULL"),
        _key("playbook", "verified_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook")),
        sa.UniqueConstraint("once", name=op.f("uq_playbook_once")),
    )
    op.create_index("ix_playbook_due", "playbook", ["due_on"], unique=False)
    op.create_table(
        "playbook_edition",
        _number("id"),
        _number("playbook_id"),
        _number("number", nullable=True),
        _text("title", 200),
        sa.Column("when_used", sa.Text(), nullable=False),
        _at("made_at"),
        _number("editor_id", nullable=True),
        _text("reason", 500),
        _number("story_id", nullable=True),
        _number("proposer_id", nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_playbook_edition_numbers_from_one")),
        _key("playbook_edition", "playbook_id", "playbook.id"),
        _key("playbook_edition", "editor_id", "person.id"),
        _key("playbook_edition", "story_id", "story.id", "SET NULL"),
        _key("playbook_edition", "proposer_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_edition")),
    )
    op.create_index("uq_playbook_edition_number", "playbook_edition", ["playbook_id", "number"], unique=True)
    op.create_table(
        "playbook_step",
        _number("edition_id"),
        _text("key", 10),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=False),
        _text("warning", 500),
        _text("proof", 500),
        _key("playbook_step", "edition_id", "playbook_edition.id", "CASCADE"),
        sa.PrimaryKeyConstraint("edition_id", "key", name=op.f("pk_playbook_step")),
    )
    op.create_index("uq_playbook_step_place", "playbook_step", ["edition_id", "place"], unique=True)
    op.create_table(
        "playbook_cite",
        _number("playbook_id"),
        _number("story_id"),
        _number("by_id", nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        _key("playbook_cite", "playbook_id", "playbook.id", "CASCADE"),
        _key("playbook_cite", "story_id", "story.id", "CASCADE"),
        _key("playbook_cite", "by_id", "person.id"),
        sa.PrimaryKeyConstraint("playbook_id", "story_id", name=op.f("pk_playbook_cite")),
    )


def _make_proposals() -> None:
    op.create_table(
        "playbook_proposal",
        _number("id"),
        _text("ref", 10),
        _number("playbook_id"),
        _number("edition_id"),
        _number("base"),
        _number("proposer_id", nullable=True),
        _text("reason", 500),
        _number("story_id", nullable=True),
        _at("made_at"),
        _text("stage", 20),
        _at("decided_at", nullable=True),
        _number("decided_by_id", nullable=True),
        _text("answer", 500),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(stage = 'open') = (decided_at IS NULL)", name=op.f("ck_playbook_proposal_decided_with_a_time")
        ),
        _key("playbook_proposal", "playbook_id", "playbook.id"),
        _key("playbook_proposal", "edition_id", "playbook_edition.id"),
        _key("playbook_proposal", "proposer_id", "person.id"),
        _key("playbook_proposal", "story_id", "story.id", "SET NULL"),
        _key("playbook_proposal", "decided_by_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_proposal")),
        sa.UniqueConstraint("ref", name=op.f("uq_playbook_proposal_ref")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_playbook_proposal_edition_id")),
    )
    op.create_index("uq_playbook_proposal_once", "playbook_proposal", ["proposer_id", "once"], unique=True)
    op.create_index("ix_playbook_proposal_stage", "playbook_proposal", ["playbook_id", "stage"], unique=False)


def _make_runs() -> None:
    op.create_table(
        "playbook_run",
        _number("id"),
        _text("ref", 10),
        _number("playbook_id"),
        _number("edition_id"),
        _number("person_id", nullable=True),
        _number("department_id", nullable=True),
        _text("purpose", 200),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("gives_notes", sa.Boolean(), nullable=False),
        _at("started_at"),
        _at("changed_at"),
        _at("finished_at", nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        _text("result", 1000),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (outcome IS NULL)", name=op.f("ck_playbook_run_finished_with_an_outcome")
        ),
        _key("playbook_run", "playbook_id", "playbook.id"),
        _key("playbook_run", "edition_id", "playbook_edition.id"),
        _key("playbook_run", "person_id", "person.id"),
        _key("playbook_run", "department_id", "department.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_run")),
        sa.UniqueConstraint("ref", name=op.f("uq_playbook_run_ref")),
    )
    op.create_index("uq_playbook_run_once", "playbook_run", ["person_id", "once"], unique=True)
    op.create_index("ix_playbook_run_latest", "playbook_run", ["playbook_id", "started_at"], unique=False)
    op.create_table(
        "playbook_tick",
        _number("run_id"),
        _text("step_key", 10),
        sa.Column("is_done", sa.Boolean(), nullable=False),
        _number("by_id", nullable=True),
        _at("at"),
        _key("playbook_tick", "run_id", "playbook_run.id", "CASCADE"),
        _key("playbook_tick", "by_id", "person.id"),
        sa.PrimaryKeyConstraint("run_id", "step_key", name=op.f("pk_playbook_tick")),
    )
    op.create_table(
        "playbook_note",
        _number("id"),
        _number("run_id"),
        _text("step_key", 10),
        _number("person_id", nullable=True),
        _text("words", 1000),
        _at("at"),
        _key("playbook_note", "run_id", "playbook_run.id", "CASCADE"),
        _key("playbook_note", "person_id", "person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playbook_note")),
    )
    op.create_index("uq_playbook_note_step", "playbook_note", ["run_id", "step_key", "person_id"], unique=True)


def downgrade() -> None:
    """Go back. What was found of playbooks goes with them; their items stay, as those of every room do."""
    for name, when, _what in TRIGGERS:
        drop_trigger(name, when)
    for table in ("note", "tick", "run", "proposal", "cite", "step", "edition"):
        op.drop_table(f"playbook_{table}")
    op.drop_table("playbook")
    op.execute("DELETE FROM search_entry WHERE item_id IN (SELECT id FROM item WHERE kind = 'playbook')")
