"""Links and keys in mails that were derived with another secret key keep working beside the new ones.

Revision: 0048
After: 0047
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

UNIQUE = (
    ("uq_stop_link_person_item", "stop_link", ["person_id", "item_id"], ""),
    ("uq_stop_link_person_space", "stop_link", ["person_id", "space_id"], ""),
    ("uq_stop_link_digest", "stop_link", ["person_id"], "item_id IS NULL AND space_id IS NULL"),
    ("uq_reply_key_person_post", "reply_key", ["person_id", "post_id"], ""),
    ("uq_reply_key_digest", "reply_key", ["person_id"], "post_id IS NULL"),
)
CURRENT = "replaced_at IS NULL"


def upgrade() -> None:
    """Go up."""
    for table in ("stop_link", "reply_key"):
        op.add_column(table, sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True))
        op.create_index(op.f(f"ix_{table}_person_id"), table, ["person_id"])
    for name, table, columns, where in UNIQUE:
        op.drop_index(name, table_name=table)
        _unique(name, table, columns, f"{where} AND {CURRENT}" if where else CURRENT)


def downgrade() -> None:
    """Go down. What was replaced stops working."""
    for table in ("stop_link", "reply_key"):
        op.execute(f"DELETE FROM {table} WHERE replaced_at IS NOT NULL")  # noqa: S608  # our own words
    for name, table, columns, where in UNIQUE:
        op.drop_index(name, table_name=table)
        _unique(name, table, columns, where)
    for table in ("stop_link", "reply_key"):
        op.drop_index(op.f(f"ix_{table}_person_id"), table_name=table)
        op.drop_column(table, "replaced_at")


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)
