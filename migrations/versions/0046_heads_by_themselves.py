"""PostgreSQL finds words in titles and tags without reading every text that holds them: an index of items' first texts.

Revision: 0046
After: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_search_entry_heads ON search_entry USING gin (doc) WITH (fastupdate = off) WHERE number <= 1"
        )


def downgrade() -> None:
    """Go down."""
    op.execute("DROP INDEX IF EXISTS ix_search_entry_heads")
