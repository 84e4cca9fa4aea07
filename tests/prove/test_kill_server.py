"""`baton serve` killed without warning under sixteen writers, and backed up under them (H1, H3)."""

import random
import signal
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.process import baton, environment, get, started
from tests.notify.outbox import free_port
from tests.prove.kill_writers import Acknowledged, Installation, Writers, install

KILLS = 8
SEED = 11

pytestmark = pytest.mark.prove


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """Sixteen people and four threads."""
    return install(tmp_path / "var", port=free_port())


def check_whole(database: Path, *, acknowledged: Sequence[Acknowledged], exactly: bool) -> int:
    """See that a database holds everything acknowledged, once, in consecutive numbers, with a fact for each; return how many."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        rows = connection.execute(
            "SELECT item.ref, post.number, post.source, post.html, item.last_number "
            "FROM post JOIN item ON item.id = post.item_id ORDER BY item.id, post.number"
        ).fetchall()
        facts = connection.execute(
            "SELECT item_id, json_extract(payload, '$.number'), count(*) FROM fact "
            "WHERE json_extract(payload, '$.number') IS NOT NULL GROUP BY 1, 2"
        ).fetchall()
    by_place = {(ref, number): source for ref, number, source, _html, _last in rows}
    for told in acknowledged:
        assert by_place[told.ref, told.number] == told.text
    for ref in {row[0] for row in rows}:
        numbers = [row[1] for row in rows if row[0] == ref]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {row[4] for row in rows if row[0] == ref} == {len(numbers)}
    replies = [row for row in rows if row[1] > 1]
    assert all(source and html for _ref, _number, source, html, _last in replies)
    assert len({(ref, source) for ref, _number, source, _html, _last in replies}) == len(replies)
    assert [count for _item, _number, count in facts] == [1] * len(replies)
    if exactly:
        assert len(replies) == len(acknowledged)
    return len(replies)


def wait_for(writers: Writers, *, more: int) -> None:
    """Wait until so many more replies were acknowledged."""
    goal = writers.count() + more
    until = time.monotonic() + 120
    while writers.count() < goal:
        assert time.monotonic() < until, writers.refused
        time.sleep(0.02)


def test_no_acknowledged_reply_is_lost_when_the_server_is_killed_again_and_again(installation: Installation) -> None:
    """H1."""
    dice = random.Random(SEED)  # noqa: S311  # not a secret
    with started("serve", env=installation.env) as running:
        running.line_with("running at")
        writers = Writers(installation)
        wait_for(writers, more=10)
    for _kill in range(KILLS - 1):  # leaving the block above was the first
        with started("serve", env=installation.env) as running:
            running.line_with("running at")
            wait_for(writers, more=dice.randrange(5, 60))
            time.sleep(dice.uniform(0, 0.2))
            running.stop(signal.SIGKILL)
    with started("serve", env=installation.env) as running:
        running.line_with("running at")
        wait_for(writers, more=20)
        writers.stop()
        assert writers.refused == []
        assert running.stop() == 0
    count = check_whole(installation.database, acknowledged=writers.acknowledged, exactly=True)
    print(f"{KILLS} kills: {count} replies, {writers.repeats} pressed again, none lost, none twice")  # noqa: T201


def test_a_backup_taken_under_sixteen_writers_restores_to_a_working_site(
    installation: Installation, tmp_path: Path
) -> None:
    """H3."""
    file = tmp_path / "backup.sqlite3"
    with started("serve", env=installation.env) as running:
        running.line_with("running at")
        writers = Writers(installation)
        wait_for(writers, more=100)
        begun = time.monotonic()
        done = baton("backup", str(file), env=installation.env)
        took = time.monotonic() - begun
        wait_for(writers, more=20)
        writers.stop()
    assert done.returncode == 0, done.stderr
    before = [told for told in writers.acknowledged if told.at < begun]
    elsewhere = environment(tmp_path / "elsewhere")
    restored = baton("restore", str(file), env=elsewhere)
    assert restored.returncode == 0, restored.stderr
    count = check_whole(tmp_path / "elsewhere" / "baton.sqlite3", acknowledged=before, exactly=False)
    assert len(before) <= count <= len(writers.acknowledged)
    with started("serve", "--port", "0", env=elsewhere) as running:
        assert get(f"{running.url}/sign-in")[0] == 200
        assert get(f"{running.url}/s/champions/threads/{installation.refs[0]}/")[0] == 200  # the page to sign in
    print(f"backed up in {took:.1f} s: {len(before)} written before, {count} in it")  # noqa: T201
