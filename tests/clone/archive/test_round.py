"""An archive and what is made of it say the same, for rows in every table, on both databases and from one to the other."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from forum.clone.archive.rooms import keeping
from forum.core.db import db, transaction
from forum.playbooks.models import Run
from tests.clone.archive.carried import content, differences, lines_in, packed, restored
from tests.clone.archive.generated import fill
from tests.mydata.furnished import furnish

pytestmark = pytest.mark.both_databases
COUPLED = frozenset(
    {
        "agenda_item.removed_at", "attachment.height", "attachment.width", "cover_swap.answered_at", "date_poll.occurrence_id",
        "duty.turn_weeks", "duty.turns_from", "handover_item.done_at", "handover_item.done_by_id", "help_case.closed_at",
        "help_case.holder_id", "help_case.offered_at", "help_case.offered_to_id", "help_case.taken_at", "meetup_action.settled_at",
        "playbook.duty_id", "poll.closed_at", "poll.closed_by_id", "rsvp.wait_pos", "story.duty_id", "story_action.settled_at",
        "tag.merged_into_id", "thread.accepted_at", "thread.accepted_number", "thread_summary.post_number",
    }
)  # fmt: skip
"""Columns that a rule of the database lets be set only together with another one: no generated row has them."""


def test_out_in_and_out_again_is_the_same(app: Flask, tmp_path: Path, context: None) -> None:
    """F5: whoever has an account here keeps what was theirs."""
    two = furnish()
    empty = fill(two.space)
    with transaction():
        db.session.execute(update(Run).values(is_shared=True, gives_notes=True))
    first = lines_in(packed(two.space, two.theirs, tmp_path))
    assert {table.name for table in keeping().tables} == {name.split(".")[0] for name in first} - {
        "person",
        "department",
    }
    assert empty <= COUPLED
    made = restored(two.theirs, tmp_path / "a.zip")
    second = lines_in(packed(made, two.theirs, tmp_path, name="b.zip"))
    assert not differences(content(first), content(second))
    db.session.rollback()
