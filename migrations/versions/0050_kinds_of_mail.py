"""Each kind of mail can be stopped by its own link, a stopped digest comes back as it was, and an outage of the mailbox is noted.

Revision: 0050
After: 0048
"""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0048"
branch_labels = None
depends_on = None

CURRENT = "replaced_at IS NULL"
LINKS = (
    ("uq_stop_link_person_item", ["person_id", "item_id"], CURRENT),
    ("uq_stop_link_person_space", ["person_id", "space_id"], f"kind IS NULL AND {CURRENT}"),
    ("uq_stop_link_digest", ["person_id"], f"item_id IS NULL AND space_id IS NULL AND kind IS NULL AND {CURRENT}"),
    ("uq_stop_link_kind", ["person_id", "kind"], f"space_id IS NULL AND {CURRENT}"),
    ("uq_stop_link_kind_space", ["person_id", "kind", "space_id"], CURRENT),
    ("uq_stop_link_address", ["address_hash", "kind"], f"space_id IS NULL AND {CURRENT}"),
    ("uq_stop_link_address_space", ["address_hash", "kind", "space_id"], CURRENT),
)
BEFORE = (
    ("uq_stop_link_person_item", ["person_id", "item_id"], CURRENT),
    ("uq_stop_link_person_space", ["person_id", "space_id"], CURRENT),
    ("uq_stop_link_digest", ["person_id"], f"item_id IS NULL AND space_id IS NULL AND {CURRENT}"),
)
KINDS = (
    ("uq_quiet_kind_person", ["person_id", "kind"], "space_id IS NULL"),
    ("uq_quiet_kind_person_space", ["person_id", "kind", "space_id"], ""),
    ("uq_quiet_kind_address", ["address_hash", "kind"], "space_id IS NULL"),
    ("uq_quiet_kind_address_space", ["address_hash", "kind", "space_id"], ""),
)


def upgrade() -> None:
    """Go up."""
    for name, _columns, _where in BEFORE:
        op.drop_index(name, table_name="stop_link")
    with op.batch_alter_table("stop_link") as link:
        link.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        link.add_column(sa.Column("address_hash", sa.String(64), nullable=True))
        link.add_column(sa.Column("kind", sa.String(60), nullable=True))
        link.create_check_constraint(
            op.f("ck_stop_link_stops_for_one"), "(person_id IS NULL) <> (address_hash IS NULL)"
        )
        link.create_check_constraint(op.f("ck_stop_link_kind_of_no_item"), "kind IS NULL OR item_id IS NULL")
    for name, columns, where in LINKS:
        _unique(name, "stop_link", columns, where)
    op.create_table(
        "quiet_kind",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address_hash", sa.String(64), nullable=True),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(person_id IS NULL) <> (address_hash IS NULL)", name=op.f("ck_quiet_kind_quiet_for_one")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_quiet_kind_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_quiet_kind_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_kind")),
    )
    op.create_index(op.f("ix_quiet_kind_space_id"), "quiet_kind", ["space_id"])
    for name, columns, where in KINDS:
        _unique(name, "quiet_kind", columns, where)
    op.add_column("mail_choice", sa.Column("stopped", sa.String(20), nullable=True))
    op.create_table(
        "mailbox",
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("(down_since IS NULL) = (error IS NULL)", name=op.f("ck_mailbox_down_for_a_reason")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_mailbox")),
    )


def downgrade() -> None:
    """Go down. Links of kinds lead nowhere then, and all kinds are mailed."""
    op.drop_table("mailbox")
    op.drop_column("mail_choice", "stopped")
    op.drop_table("quiet_kind")
    op.execute("DELETE FROM stop_link WHERE kind IS NOT NULL")
    for name, _columns, _where in LINKS:
        op.drop_index(name, table_name="stop_link")
    with op.batch_alter_table("stop_link") as link:
        link.drop_constraint(op.f("ck_stop_link_stops_for_one"), type_="check")
        link.drop_constraint(op.f("ck_stop_link_kind_of_no_item"), type_="check")
        link.drop_column("kind")
        link.drop_column("address_hash")
        link.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
    for name, columns, where in BEFORE:
        _unique(name, "stop_link", columns, where)


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where) if where else None
    op.create_index(name, table, columns, unique=True, sqlite_where=condition, postgresql_where=condition)
