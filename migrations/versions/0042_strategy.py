"""The strategy of a space: its versions, who signs them, what is measured, and reviews.

Revision: 0042
After: 0044
"""

import sqlalchemy as sa
from alembic import op

from forum.core.triggers import NEW, drop_trigger, make_trigger

revision = "0042"
down_revision = "0044"
branch_labels = None
depends_on = None

TRIGGERS = (
    (
        "search_strategy_written",
        "AFTER INSERT ON strategy_version",
        "INSERT INTO search_due (item_id, number) VALUES ({row}.strategy_id, 0)",
    ),
    (
        "search_strategy_changed",
        "AFTER UPDATE OF version, signed ON strategy",
        "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 0)",
    ),
)
"""Name, when, what is noted: the version that everybody is shown is found."""
PERSON = {"ondelete": "RESTRICT"}


def upgrade() -> None:
    """Go up."""
    _strategy()
    _signoffs()
    _measures()
    _reviews()
    for name, when, what in TRIGGERS:
        make_trigger(name, when, what, rows=NEW)


def downgrade() -> None:
    """Go back."""
    for name, when, _what in TRIGGERS:
        drop_trigger(name, when)
    for table in (
        "strategy_answer", "strategy_review", "strategy_value", "strategy_signoff", "strategy_version", "strategy",
    ):  # fmt: skip
        op.drop_table(table)
    op.execute("DELETE FROM search_build WHERE kind = 'strategy'")


def _strategy() -> None:
    op.create_table(
        "strategy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_strategy_has_a_version")),
        sa.CheckConstraint("signed IS NULL OR signed <= version", name=op.f("ck_strategy_signed_is_a_version")),
        sa.CheckConstraint("(signed IS NULL) = (signed_at IS NULL)", name=op.f("ck_strategy_signed_at_a_time")),
        sa.ForeignKeyConstraint(["id"], ["item.id"], name=op.f("fk_strategy_id"), **PERSON),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_strategy_space_id"), **PERSON),
        sa.ForeignKeyConstraint(["holder_id"], ["person.id"], name=op.f("fk_strategy_holder_id"), **PERSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy")),
        sa.UniqueConstraint("space_id", name=op.f("uq_strategy_space_id")),
    )
    op.create_index(op.f("ix_strategy_holder_id"), "strategy", ["holder_id"], unique=False)
    op.create_table(
        "strategy_version",
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategy.id"], name=op.f("fk_strategy_version_strategy_id"), **PERSON
        ),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_strategy_version_author_id"), **PERSON),
        sa.CheckConstraint("substr(content, 1, 1) = '{'", name=op.f("ck_strategy_version_holds_an_object")),
        sa.PrimaryKeyConstraint("strategy_id", "number", name=op.f("pk_strategy_version")),
        sa.UniqueConstraint("strategy_id", "number", "digest", name="uq_strategy_version_digest"),
    )
    op.create_index(op.f("ix_strategy_version_author_id"), "strategy_version", ["author_id"], unique=False)


def _signoffs() -> None:
    op.create_table(
        "strategy_signoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("code", sa.String(length=10), nullable=True),
        sa.Column("reminders", sa.SmallInteger(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(given_at IS NULL) = (name = '')", name=op.f("ck_strategy_signoff_given_by_name")),
        sa.CheckConstraint("given_at IS NULL OR declined_at IS NULL", name=op.f("ck_strategy_signoff_answered_once")),
        sa.CheckConstraint("(given_at IS NULL) = (code IS NULL)", name=op.f("ck_strategy_signoff_given_has_a_code")),
        sa.CheckConstraint(
            "given_at IS NULL OR (sent_at IS NOT NULL AND withdrawn_at IS NULL)",
            name=op.f("ck_strategy_signoff_given_when_asked"),
        ),
        sa.ForeignKeyConstraint(
            ["strategy_id", "number", "digest"],
            ["strategy_version.strategy_id", "strategy_version.number", "strategy_version.digest"],
            name="fk_strategy_signoff_digest",
            **PERSON,
        ),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_strategy_signoff_asked_by_id"), **PERSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_signoff")),
        sa.UniqueConstraint("code", name=op.f("uq_strategy_signoff_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_strategy_signoff_token_hash")),
    )
    op.create_index(op.f("ix_strategy_signoff_asked_by_id"), "strategy_signoff", ["asked_by_id"], unique=False)
    open_only = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "uq_strategy_signoff_address",
        "strategy_signoff",
        ["strategy_id", "number", "address_key"],
        unique=True,
        sqlite_where=open_only,
        postgresql_where=open_only,
    )
    op.create_index("uq_strategy_signoff_place", "strategy_signoff", ["strategy_id", "number", "place"], unique=True)


def _measures() -> None:
    op.create_table(
        "strategy_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("measure", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("amount", sa.Float(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("is_drawn", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["strategy_id"], ["strategy.id"], name=op.f("fk_strategy_value_strategy_id"), **PERSON),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_strategy_value_by_id"), **PERSON),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["strategy_value.id"], name=op.f("fk_strategy_value_corrects_id"), **PERSON
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_value")),
        sa.UniqueConstraint("corrects_id", name="uq_strategy_value_corrects_id"),
        sa.UniqueConstraint("once", name=op.f("uq_strategy_value_once")),
    )
    op.create_index("ix_strategy_value_measure", "strategy_value", ["strategy_id", "measure", "day"], unique=False)
    op.create_index(op.f("ix_strategy_value_by_id"), "strategy_value", ["by_id"], unique=False)
    drawn = sa.text("is_drawn AND corrects_id IS NULL")
    op.create_index(
        "uq_strategy_value_drawn",
        "strategy_value",
        ["strategy_id", "measure", "day"],
        unique=True,
        sqlite_where=drawn,
        postgresql_where=drawn,
    )


def _reviews() -> None:
    op.create_table(
        "strategy_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("conclusion", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategy.id"], name=op.f("fk_strategy_review_strategy_id"), **PERSON
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_strategy_review_closed_by_id"), **PERSON
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_review")),
        sa.UniqueConstraint("strategy_id", "made", name="uq_strategy_review_made"),
    )
    op.create_index(op.f("ix_strategy_review_strategy_id"), "strategy_review", ["strategy_id"], unique=False)
    op.create_index(op.f("ix_strategy_review_closed_by_id"), "strategy_review", ["closed_by_id"], unique=False)
    op.create_table(
        "strategy_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("strategy_id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=1000), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("question BETWEEN 1 AND 4", name=op.f("ck_strategy_answer_four_questions")),
        sa.CheckConstraint("words <> ''", name=op.f("ck_strategy_answer_says_something")),
        sa.ForeignKeyConstraint(
            ["strategy_id"], ["strategy.id"], name=op.f("fk_strategy_answer_strategy_id"), **PERSON
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["strategy_review.id"], name=op.f("fk_strategy_answer_review_id"), **PERSON
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_strategy_answer_person_id"), **PERSON),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_answer")),
    )
    for column in ("strategy_id", "review_id", "person_id"):
        op.create_index(op.f(f"ix_strategy_answer_{column}"), "strategy_answer", [column], unique=False)
    being_answered = sa.text("review_id IS NULL")
    op.create_index(
        "uq_strategy_answer_open",
        "strategy_answer",
        ["strategy_id", "question", "person_id"],
        unique=True,
        sqlite_where=being_answered,
        postgresql_where=being_answered,
    )
