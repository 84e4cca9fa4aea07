"""Polls in threads, and what members ask through an organiser (relays).

Revision: 0017
After: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.Column(
            "results",
            sa.Enum("always", "after voting", "at the end", name="results", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_poll_closed_by_somebody")),
        sa.CheckConstraint("most BETWEEN 1 AND 10", name=op.f("ck_poll_few_choices")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_poll_closed_by_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_poll_made_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_poll_thread_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
        sa.UniqueConstraint("thread_id", name=op.f("uq_poll_thread_id")),
    )
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.create_index("uq_poll_id_most", ["id", "most"], unique=True)

    op.create_table(
        "relay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=10), nullable=False),
        sa.Column("space_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("keeper_id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("renderer", sa.SmallInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("waiting", "passed on", "declined", "withdrawn", name="relaystate", native_enum=False, length=20),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("once", sa.String(length=32), nullable=True),
        sa.CheckConstraint("(state = 'passed on') = (post_id IS NOT NULL)", name=op.f("ck_relay_passed_on_as_a_post")),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_relay_settled_at_some_time")),
        sa.CheckConstraint("asker_id <> keeper_id", name=op.f("ck_relay_through_somebody_else")),
        sa.ForeignKeyConstraint(["about_id"], ["relay.id"], name=op.f("fk_relay_about_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["asker_id"], ["person.id"], name=op.f("fk_relay_asker_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["keeper_id"], ["person.id"], name=op.f("fk_relay_keeper_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_relay_post_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_relay_section_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["space_id"], ["space.id"], name=op.f("fk_relay_space_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay")),
        sa.UniqueConstraint("post_id", name=op.f("uq_relay_post_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_relay_ref")),
    )
    with op.batch_alter_table("relay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relay_about_id"), ["about_id"], unique=False)
        batch_op.create_index("ix_relay_keeper", ["keeper_id", "space_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_relay_section_id"), ["section_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relay_space_id"), ["space_id"], unique=False)
        batch_op.create_index("uq_relay_asker_once", ["asker_id", "once"], unique=True)

    op.create_table(
        "poll_option",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.CheckConstraint("place BETWEEN 1 AND 10", name=op.f("ck_poll_option_few_places")),
        sa.ForeignKeyConstraint(["poll_id"], ["poll.id"], name=op.f("fk_poll_option_poll_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("poll_id", "place", name=op.f("pk_poll_option")),
    )
    op.create_table(
        "relay_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("relay_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "act",
            sa.Enum(
                "asked",
                "asked another",
                "passed on",
                "declined",
                "withdrew",
                "accepted",
                "thanked",
                name="relayact",
                native_enum=False,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("keeper_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["keeper_id"], ["person.id"], name=op.f("fk_relay_step_keeper_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["relay_id"], ["relay.id"], name=op.f("fk_relay_step_relay_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_step")),
    )
    with op.batch_alter_table("relay_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relay_step_relay_id"), ["relay_id"], unique=False)

    op.create_table(
        "poll_vote",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("most", sa.SmallInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slot BETWEEN 1 AND most", name=op.f("ck_poll_vote_few_slots")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_poll_vote_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["poll_id", "most"], ["poll.id", "poll.most"], name="fk_poll_vote_poll_id_most"),
        sa.ForeignKeyConstraint(
            ["poll_id", "place"], ["poll_option.poll_id", "poll_option.place"], name="fk_poll_vote_poll_id_place"
        ),
        sa.PrimaryKeyConstraint("poll_id", "person_id", "slot", name=op.f("pk_poll_vote")),
    )
    with op.batch_alter_table("poll_vote", schema=None) as batch_op:
        batch_op.create_index("ix_poll_vote_option", ["poll_id", "place"], unique=False)
        batch_op.create_index(batch_op.f("ix_poll_vote_person_id"), ["person_id"], unique=False)
        batch_op.create_index("uq_poll_vote_choice", ["poll_id", "person_id", "place"], unique=True)

    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.add_column(sa.Column("for_colleague", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.alter_column("for_colleague", server_default=None)


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_column("for_colleague")

    with op.batch_alter_table("poll_vote", schema=None) as batch_op:
        batch_op.drop_index("uq_poll_vote_choice")
        batch_op.drop_index(batch_op.f("ix_poll_vote_person_id"))
        batch_op.drop_index("ix_poll_vote_option")

    op.drop_table("poll_vote")
    with op.batch_alter_table("relay_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relay_step_relay_id"))

    op.drop_table("relay_step")
    op.drop_table("poll_option")
    with op.batch_alter_table("relay", schema=None) as batch_op:
        batch_op.drop_index("uq_relay_asker_once")
        batch_op.drop_index(batch_op.f("ix_relay_space_id"))
        batch_op.drop_index(batch_op.f("ix_relay_section_id"))
        batch_op.drop_index("ix_relay_keeper")
        batch_op.drop_index(batch_op.f("ix_relay_about_id"))

    op.drop_table("relay")
    with op.batch_alter_table("poll", schema=None) as batch_op:
        batch_op.drop_index("uq_poll_id_most")

    op.drop_table("poll")
