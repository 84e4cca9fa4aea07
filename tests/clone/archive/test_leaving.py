"""Leaving with everything: plain pages that read without Baton. Every link is followed."""

import zipfile
from pathlib import Path

import pytest
from flask import Flask

from forum.clone.archive.pages import write_pages
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.markup import render
from forum.spaces.models import Audience, Item, ItemState
from tests import factories
from tests.clone.archive.carried import nothing
from tests.clone.archive.followed import followed
from tests.clone.archive.generated import fill
from tests.mydata.furnished import furnish

pytestmark = pytest.mark.usefixtures("context")


def test_every_link_of_every_page_leads_somewhere(app: Flask, tmp_path: Path) -> None:
    """F7: everything the steward may see, of every kind, with attached files; nothing that they may not (A3)."""
    two = furnish()
    fill(two.space)
    thread = factories.make_thread(two.space, author=two.mine, title="Which forms?", texts=["First words."])
    ref = db.session.get_one(Item, thread.id).ref
    slug = two.space.slug
    links = f"[one](/s/{slug}/threads/{ref}/posts/1) [gone](/s/{slug}/threads/0000000000) [out](https://a.example/) [home](/s/{slug}/)"
    leads = factories.make_post(thread, author=two.theirs, text=links)
    with transaction():
        db.session.get_one(Post, leads.id).html = render(links, field="body").html
    shown = factories.make_post(thread, author=two.theirs, text="With a file.")
    factories.make_attachment(two.space, by=two.theirs, to=shown, name="a plan.txt", data=b"words of the file")
    factories.make_thread(two.space, author=two.mine, title="Of mine alone", state=ItemState.DRAFT)
    factories.make_thread(two.space, author=two.mine, title="Named only", audience=Audience.NAMED)
    path = tmp_path / "pages.zip"
    db.session.rollback()
    write_pages(two.space, two.theirs, path, step=nothing)
    pages = followed(path)
    words = " ".join(pages.values())
    assert "First words." in words
    assert "Of mine alone" not in words
    assert "Named only" not in words
    assert "https://a.example/" in words
    assert ">gone</a>" in words
    assert f"/s/{slug}/" not in words
    assert '#post-1">one</a>' in words
    with zipfile.ZipFile(path) as archive:
        (file,) = [name for name in archive.namelist() if name.endswith("plan.txt")]
        assert archive.read(file) == b"words of the file"
    assert "Yorick Theirs" in pages["index.html"]
    assert "Xenia Myrtle" in words
    assert str(two.mine.email) not in words
    titles = {row.title for row in db.session.query(Item).filter_by(space_id=two.space.id, state=ItemState.PUBLISHED)}
    assert {title for title in titles - {"Named only", ""} if title not in words.replace("&#39;", "'")} == set()
