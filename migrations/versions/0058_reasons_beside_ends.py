"""Why a series ends stands in its row, from where an erased person is taken out,
and in no fact; what is told of an end, a last day or a question has a version
that never comes back.

Revision: 0058
After: 0056
"""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0056"
branch_labels = None
depends_on = None

VERSIONS = (("duty", "end_version"), ("handover", "version"), ("leaving", "version"), ("leaving_item", "version"))
fact = sa.table("fact", sa.column("id"), sa.column("kind"), sa.column("item_id"), sa.column("payload", sa.JSON))
series = sa.table("meetup_series", sa.column("id"), sa.column("ended_at"), sa.column("end_reason"))


def upgrade() -> None:
    """Go up."""
    op.add_column("meetup_series", sa.Column("end_reason", sa.String(500), nullable=True))
    _move_reasons()
    op.add_column("standing_rsvp", sa.Column("said_at", sa.DateTime(timezone=True), nullable=True))
    for table, column in VERSIONS:  # in place: the triggers of the search stay
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default="0"))


def _move_reasons() -> None:
    """Move the reasons that facts bear to what ended; the latest is the one that counts."""
    database = op.get_bind()
    told = database.execute(sa.select(fact).where(fact.c.kind == "series changed").order_by(fact.c.id)).all()
    for row in told:
        if "reason" not in row.payload:
            continue
        if row.payload["reason"]:
            ended = sa.update(series).where(series.c.id == row.item_id, series.c.ended_at.is_not(None))
            database.execute(ended.values(end_reason=row.payload["reason"]))
        left = {name: value for name, value in row.payload.items() if name not in {"reason", "last_id"}}
        database.execute(sa.update(fact).where(fact.c.id == row.id).values(payload=left))


def downgrade() -> None:
    """Go back."""
    for table, column in VERSIONS:
        op.drop_column(table, column)
    op.drop_column("standing_rsvp", "said_at")
    op.drop_column("meetup_series", "end_reason")  # in place: the triggers of the search stay
