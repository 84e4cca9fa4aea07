"""Whatever is typed, no search fails and none tells a secret: by chance, on both databases. Each defect that is planted is found."""

import string
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.search import finding, language, rights
from forum.search.language import read_text
from forum.search.models import SearchBuild
from forum.search.people import people_found
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Cast
from tests.search.odd import ODD
from tests.search.steps import found_by, words_in
from tests.search.test_canary import unasked as unasked_inside
from tests.search.test_canary import unasked_anywhere

pytestmark = pytest.mark.both_databases
SECRET = "canary"
WORDS = (
    "a",
    "abc",
    "bins",
    "0",
    "é",
    "会",
    "lid",
    "lids",
    "-",
    "*",
    '"',
    "in:",
    "night-desk",
    "kind:",
    "duty",
    "by:",
    "ingrid",
    "is:open",
)
TYPED = st.text(alphabet=string.ascii_lowercase + "\"'*-:()<>&|!~^ \t\0é会019" + "\ufffd", max_size=60)
WHAT = st.lists(st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD[:60]), TYPED), max_size=5).map(" ".join)
SIGNS = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)


@pytest.fixture
def texts(app: Flask, cast: Cast) -> None:
    """Write one text that the champion finds, and others with the same words that they don't."""
    said = "a 0 é 会 abc bins lid 01 b"
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title=said, texts=["abc 01", "b"])
        for space, by, audience in (
            (cast.night_desk, cast.insider, Audience.SPACE),
            (cast.champions, cast.organiser, Audience.ORGANISERS),
        ):
            factories.make_thread(
                space, author=by, audience=audience, title=f"{SECRET} {said}", texts=[f"{said} {SECRET}"]
            )
            factories.make_duty(space, by=by, audience=audience, title=f"{SECRET} {said}")
            meetup = factories.make_meetup(space, by=by, title=f"{SECRET} {said}", place=f"{said} {SECRET}")
            with transaction():
                db.session.get_one(Item, meetup.id).audience = audience


def search_by_chance(person: Person, *, times: int = 60) -> None:
    """Search for this and that. Raises what a search raises, or AssertionError when it tells a secret."""

    @settings(
        max_examples=times,
        deadline=None,
        suppress_health_check=SIGNS,
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    @given(WHAT)
    def never_fails(typed: str) -> None:
        typed = typed.encode("utf-8", "replace").decode()
        found = found_by(person, typed)
        said = words_in(found)
        actor = db.session.get_one(Person, person.id)
        for hit in finding.alike(actor, read_text(typed), at=now()):
            said += f" {hit.title}"
        said += " ".join(one.person.name for one in people_found(actor, language.read(typed)))
        assert SECRET not in said.replace("<mark>", "").replace("</mark>", ""), typed
        assert "Ingrid" not in said, typed
        assert found.total <= 1, typed

    never_fails()


def test_no_search_fails_or_tells(app: Flask, cast: Cast, texts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3, in each way in which rights are asked, and while the index is being made: by who may see one of the texts."""
    with app.test_request_context("/"):
        search_by_chance(cast.champion)
        with transaction():
            db.session.add(SearchBuild(kind="thread", last_key=0))
        monkeypatch.setattr(rights, "is_wide", lambda *_given: True)
        search_by_chance(cast.champion, times=40)


def raw(patch: pytest.MonkeyPatch) -> None:
    """What is typed reaches the database's own language of questions."""
    patch.setattr(language, "stems_of", lambda text: text.split())


def unasked(patch: pytest.MonkeyPatch) -> None:
    """Rights are asked nowhere."""
    unasked_anywhere(patch)


def counted(patch: pytest.MonkeyPatch) -> None:
    """Rights are asked of what is shown, and not of what is counted."""
    unasked_inside(patch)


@pytest.mark.parametrize("defect", [raw, unasked, counted])
def test_a_planted_defect_is_met_by_chance(
    app: Flask, cast: Cast, texts: None, monkeypatch: pytest.MonkeyPatch, defect: Callable[[pytest.MonkeyPatch], None]
) -> None:
    with app.test_request_context("/"):
        assert db.session.scalar(select(Item.id)) is not None
        defect(monkeypatch)
        with pytest.raises((AssertionError, DBAPIError)):
            search_by_chance(cast.champion, times=200)
