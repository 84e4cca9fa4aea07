"""The index of the search, kept by triggers, and searches that people keep.

Triggers note in `search_due` what was written; the transaction that wrote it settles that before it commits. So nothing that changes
a text, whoever may find it, or a title or tag can forget the index. `search_match` (SQLite) and `search_entry.doc` (PostgreSQL) are
made by the database from `search_entry`.

SQLite drops a table's triggers when a later migration rebuilds it in a batch: that migration makes them again (a test says so).

Revision: 0023
After: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

POST = "INSERT INTO search_due (item_id, number) VALUES ({row}.item_id, {row}.number)"
ITEM = "INSERT INTO search_due (item_id) VALUES ({row}.id)"
OF_ITEM = "INSERT INTO search_due (item_id) VALUES ({row}.item_id)"
TITLE = "INSERT INTO search_due (item_id, number) VALUES ({row}.id, 1)"
TAGGED = "INSERT INTO search_due (item_id, number) VALUES ({row}.thread_id, 1)"
TAG = "INSERT INTO search_due (item_id, number) SELECT thread_id, 1 FROM thread_tag WHERE tag_id = {row}.id"
NEW, OLD = ("NEW",), ("OLD",)
BOTH = ("OLD", "NEW")
TRIGGERS = (
    ("search_post_written", "AFTER INSERT ON post", "NEW.number IS NOT NULL", POST, NEW),
    (
        "search_post_changed",
        "AFTER UPDATE OF item_id, number, state, html, author_id, created_at ON post",
        "OLD.number IS NOT NULL OR NEW.number IS NOT NULL",
        POST,
        BOTH,
    ),
    ("search_post_gone", "AFTER DELETE ON post", "OLD.number IS NOT NULL", POST, OLD),
    ("search_item_shown", "AFTER UPDATE OF state, audience, space_id ON item", "", ITEM, NEW),
    ("search_item_named", "AFTER UPDATE OF title ON item", "", TITLE, NEW),
    ("search_person_named", "AFTER INSERT ON item_person", "", OF_ITEM, NEW),
    ("search_person_unnamed", "AFTER DELETE ON item_person", "", OF_ITEM, OLD),
    ("search_item_shared", "AFTER INSERT ON item_share", "", OF_ITEM, NEW),
    ("search_item_unshared", "AFTER DELETE ON item_share", "", OF_ITEM, OLD),
    ("search_thread_tagged", "AFTER INSERT ON thread_tag", "", TAGGED, NEW),
    ("search_thread_retagged", "AFTER UPDATE ON thread_tag", "", TAGGED, BOTH),
    ("search_thread_untagged", "AFTER DELETE ON thread_tag", "", TAGGED, OLD),
    ("search_tag_renamed", "AFTER UPDATE OF name ON tag", "", TAG, NEW),
)
"""Name, when, on which condition, what is noted, and of which of the two rows."""

TEXTS = ("scope", "title", "tags", "body")
MATCH = (
    "CREATE VIRTUAL TABLE search_match USING fts5 "
    "(scope, title, tags, body, content='search_entry', content_rowid='id', tokenize='ascii')"
)
PUT = "INSERT INTO search_match (rowid, scope, title, tags, body) VALUES (NEW.id, NEW.scope, NEW.title, NEW.tags, NEW.body)"
TAKE = (
    "INSERT INTO search_match (search_match, rowid, scope, title, tags, body) "
    "VALUES ('delete', OLD.id, OLD.scope, OLD.title, OLD.tags, OLD.body)"
)
ENTRY_TRIGGERS = (
    ("search_entry_put", "AFTER INSERT ON search_entry", f"{PUT};"),
    ("search_entry_taken", "AFTER DELETE ON search_entry", f"{TAKE};"),
    ("search_entry_changed", "AFTER UPDATE OF scope, title, tags, body ON search_entry", f"{TAKE}; {PUT};"),
)
DOC = " || ".join(
    f"setweight(to_tsvector('simple'::regconfig, {text} || ' 0z'), '{weight}')"
    for text, weight in zip(("title", "tags", "body", "scope"), "ABCD", strict=True)
)
"""Between two texts stands a word that nobody looks for, so that no phrase reaches from one into the next."""


def upgrade() -> None:
    """Go up."""
    _make_tables()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute(MATCH)
        for name, when, what in ENTRY_TRIGGERS:
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN {what} END")
    else:
        op.execute(f"ALTER TABLE search_entry ADD COLUMN doc tsvector GENERATED ALWAYS AS ({DOC}) STORED")
        op.execute("CREATE INDEX ix_search_entry_doc ON search_entry USING gin (doc) WITH (fastupdate = off)")
    for trigger in TRIGGERS:
        (_sqlite_trigger if is_sqlite else _postgres_trigger)(*trigger)
    # What was written before is indexed by a worker, piece by piece, or by "baton search rebuild".
    op.execute("INSERT INTO search_build (kind, last_key) SELECT DISTINCT kind, 0 FROM item")


def _make_tables() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in TEXTS),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_search_entry_author_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_search_entry_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index("uq_search_entry_item_number", "search_entry", ["item_id", "number"], unique=True)
    op.create_index(op.f("ix_search_entry_author_id"), "search_entry", ["author_id"], unique=False)
    op.create_table(
        "search_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_search_due_item_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_due")),
    )
    op.create_index(op.f("ix_search_due_item_id"), "search_due", ["item_id"], unique=False)
    op.create_table(
        "search_build",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("last_key", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_search_build")),
    )
    op.create_table(
        "recent_search",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recent_search_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", "query", name=op.f("pk_recent_search")),
    )
    op.create_table(
        "saved_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("tells", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_saved_search_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_search")),
        sa.UniqueConstraint("ref", name=op.f("uq_saved_search_ref")),
    )
    op.create_index("uq_saved_search_person_query", "saved_search", ["person_id", "query"], unique=True)
    op.create_index("ix_saved_search_looked", "saved_search", ["looked_at"], unique=False)


def _sqlite_trigger(name: str, when: str, condition: str, what: str, rows: tuple[str, ...]) -> None:
    on = f"WHEN {condition} " if condition else ""
    noted = " ".join(f"{what.format(row=row)};" for row in rows)
    op.execute(f"CREATE TRIGGER {name} {when} {on}BEGIN {noted} END")


def _postgres_trigger(name: str, when: str, condition: str, what: str, rows: tuple[str, ...]) -> None:
    on = f"WHEN ({condition}) " if condition else ""
    noted = " ".join(f"{what.format(row=row)};" for row in rows)
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {noted} RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} {when} FOR EACH ROW {on}EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    """Go back."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, when, *_rest in TRIGGERS:
        table = when.rpartition(" ")[2]
        op.execute(f"DROP TRIGGER {name}" if is_sqlite else f"DROP TRIGGER {name} ON {table}")
        if not is_sqlite:
            op.execute(f"DROP FUNCTION {name}()")
    for table in ("saved_search", "recent_search", "search_build", "search_due", "search_entry"):
        op.drop_table(table)
    if is_sqlite:
        op.execute("DROP TABLE search_match")
