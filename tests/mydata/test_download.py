"""Everything of one's own, and nobody else's (A15)."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import Missing, TooMany
from forum.core.leased import WorkState
from forum.core.outbox import FactRow
from forum.core.ownership import Words
from forum.core.time import now
from forum.mydata import actions, making, packing
from forum.mydata.collecting import AT_ONCE
from forum.mydata.models import Download
from forum.mydata.registry import declared
from forum.people.models import Person
from forum.spaces.models import Item
from forum.threads.polls.models import PollVote
from tests import factories
from tests.cast import Cast
from tests.content.steps import at_once
from tests.mydata.furnished import BY_OTHERS, COVERED, TYPED, Two, found_in, furnish, write_in_every_text

pytestmark = pytest.mark.both_databases
BATONS_OWN = {"theirslogentryverb", "theirsgrantpower"}
"""In lines that tell of me: which thing happened, in a word that nobody types."""


@pytest.fixture
def two(app: Flask) -> Two:
    """Give two people with something in every table."""
    with app.test_request_context("/"):
        return furnish()


def made(person: Person) -> Download:
    """Have a person's data put together, as the worker does."""
    with transaction():
        asked = actions.ask(person)
    assert making.make_one()
    return db.session.get_one(Download, asked.id, populate_existing=True)


def opened(download: Download) -> zipfile.ZipFile:
    """Open what was put together."""
    return zipfile.ZipFile(io.BytesIO(making.shelf().path_of(download.uuid).read_bytes()))


def whole(download: Download) -> str:
    """Return all that a download says, names of files and their bytes alike."""
    with opened(download) as archive:
        return "\n".join(f"{name}\n{archive.read(name).decode()}" for name in archive.namelist())


def lines(download: Download, kind: str) -> list[dict[str, object]]:
    """Return the things of a kind in a download."""
    with opened(download) as archive:
        return [json.loads(line) for line in archive.read(f"data/{kind}.jsonl").decode().splitlines()]


def test_a_download_holds_all_of_mine(two: Two, context: None) -> None:
    """A15: every text of mine in every table that is given. Seen to fail with `draft.body` declared SECRET."""
    written = write_in_every_text(two.mine, "mine")
    given = {f"{table}.{column}" for table, columns in written.items() for column in columns}
    assert given >= TYPED
    text = whole(made(two.mine))
    assert set(written) | {"membership", "download", "item_share", "read_mark"} <= COVERED | set(declared())
    for table, columns in written.items():
        for column in columns:
            what = declared()[table][column]
            spelt = f"mine{table}{column}".replace("_", "")
            assert isinstance(what, Words)
            is_there = spelt in found_in(text, "mine")
            assert is_there == what.is_given, f"{table}.{column}"
            assert is_there or f"{table}.{column}" not in TYPED, f"{table}.{column}"
    for table in COVERED:
        assert f"data/{table}.jsonl" in text, table


def test_a_download_holds_nothing_of_anybody_else(two: Two, context: None) -> None:
    """A15: another's words, names and addresses stand in every table, and in none of my files.

    Seen to fail with `log_entry.reason` given for lines about me, and with `join_request.answer` declared OWN.
    """
    written = write_in_every_text(two.theirs, "theirs")
    assert {"post", "draft", "log_entry", "bookmark", "person", "tag_wish", "thread_summary"} <= set(written)
    with transaction():
        db.session.execute(update(Post).where(Post.author_id == two.mine.id).values(gone_because="by another"))
    into_mine = write_in_every_text(two.mine, "theirs", only=BY_OTHERS | {"post.gone_because", "tag_wish.reason"})
    answered = {"post", "post_flag", "post_wait", "relay_step", "join_request", "thread", "tag_wish", "log_entry"}
    answered |= {
        "strategy_signoff",
        "duty",
        "endorsement",
        "handover",
        "handover_question",
        "holding",
        "leaving_item",
        "volunteer",
        "date_poll",
        "agenda_item",
        "playbook_proposal",
    }
    assert set(into_mine) == answered
    text = whole(made(two.mine))
    assert found_in(text, "theirs") <= BATONS_OWN
    for known in ("Yorick", "yorick", "Never mine", "never-mine", "guest.of.", "bytes of Yorick", "unsent Yorick"):
        assert known not in text, known


def test_what_i_wrote_where_i_see_nothing_any_more_is_still_mine(two: Two, context: None) -> None:
    """A15: my words, not the space's name if I never belonged to it: a thread of mine was moved there."""
    with transaction():
        moved = db.session.scalars(
            select(Item).where(Item.space_id == two.left.id, Item.author_id == two.mine.id)
        ).one()
        kept = factories.make_thread(two.left, author=two.mine, texts=["Mine in the space I left."])
        db.session.get_one(Item, moved.id).space_id = two.elsewhere.id
    download = made(two.mine)
    spaces = {row["ref"]: row["space"] for row in lines(download, "item")}
    assert spaces[moved.ref] is None
    assert spaces[db.session.get_one(Item, kept.id).ref] == "left-behind"
    assert "Mine in the space I left." in {row["source"] for row in lines(download, "post")}


def test_files_of_mine_are_in_it_as_they_were_sent(two: Two, context: None) -> None:
    """A15: sent or not."""
    with opened(made(two.mine)) as archive:
        files = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    assert sorted(files) == [b"bytes of Xenia Myrtle", b"unsent Xenia Myrtle"]


def test_many_rows_come_in_several_reads(cast: Cast, context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few at a time, each once, whatever the key: posts have one column, reactions three."""
    thread = factories.make_thread(cast.champions, author=cast.champion, posts=2 * AT_ONCE + 3)
    for post in db.session.scalars(select(Post).where(Post.item_id == thread.id).limit(5)).all():
        factories.make_reaction(post, by=cast.champion)
    monkeypatch.setattr("forum.mydata.collecting.AT_ONCE", 2)
    download = made(cast.champion)
    assert [row["number"] for row in lines(download, "post")] == list(range(1, 2 * AT_ONCE + 4))
    assert len({row["post"] for row in lines(download, "reaction")}) == 5


def test_one_is_made_at_a_time(app: Flask, cast: Cast) -> None:
    """Ten presses at once are one download: seen to fail without both the constraint and the lock."""

    def press() -> int:
        with transaction():
            return actions.ask(db.session.get_one(Person, cast.champion.id)).id

    assert len(set(at_once(app, [press] * 10))) == 1
    with app.app_context():
        assert len(db.session.scalars(select(Download)).all()) == 1


def test_a_day_has_a_limit(cast: Cast, context: None) -> None:
    """What was called off counts too."""
    for _time in range(actions.DOWNLOADS_A_DAY):
        with transaction():
            asked = actions.ask(cast.champion)
            actions.cancel(cast.champion, asked.uuid)
    with pytest.raises(TooMany), transaction():
        actions.ask(cast.champion)
    with transaction():
        db.session.execute(update(Download).values(asked_at=now() - timedelta(days=1, minutes=1)))
        actions.ask(cast.champion)


def test_one_that_was_called_off_leaves_nothing(cast: Cast, context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is being made: no file, no mail."""

    def pack(person: Person, target: Path, *, step: packing.Step) -> None:
        target.write_bytes(b"half")
        with transaction():
            actions.cancel(person, db.session.scalars(select(Download.uuid)).one())
        step(1)

    monkeypatch.setattr(making, "pack", pack)
    download = made(cast.champion)
    assert download.state is WorkState.CANCELLED
    assert not list(making.shelf().folder.glob(f"{download.uuid}*"))
    assert not db.session.scalars(select(FactRow)).all()


def test_a_failure_is_tried_again_and_then_shown(cast: Cast, context: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three times, a little later each time; the error says nothing of what was in it."""

    def pack(_person: Person, _target: Path, *, step: packing.Step) -> None:
        raise OSError(28, "No space left on device", "/secret")

    monkeypatch.setattr(making, "pack", pack)
    download = made(cast.champion)
    for attempt in (1, 2):
        assert (download.state, download.attempts) == (WorkState.WAITING, attempt)
        assert not making.make_one()  # it waits
        with transaction():
            db.session.execute(update(Download).values(claimed_until=now() - timedelta(seconds=1)))
        assert making.make_one()
        download = db.session.get_one(Download, download.id, populate_existing=True)
    assert (download.state, download.error) == (WorkState.FAILED, "OSError")
    assert not list(making.shelf().folder.glob(f"{download.uuid}*"))


def test_one_whose_worker_died_is_made_by_another(cast: Cast, context: None) -> None:
    """H1: when the lease has run out, not before."""
    with transaction():
        asked = actions.ask(cast.champion)
        asked.state, asked.claimed_until, asked.attempts = WorkState.WORKING, now() + timedelta(seconds=60), 1
    assert not making.make_one()
    with transaction():
        db.session.execute(update(Download).values(claimed_until=now() - timedelta(seconds=1)))
    assert making.make_one()
    assert db.session.get_one(Download, asked.id, populate_existing=True).state is WorkState.READY


def test_a_file_goes_when_its_time_is_over(cast: Cast, context: None) -> None:
    """From disk; so do files that no download leads to."""
    download = made(cast.champion)
    path = making.shelf().path_of(download.uuid)
    making.sweep()
    assert path.is_file()
    assert path.stat().st_mode & 0o077 == 0
    with transaction():
        db.session.execute(update(Download).values(expires_at=now() - timedelta(seconds=1)))
    making.sweep()
    assert not path.is_file()
    assert db.session.get_one(Download, download.id, populate_existing=True).state is WorkState.OVER


def test_anothers_download_is_not_found(cast: Cast, context: None) -> None:
    """A1."""
    download = made(cast.champion)
    for person in (cast.colleague, cast.admin, cast.steward):
        with pytest.raises(Missing):
            actions.own(person, download.uuid)


def test_a_download_says_which_option_i_voted_for(cast: Cast, context: None) -> None:
    """A15: the place is part of a key, and says something all the same. Seen to fail when keys of any kind were left out."""
    thread = factories.make_thread(cast.champions, author=cast.colleague)
    poll = factories.make_poll(thread, by=cast.colleague, question="Which bin?", options=("Blue", "Green"))
    with transaction():
        db.session.add(PollVote(poll_id=poll.id, person_id=cast.champion.id, slot=1, most=poll.most, place=2, at=now()))
    [vote] = lines(made(cast.champion), "poll_vote")
    assert vote["place"] == 2
