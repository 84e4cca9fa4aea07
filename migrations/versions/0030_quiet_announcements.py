"""Announcements of a space in the app only.

Revision: 0030
After: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None

OF_NO_ITEM = sa.text("item_id IS NULL")
OF_NOTHING = sa.text("item_id IS NULL AND space_id IS NULL")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "quiet_space",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiet_space_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_quiet_space_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("person_id", "space_id", name=op.f("pk_quiet_space")),
    )
    with op.batch_alter_table("quiet_space", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiet_space_space_id"), ["space_id"], unique=False)
    with op.batch_alter_table("stop_link", schema=None) as batch_op:
        batch_op.drop_index("uq_stop_link_digest")
        batch_op.add_column(sa.Column("space_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_stop_link_space_id"), "space", ["space_id"], ["id"], ondelete="RESTRICT"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_stop_link_stops_one_thing"), "item_id IS NULL OR space_id IS NULL"
        )
        batch_op.create_index(batch_op.f("ix_stop_link_space_id"), ["space_id"], unique=False)
        batch_op.create_index("uq_stop_link_person_space", ["person_id", "space_id"], unique=True)
        batch_op.create_index(
            "uq_stop_link_digest", ["person_id"], unique=True, sqlite_where=OF_NOTHING, postgresql_where=OF_NOTHING
        )


def downgrade() -> None:
    """Go back. Links of announcements lead nowhere then, and all announcements are mailed."""
    op.execute("DELETE FROM stop_link WHERE space_id IS NOT NULL")
    with op.batch_alter_table("stop_link", schema=None) as batch_op:
        batch_op.drop_index("uq_stop_link_digest")
        batch_op.drop_index("uq_stop_link_person_space")
        batch_op.drop_index(batch_op.f("ix_stop_link_space_id"))
        batch_op.drop_constraint(batch_op.f("ck_stop_link_stops_one_thing"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_stop_link_space_id"), type_="foreignkey")
        batch_op.drop_column("space_id")
        batch_op.create_index(
            "uq_stop_link_digest", ["person_id"], unique=True, sqlite_where=OF_NO_ITEM, postgresql_where=OF_NO_ITEM
        )
    op.drop_table("quiet_space")
