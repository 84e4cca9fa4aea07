"""Which versions of a strategy were signed is kept, so that a draft before a signed one isn't shown with it.

Revision: 0056
After: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0054"
branch_labels = None
depends_on = None

SIGNED = """
UPDATE strategy_version SET signed_at = (
    SELECT max(given_at) FROM strategy_signoff AS given
    WHERE given.strategy_id = strategy_version.strategy_id AND given.number = strategy_version.number
)
WHERE EXISTS (
    SELECT 1 FROM strategy_signoff AS given
    WHERE given.strategy_id = strategy_version.strategy_id AND given.number = strategy_version.number
    AND given.given_at IS NOT NULL
) AND (
    NOT EXISTS (
        SELECT 1 FROM strategy_signoff AS other
        WHERE other.strategy_id = strategy_version.strategy_id AND other.number = strategy_version.number
        AND other.given_at IS NULL
    )
    OR EXISTS (
        SELECT 1 FROM strategy WHERE strategy.id = strategy_version.strategy_id AND strategy.signed = strategy_version.number
    )
)
"""
"""The one that is shown, and those that all signed who were ever asked: of another nobody can say it was signed as a whole."""


def upgrade() -> None:
    """Go up."""
    op.add_column("strategy_version", sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(SIGNED)


def downgrade() -> None:
    """Go back."""
    op.drop_column("strategy_version", "signed_at")  # in place: the trigger of the search stays
