"""Whoever restores, and whoever is matched, is asked again when the space is complete."""

from pathlib import Path

import pytest
from sqlalchemy import select

from forum.clone.archive.jobs import begin, do_one
from forum.clone.archive.models import Restore, Stage
from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.people.models import Person, PersonState
from forum.spaces.models import Membership, Space
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import looked, packed

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.both_databases]


def begun(cast: Cast, tmp_path: Path) -> Restore:
    factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These."])
    job = looked(cast.admin, packed(cast.champions, cast.steward, tmp_path))
    with transaction():
        begin(cast.admin, job.uuid, name="Again", slug="again", by_address=True)
    return job


def once(**values: str) -> None:
    """Change people while it is restored."""
    with transaction():
        for name, state in values.items():
            db.session.scalars(select(Person).where(Person.handle == name)).one().state = PersonState(state)


def test_who_is_no_admin_any_more_gets_no_space(cast: Cast, tmp_path: Path) -> None:
    """A1: suspended after the press, at the beginning or half-way, they become nobody's steward.

    Seen to fail without the look at who restores under the lock.
    """
    job = begun(cast, tmp_path)

    def demoted() -> None:
        with transaction():
            db.session.get_one(Person, cast.admin.id).is_admin = False

    do_one(pause=demoted)
    job = db.session.get_one(Restore, job.id, populate_existing=True)
    assert job.done_at is None
    assert (job.stage, job.state) == (Stage.LOOK, WorkState.READY)
    assert "looks after this installation" in str(job.error)
    assert db.session.scalars(select(Membership).where(Membership.space_id == job.space_id)).all() == []
    space = db.session.get_one(Space, job.space_id, populate_existing=True)
    assert space.archived_at is not None


def test_whose_account_was_closed_meanwhile_is_no_member(cast: Cast, tmp_path: Path) -> None:
    """A4: they were matched by their address at the beginning; what counts is how they stand at the end.

    Seen to fail with those who were matched taken for members.
    """
    job = begun(cast, tmp_path)
    do_one(pause=lambda: once(**{cast.colleague.handle: "closed"}))
    job = db.session.get_one(Restore, job.id, populate_existing=True)
    assert job.done_at is not None, job.error
    members = select(Membership.person_id).where(Membership.space_id == job.space_id, Membership.ended_at.is_(None))
    found = set(db.session.scalars(members))
    assert cast.champion.id in found
    assert cast.colleague.id not in found
