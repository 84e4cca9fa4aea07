"""Rows that name another row of their own table, which comes after them in the file."""

from pathlib import Path

import pytest

from forum.core.db import db, transaction
from forum.core.time import now
from forum.threads.models import Tag
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import packed, restored

pytestmark = pytest.mark.usefixtures("context")


def test_a_tag_that_was_merged_into_a_later_one_leads_there(cast: Cast, tmp_path: Path) -> None:
    """F5: its address leads on where the space is restored, too."""
    old, new = (factories.make_tag(cast.champions, name=name) for name in ("old word", "new word"))
    with transaction():
        held = db.session.get_one(Tag, old.id)
        held.retired_at, held.merged_into_id = now(), new.id
    space = restored(cast.admin, packed(cast.champions, cast.steward, tmp_path))
    found = {tag.name: tag for tag in db.session.query(Tag).filter_by(space_id=space.id)}
    assert found["old word"].merged_into_id == found["new word"].id
