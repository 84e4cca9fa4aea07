"""How far the look through an archive and its restore are: what is said never goes backwards (F5)."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from forum.clone.archive import making, restoring
from forum.clone.archive.jobs import begin, do_one
from forum.clone.archive.looking import look_through
from forum.clone.archive.models import Restore
from forum.clone.archive.opening import opened
from forum.core.db import db, transaction
from forum.core.leased import Claim, WorkState, longer
from tests.cast import Cast
from tests.clone.archive.carried import looked, packed, worked
from tests.clone.archive.test_ended import Killed, half_way, killed_after
from tests.clone.archive.test_hostile import furnished

pytestmark = pytest.mark.usefixtures("context")


def test_looking_again_with_accounts_is_the_second_half(cast: Cast, tmp_path: Path) -> None:
    """Seen to fail with nothing said while all is tried out once more: the bar fell to its beginning and stayed there."""
    path = packed(furnished(cast), cast.steward, tmp_path)
    said: list[int] = []
    with opened(path) as archive:
        total = archive.manifest.total
        assert look_through(archive, secret="a secret", step=lambda done, _total: said.append(done))["known"]
    assert said == sorted(said)
    assert total // 4 < said[len(said) // 2 - 1] <= total // 2
    assert total * 3 // 4 < said[-1] <= total


@pytest.mark.parametrize("by_address", [True, False])
def test_a_restore_that_goes_on_says_how_far_it_was(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by_address: bool
) -> None:
    """Killed, failed, gone on with by a press. Seen to fail with the press, or the look at the accounts, beginning to count anew."""
    said: list[int] = []

    def noted(model: type[Restore], held: Claim, **values: Any) -> Claim:  # noqa: ANN401  # values of columns
        if "done" in values:
            said.append(values["done"])
        return longer(model, held, **values)

    path = packed(furnished(cast), cast.steward, tmp_path)
    looked(cast.admin, path)
    for module in (making, restoring):
        monkeypatch.setattr(module, "longer", noted)
    monkeypatch.setattr(making, "SAID_EVERY", timedelta(0))
    job = half_way(cast, path, by=cast.admin, pieces=0, by_address=by_address)  # among its people
    with pytest.raises(Killed):
        do_one(pause=killed_after(30))
    db.session.rollback()
    with transaction():
        stopped = db.session.get_one(Restore, job.id, populate_existing=True)
        stopped.state, stopped.claimed_until = WorkState.FAILED, None
    before = said[-1]
    with transaction():
        assert begin(cast.admin, job.uuid, name="", slug="", by_address=by_address).done == before > 0
    job = worked(job)
    assert job.done_at is not None
    assert said == sorted(said)
    assert said[-1] == job.done == job.total
    assert len({one for one in said if one > before}) > 2
