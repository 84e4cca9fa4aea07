"""What somebody is told in the app has a day and words beside it; a date poll
knows when members were asked last; that a series ends can be taken back.

Revision: 0051
After: 0050
"""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("heads_up") as told:
        told.add_column(sa.Column("day", sa.Date(), nullable=True))
        told.add_column(sa.Column("words", sa.String(length=500), nullable=False, server_default=""))
    with op.batch_alter_table("heads_up") as told:
        told.alter_column("words", existing_type=sa.String(length=500), server_default=None)
    op.add_column("date_poll", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meetup_series", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meetup_series", sa.Column("until_before", sa.Date(), nullable=True))
    op.add_column("meetup_series", sa.Column("count_before", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Go down."""
    for column in ("count_before", "until_before", "ended_at"):
        op.drop_column("meetup_series", column)
    op.drop_column("date_poll", "asked_at")
    with op.batch_alter_table("heads_up") as told:
        told.drop_column("words")
        told.drop_column("day")
