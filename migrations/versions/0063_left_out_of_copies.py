"""What stewards leave out of a copy of their space, though its part comes along.

Revision: 0063
After: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("showcase") as showcase:
        showcase.add_column(sa.Column("left_out", sa.JSON(), nullable=True))
    op.execute("UPDATE showcase SET left_out = '[]'")
    with op.batch_alter_table("showcase") as showcase:
        showcase.alter_column("left_out", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("showcase") as showcase:
        showcase.drop_column("left_out")
