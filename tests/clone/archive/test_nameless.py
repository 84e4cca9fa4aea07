"""An archive without names names nobody: not by a name in another's, by capitals, or by a handle of who isn't in it (A3)."""

from pathlib import Path

import pytest

from forum.content.models import Post
from forum.core.db import db, transaction
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import lines_in, packed

pytestmark = pytest.mark.usefixtures("context")


def test_names_handles_and_addresses_are_taken_out_whole(cast: Cast, tmp_path: Path) -> None:
    """Longest first, capitals aside; who isn't in the file is called nothing, and another's address isn't cut."""
    short = factories.make_person(name="Ann Lee", email="jo@example.org")
    long = factories.make_person(name="Ann Lee Smith", email="lo@example.org")
    double = factories.make_person(name="Ann Lee-Jones", email="do@example.org")
    stranger = factories.make_person(name="Stray Stranger")
    for one in (short, long, double):
        factories.make_membership(cast.champions, one)
    said = {
        "plain": "Ask Ann Lee Smith, ann lee, Ann Lee-Jones or Ann Lee.",
        "called": "@Ann Lee-Jones and @ann lee, say.",
        "handle": f"@{stranger.handle}, and /people/{stranger.handle}.",
        "address": "JO@example.org, not banjo@example.org.",
    }
    thread = factories.make_thread(cast.champions, author=cast.champion, texts=list(said.values()))
    html = "".join(f'<a class="mention" href="/people/{one.handle}">@{one.name}</a>' for one in (short, double))
    with transaction():
        for post in db.session.query(Post).filter_by(item_id=thread.id, number=2):
            post.html = html
    lines = lines_in(packed(cast.champions, cast.steward, tmp_path, with_names=False))
    sources = [row["source"] for row in lines["post.jsonl"]]
    keys = [row["person_id"] for row in lines["membership.jsonl"]][-3:]
    s, m, d = keys
    assert sources == [
        f"Ask Member {m}, Member {s}, Member {d} or Member {s}.",
        f"@member-{d} and @member-{s}, say.",
        "somebody, and /people/former-member.",
        "(removed), not banjo@example.org.",
    ]
    kept = lines_in(packed(cast.champions, cast.steward, tmp_path, name="b.zip"))
    assert [row["source"] for row in kept["post.jsonl"]][2] == said["handle"]
