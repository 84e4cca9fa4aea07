"""watching: how much people want to hear of threads, sections and spaces.

Whoever wrote or was named before watches as if it had happened after.

Revision: 0008
After: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

LEVELS = ("everything", "mine and mentions", "off")
REASONS = ("carried", "mentioned", "replied", "started")
BEGUN = (
    """SELECT author_id, item_id, 'everything', 'started', false, created_at FROM post
       WHERE number = 1 AND author_id IS NOT NULL AND state = 'published'""",
    """SELECT author_id, item_id, 'everything', 'replied', false, min(created_at) FROM post
       WHERE number > 1 AND author_id IS NOT NULL AND state = 'published' GROUP BY author_id, item_id""",
    """SELECT person_id, item_id, 'mine and mentions', 'mentioned', false, min(created_at)
       FROM post_mention JOIN post ON post.id = post_id WHERE state = 'published' GROUP BY person_id, item_id""",
)


def level() -> sa.Column[str]:
    """Return the column for a level."""
    words = sa.Enum(*LEVELS, name="watchlevel", native_enum=False, length=20)
    return sa.Column("level", words, nullable=False)


def person(table: str) -> sa.ForeignKeyConstraint:
    """Return the key to who watches."""
    name = op.f(f"fk_{table}_person_id")
    return sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=name, ondelete="RESTRICT")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "watch",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        level(),
        sa.Column("reason", sa.Enum(*REASONS, name="watchreason", native_enum=False, length=20), nullable=True),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("is_chosen OR reason IS NOT NULL", name=op.f("ck_watch_chosen_or_for_a_reason")),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_watch_item_id"), ondelete="CASCADE"),
        person("watch"),
        sa.PrimaryKeyConstraint("person_id", "item_id", name=op.f("pk_watch")),
    )
    with op.batch_alter_table("watch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_item_id"), ["item_id"], unique=False)
    op.create_table(
        "watch_space",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        level(),
        person("watch_space"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_watch_space_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("person_id", "space_id", name=op.f("pk_watch_space")),
    )
    op.create_table(
        "watch_section",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        level(),
        person("watch_section"),
        sa.ForeignKeyConstraint(
            ["section_id"], ["section.id"], name=op.f("fk_watch_section_section_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "section_id", name=op.f("pk_watch_section")),
    )
    with op.batch_alter_table("watch_section", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watch_section_section_id"), ["section_id"], unique=False)
    for begun in BEGUN:
        op.execute(
            f"INSERT INTO watch (person_id, item_id, level, reason, is_chosen, since) {begun} ON CONFLICT DO NOTHING"
        )


def downgrade() -> None:
    """Go back."""
    op.drop_table("watch_section")
    op.drop_table("watch_space")
    op.drop_table("watch")
