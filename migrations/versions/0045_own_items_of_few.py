"""What somebody wrote for few is found without reading all that they wrote.

Revision: 0045
After: 0038
"""

from alembic import op

revision = "0045"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_index("ix_item_author_audience", "item", ["author_id", "audience", "space_id"])


def downgrade() -> None:
    """Go down."""
    op.drop_index("ix_item_author_audience", table_name="item")
