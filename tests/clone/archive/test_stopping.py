"""A restore that can't go on for a while, or at one text: it waits, or shows the text as plain words, and keeps its address."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from forum.clone.archive import texts
from forum.clone.archive.jobs import begin, do_one
from forum.clone.archive.models import Restore, Stage
from forum.clone.archive.showing import shown_of
from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import Crowded, Invalid
from forum.core.leased import WorkState
from forum.core.markup import render
from forum.people.models import Person
from forum.spaces.models import Item, Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.clone.archive.carried import looked, packed

BAD = "A text <b> that *nobody* lays out.\n\nIts second part."
inside = pytest.mark.usefixtures("context")


def begun(cast: Cast, tmp_path: Path) -> Restore:
    factories.make_thread(cast.champions, author=cast.colleague, title="Which forms?", texts=["These.", BAD])
    job = looked(cast.admin, packed(cast.champions, cast.steward, tmp_path))
    with transaction():
        begin(cast.admin, job.uuid, name="Again", slug="again", by_address=True)
    return job


def anew(job: Restore) -> Restore:
    return db.session.get_one(Restore, job.id, populate_existing=True)


def failing(monkeypatch: pytest.MonkeyPatch, error: Callable[..., Exception]) -> None:
    """Let one text not be laid out."""

    def laid(text: str, **given: object) -> object:
        if "nobody" in text:
            raise error({"source": ["Not now."]})
        return render(text, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(texts, "render", laid)


@inside
def test_a_busy_moment_is_waited_for(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """H1: nothing is the matter with the file, so nobody has to press again.

    Seen to fail with a busy moment taken for a refusal.
    """
    job = begun(cast, tmp_path)
    failing(monkeypatch, Crowded)
    assert do_one()
    job = anew(job)
    assert (job.stage, job.state) == (Stage.RESTORE, WorkState.WAITING)
    monkeypatch.undo()
    with transaction():
        anew(job).claimed_until = None
    assert do_one()
    assert anew(job).done_at is not None


@inside
def test_a_text_that_cannot_be_laid_out_comes_as_plain_words(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F5: it doesn't stop the others, nothing of it is lost, and the report says so.

    Seen to fail with the renderer's refusal taken for one of the file.
    """
    job = begun(cast, tmp_path)
    failing(monkeypatch, Invalid)
    assert do_one()
    job = anew(job)
    assert job.done_at is not None, job.error
    query = select(Post).join(Item, Item.id == Post.item_id).where(Item.space_id == job.space_id, Post.source == BAD)
    post = db.session.scalars(query).one()
    assert post.html == "<p>A text &lt;b&gt; that *nobody* lays out.</p>\n<p>Its second part.</p>"
    assert shown_of(job.report).as_words == 1


def test_what_goes_on_keeps_its_name_and_address(
    app: Flask, cast: Cast, tmp_path: Path, as_person: Callable[[Person], Browserless]
) -> None:
    """F5: a restore that stopped half-way or failed is taken up with a press, at the address where its space stands.

    Seen to fail with what was typed taken over though the space stood elsewhere, and with what had failed never taken up.
    """
    with app.test_request_context("/"):
        job = begun(cast, tmp_path)

        def stop() -> None:
            raise RuntimeError

        do_one(pause=stop)
        with transaction():
            held = anew(job)
            assert held.space_id is not None
            held.state, held.claimed_until = WorkState.FAILED, None
    admin, page = as_person(cast.admin), f"/admin/restores/{job.uuid}"
    assert "Go on" in admin.get(page).text
    assert admin.send(page, name="Other", slug="other").status_code == 303
    with app.test_request_context("/"):
        job = anew(job)
        assert (job.name, job.slug, job.stage, job.state) == ("Again", "again", Stage.RESTORE, WorkState.WAITING)
        assert do_one()
        assert anew(job).done_at is not None
        assert db.session.get_one(Space, job.space_id).slug == "again"
