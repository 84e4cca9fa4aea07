"""Texts of an archive that are more than a text of a post: the strategy, of which each version has a digest, and the welcome page."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from forum.clone.archive.looking import look_through
from forum.clone.archive.opening import opened
from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.markup import render
from forum.spaces.models import Item, Space
from forum.strategy.content import digest_of, read
from forum.strategy.models import Strategy, Version
from tests import factories
from tests.cast import Cast
from tests.clone.archive.carried import looked, nothing, packed, pressed, written
from tests.clone.test_template import again, changed, of
from tests.factories.strategy import strategy_content

pytestmark = pytest.mark.usefixtures("context")
ODD = 'Jo "Quick" O\\Neil'


def test_a_version_says_its_words_as_here_and_its_digest_is_of_these(cast: Cast, tmp_path: Path) -> None:
    """F3, F5: who is called in it is called as they are here, whatever stands in their name, and it can be signed.

    Seen to fail with the words turned in what is stored, after its digest was taken: it wasn't whole, and with this name no JSON.
    """
    content = strategy_content()
    texts = {**content.texts, "vision": f"Ask @{cast.colleague.handle} or look at /s/champions/ first."}
    texts["vision"] += " [The list](/s/champions/threads/)"
    factories.make_strategy(cast.champions, by=cast.steward, content=replace(content, texts=texts))
    files = of(packed(cast.champions, cast.steward, tmp_path).read_bytes())
    people = [json.loads(line) for line in files["person.jsonl"].splitlines()]
    (number,) = {one["key"] for one in people if one["name"] == cast.colleague.name}
    odd = [{**one, "name": ODD, "address": ""} if one["key"] == number else one for one in people]
    path = tmp_path / "odd.zip"
    path.write_bytes(again(written(files, "person.jsonl", odd)))
    job = pressed(cast.admin, looked(cast.admin, path))
    assert job.done_at is not None, job.error
    query = (
        select(Version, Item.uuid).join(Strategy, Strategy.id == Version.strategy_id).join(Item, Item.id == Strategy.id)
    )
    version, uuid = db.session.execute(query.where(Item.space_id == job.space_id)).one()
    assert version.digest == digest_of(version.content, strategy=uuid, number=version.number)
    said = read(version.content).texts["vision"]
    assert ODD in said
    assert "(/s/again/threads/)" in said


def test_a_version_that_is_no_version_is_refused(cast: Cast, tmp_path: Path) -> None:
    """F5: in a sentence, whatever stands in it.

    Seen to fail with some of the errors let through in which JSON of another shape ends.
    """
    factories.make_strategy(cast.champions, by=cast.steward)
    files, path = of(packed(cast.champions, cast.steward, tmp_path).read_bytes()), tmp_path / "bad.zip"
    for content in ('{"activities": ["one"]}', "[" * 100_000, '{"activities": 7}', "[]"):
        path.write_bytes(again(changed(files, "strategy_version.jsonl", content=content)))
        with pytest.raises(Invalid) as refused, opened(path) as archive:
            look_through(archive, secret="s", step=nothing)
        assert "Nothing was made." in str(refused.value.errors)


def test_the_welcome_page_leads_into_the_restored_space(cast: Cast, tmp_path: Path) -> None:
    """F3: beside the original, or elsewhere: its links and whom it calls are those of the space on whose page it stands.

    Seen to fail with the text of the file stored as it is.
    """
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Which forms?", texts=["These."])
    ref = db.session.scalars(select(Item.ref).where(Item.id == thread.id)).one()
    text = f"Ask @{cast.colleague.handle}. [Begin here](/s/champions/threads/{ref}-which-forms) [All](/s/champions/)"
    with transaction():
        space = db.session.get_one(Space, cast.champions.id)
        laid = render(text)
        space.about_source, space.about_html, space.about_renderer = laid.source, laid.html, laid.renderer
        space.purpose = f"What @{cast.colleague.handle} began"
    job = pressed(cast.admin, looked(cast.admin, packed(cast.champions, cast.steward, tmp_path)))
    made = db.session.get_one(Space, job.space_id, populate_existing=True)
    new = db.session.scalars(select(Item.ref).where(Item.space_id == made.id)).one()
    assert made.about_source == (
        f"Ask @{cast.colleague.handle}. [Begin here](/s/again/threads/{new}-which-forms) [All](/s/again/)"
    )
    assert f'href="/s/again/threads/{new}-which-forms"' in made.about_html
    assert made.purpose == f"What @{cast.colleague.handle} began"
    assert "champions" not in made.about_html
