"""What of the posts of a space isn't for whoever takes its archive (A3, A5)."""

from pathlib import Path

import pytest

from forum.content.models import PostMail, PostState
from forum.core.db import db, transaction
from forum.spaces.models import Audience, ItemPerson
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import lines_in, packed

pytestmark = pytest.mark.usefixtures("context")


def test_what_was_trimmed_from_a_removed_post_stays(cast: Cast, tmp_path: Path) -> None:
    """A5: its words don't come along, so what stood below them in the mail doesn't either."""
    thread = factories.make_thread(cast.champions, author=cast.champion, texts=["Which forms?"])
    for state, trimmed in ((PostState.PUBLISHED, "> Quoted."), (PostState.REMOVED, "> Said in anger.")):
        post = factories.make_post(thread, author=cast.champion, text="By mail.", state=state)
        with transaction():
            db.session.add(PostMail(post_id=post.id, trimmed=trimmed))
    lines = lines_in(packed(cast.champions, cast.steward, tmp_path))
    assert [row["trimmed"] for row in lines["post_mail.jsonl"]] == ["> Quoted."]


def test_what_is_held_among_few_is_for_nobody_who_keeps_order(cast: Cast, tmp_path: Path) -> None:
    """A3: a steward whom an item names reads it as anybody whom it names does. Elsewhere they are asked about what is held."""
    few = factories.make_thread(cast.champions, author=cast.champion, texts=["For us two."], audience=Audience.NAMED)
    with transaction():
        db.session.add(ItemPerson(item_id=few.id, person_id=cast.steward.id))
    held = factories.make_held(few, author=cast.champion, text="Held among few.")
    removed = factories.make_post(few, author=cast.champion, state=PostState.REMOVED)
    open_ = factories.make_thread(cast.champions, author=cast.champion, texts=["For all."])
    factories.make_held(open_, author=cast.champion, text="Held for all.")
    assert held.id < removed.id
    lines = lines_in(packed(cast.champions, cast.steward, tmp_path))
    assert {row["source"] for row in lines["post.jsonl"]} == {"For us two.", "", "For all.", "Held for all."}
    assert len(lines["post_wait.jsonl"]) == 1
