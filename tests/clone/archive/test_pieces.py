"""Long work in pieces: nobody waits for it, and a worker that lost it changes nothing of what the next one does (ADR 54)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, update

from forum.clone.archive import files, jobs, making, restoring, undoing
from forum.clone.archive.jobs import begin, do_one, give_up
from forum.clone.archive.making import Progress
from forum.clone.archive.models import Restore
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.files import Examined, Refused, Why, examine
from forum.core.leased import LEASE, Claim, NotWantedError, WorkState, change, claim, longer, note_failure
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Space
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import looked, packed, worked
from tests.clone.test_copy import rows_everywhere

pytestmark = [pytest.mark.usefixtures("context"), pytest.mark.both_databases]


class Killed(BaseException):
    """The end of a process."""


@contextmanager
def most_at_once(*words: str) -> Iterator[list[int]]:
    """Note how many rows each statement changes that begins with some words."""
    found: list[int] = []

    def note(_connection: object, cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(words):
            found.append(cursor.rowcount)  # type: ignore[attr-defined]  # a cursor of either driver

    event.listen(db.engine, "after_cursor_execute", note)
    yield found
    event.remove(db.engine, "after_cursor_execute", note)


def come(cast: Cast, folder: Path) -> Restore:
    for number in range(5):
        author = factories.make_person(name=f"Person Number {number}")
        factories.make_membership(cast.champions, author)
        factories.make_thread(cast.champions, author=author, title=f"Question {number}", texts=["Which?", "That."])
    return looked(cast.admin, packed(cast.champions, cast.steward, folder))


def pressed(cast: Cast, job: Restore) -> None:
    with transaction():
        begin(cast.admin, job.uuid, name="Again", slug="again", by_address=False)


def lose_the_worker() -> None:
    with transaction():
        past = now() - LEASE - LEASE
        db.session.execute(update(Restore).where(Restore.claimed_until.is_not(None)).values(claimed_until=past))


def test_people_come_in_pieces(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand of them hold nobody up. Seen to fail with all of them in one transaction."""
    job = come(cast, tmp_path)
    monkeypatch.setattr(restoring, "AT_ONCE", 2)
    pressed(cast, job)
    numbers: list[int] = []

    def count() -> None:
        numbers.append(db.session.scalar(select(func.count()).select_from(Person)) or 0)
        db.session.rollback()

    before = db.session.scalar(select(func.count()).select_from(Person)) or 0
    do_one(pause=count)
    steps = [after - first for first, after in zip([before, *numbers], numbers, strict=False)]
    assert max(steps) == 2
    assert sum(steps) == job.report["people"]


def test_what_was_made_is_taken_back_in_pieces(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F5: some rows at a time, the work kept meanwhile; killed again and again, nothing is left in the end.

    Seen to fail with each table deleted in one statement.
    """
    job = come(cast, tmp_path)
    before = rows_everywhere()
    pressed(cast, job)
    pauses = iter(range(100))

    def stop() -> None:
        if next(pauses) == 30:
            raise Killed

    with pytest.raises(Killed):
        do_one(pause=stop)
    db.session.rollback()
    with transaction():
        give_up(cast.admin, job.uuid)
    monkeypatch.setattr(undoing, "AT_ONCE", 2)
    kept: list[Claim] = []

    def kept_longer(model: type[Restore], held: Claim) -> Claim:
        kept.append(held)
        if len(kept) % 7 == 0:
            raise Killed
        return longer(model, held)

    monkeypatch.setattr(undoing, "longer", kept_longer)
    killed = 0
    with most_at_once("DELETE FROM") as rows:
        while killed < 50:
            with transaction():
                db.session.execute(update(Restore).values(attempts=0))
            try:
                if not do_one():
                    break
            except Killed:
                killed += 1
                db.session.rollback()
                lose_the_worker()
    assert 2 < killed < 50
    assert max(rows) == 2
    assert len(kept) > 10
    assert rows_everywhere() == before


def test_a_worker_that_lost_the_work_notes_nothing(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """H1: it fails, or finds the file wanting, when another worker has it already: that one goes on.

    Seen to fail with whoever fails noting it on the row.
    """
    job = factories.make_restore(by=cast.admin)
    with transaction():
        db.session.get_one(Restore, job.id).state = WorkState.WAITING
    first = claim(Restore)
    lose_the_worker()
    second = claim(Restore)
    assert first is not None
    assert second is not None
    note_failure(Restore, first, "it stumbled")
    row = db.session.get_one(Restore, job.id, populate_existing=True)
    assert (row.state, row.error, row.claimed_until) == (WorkState.WORKING, None, second.until)
    note_failure(Restore, second, "it stumbled")
    assert db.session.get_one(Restore, job.id, populate_existing=True).state is WorkState.WAITING

    def taken_away(*_given: object, **_more: object) -> None:
        lose_the_worker()
        assert claim(Restore, Restore.id == other.id) is not None
        raise Invalid({"file": ["It is none."]})

    other = looked(cast.admin, packed(cast.champions, cast.steward, tmp_path))
    with transaction():
        db.session.get_one(Restore, other.id).state = WorkState.WAITING
    monkeypatch.setattr(jobs, "look_through", taken_away)
    assert do_one(Restore.id == other.id)
    row = db.session.get_one(Restore, other.id, populate_existing=True)
    assert (row.state, row.error) == (WorkState.WORKING, None)


def fail_to_keep(held: Claim) -> None:
    with transaction():
        longer(Restore, held)
        message = "full"
        raise OSError(message)


def test_a_claim_stands_when_its_renewal_came_to_nothing(cast: Cast) -> None:
    """H2: the transaction in which it was renewed failed; whoever holds it still says so, and nobody waits for its end.

    Seen to fail with the new moment alone compared.
    """
    job = factories.make_restore(by=cast.admin)
    with transaction():
        db.session.get_one(Restore, job.id).state = WorkState.WAITING
    held = claim(Restore)
    assert held is not None
    with pytest.raises(OSError, match="full"):
        fail_to_keep(held)
    with transaction():
        change(Restore, held, done=3)
    note_failure(Restore, held, "it stumbled")
    assert db.session.get_one(Restore, job.id, populate_existing=True).state is WorkState.WAITING
    with pytest.raises(NotWantedError), transaction():
        change(Restore, held, done=4)


def test_progress_is_said_once_a_second_whatever_a_file_says_of_itself(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F5: a list of contents that says less than there is makes no write of every row.

    Seen to fail with the last of them always said.
    """
    said: list[int] = []
    monkeypatch.setattr(making, "longer", lambda _model, _held, done, **_more: said.append(done))
    progress = Progress(Restore, Claim(1, now()))
    for number in range(500):
        progress(min(number, 3), 3)
    assert len(said) < 5


def test_other_peoples_uploads_go_first(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy moment while one of many files is looked at is waited for: nothing begins anew.

    Seen to fail without waiting.
    """
    thread = factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These."])
    post = factories.make_post(thread, author=cast.colleague, text="Here.")
    factories.make_attachment(cast.champions, by=cast.colleague, to=post, name="a.txt", data=b"words")
    path, turns = packed(cast.champions, cast.steward, tmp_path), iter(range(99))
    waits: list[float] = []

    def busy(came: Path, made: Path) -> Examined:
        if next(turns) < 3:
            raise Refused(Why.BUSY)
        return examine(came, made)

    monkeypatch.setattr(files, "examine", busy)
    monkeypatch.setattr(files, "sleep", waits.append)
    job = looked(cast.admin, path)
    assert (job.state, job.attempts, job.report["unwanted"]) == (WorkState.READY, 1, [])
    assert len(waits) == 3
    assert worked(job).state is WorkState.READY
    assert db.session.scalar(select(func.count()).select_from(Space).where(Space.slug == "again")) == 0
