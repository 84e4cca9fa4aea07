"""department names: one of each, whatever the capitals.

Revision: department_names
After: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "department_names"
down_revision = "0002"
branch_labels = None
depends_on = None

LONGEST = 80


def upgrade() -> None:
    """Go up. Of names that differ only in capitals the later ones get a number."""
    op.add_column(
        "department", sa.Column("name_key", sa.String(length=240), server_default=sa.text("''"), nullable=False)
    )
    department = sa.table("department", *(sa.column(name) for name in ("id", "name", "name_key")))
    connection, keys = op.get_bind(), set()
    rows = connection.execute(sa.select(department.c.id, department.c.name).order_by(department.c.id)).all()
    names = {row.name.casefold() for row in rows}
    for row in rows:
        name, number = row.name, 2
        while name.casefold() in keys or (name != row.name and name.casefold() in names):
            ending = f" ({number})"
            name, number = row.name[: LONGEST - len(ending)] + ending, number + 1
        keys.add(name.casefold())
        values = {"name": name, "name_key": name.casefold()}
        connection.execute(sa.update(department).where(department.c.id == row.id).values(values))
    op.create_index("uq_department_name_key", "department", ["name_key"], unique=True)


def downgrade() -> None:
    """Go down."""
    op.drop_index("uq_department_name_key", table_name="department")
    op.drop_column("department", "name_key")
