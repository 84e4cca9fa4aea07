"""A3, A5, E5: no search, count, suggestion or mail says what the reader may not see. Each defect that is planted is found."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select

from forum.content.models import Post, PostState
from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.time import now
from forum.meetups.models import Occurrence
from forum.people.models import Person
from forum.search import conditions, index, keeping, rights
from forum.search.events import SearchFound
from forum.search.finding import alike
from forum.search.language import read, read_text
from forum.search.models import SavedSearch
from forum.search.people import people_found
from forum.search.scopes import scopes_for
from forum.search.tellers import tell_found
from forum.spaces.models import Audience, Item, ItemState, Membership, Space
from forum.threads import finding
from tests import factories
from tests.cast import Browserless, Cast
from tests.search.steps import AsPerson, found_by, words_in

Defect = Callable[[pytest.MonkeyPatch], None]
WORD = "quokka"
SECRETS = (
    "private",
    "organisers",
    "hidden",
    "held",
    "removed",
    "gone",
    "task",
    "social",
    "agenda",
    "tale",
    "call",
    "checklist",
    "choice",
)
SAID = [f"{WORD} {part}{mark}" for mark in SECRETS for part in ("", "title ", "burrow ")]
QUERIES = (
    WORD,
    f'"{WORD} burrow"',
    f"{WORD}*",
    "quok*",
    "burrow",
    f"title {WORD}",
    "kind:question",
    "kind:duty",
    "kind:meetup",
    "kind:poll",
    "kind:story",
    "kind:help",
    "kind:playbook",
    "kind:strategy",
    "is:open",
    "by:ingrid.insider",
    "tag:quokkatag",
    "in:night-desk",
    "after:2020",
    "-nothing",
    f"where does the {WORD} live in its burrow",
    f"{WORD} -nothing in:night-desk",
)
"""What an outsider might ask to learn whether something is there."""


@pytest.fixture
def hidden(app: Flask, cast: Cast) -> None:
    """Write what nobody but its own people may read, a mark in each."""
    with app.app_context():
        night = cast.night_desk
        factories.make_tag(night, name="quokkatag")
        factories.make_thread(
            night, author=cast.insider, title=f"{WORD} title private", texts=[f"{WORD} burrow private"]
        )
        open_thread = factories.make_thread(cast.champions, author=cast.champion, texts=["One.", f"{WORD} burrow gone"])
        factories.make_thread(
            cast.champions,
            author=cast.organiser,
            audience=Audience.ORGANISERS,
            title=f"{WORD} title organisers",
            texts=[f"{WORD} burrow organisers"],
        )
        for state, mark in ((ItemState.HIDDEN, "hidden"), (ItemState.HELD, "held"), (ItemState.WITHDRAWN, "removed")):
            factories.make_thread(
                cast.champions,
                author=cast.organiser,
                state=state,
                title=f"{WORD} title {mark}",
                texts=[f"{WORD} {mark}"],
            )
        _hide_duties_and_meetups(cast)
        with transaction():
            post = db.session.scalars(select(Post).where(Post.item_id == open_thread.id, Post.number == 2)).one()
            post.state, post.gone_at = PostState.HIDDEN, now()


def _hide_duties_and_meetups(cast: Cast) -> None:
    for space, by, audience in (
        (cast.night_desk, cast.insider, Audience.SPACE),
        (cast.champions, cast.organiser, Audience.ORGANISERS),
    ):
        told = {"saw": f"{WORD} burrow tale", "fixed": "Closed it."}
        factories.make_story(space, author=by, audience=audience, title=f"{WORD} title tale", answers=told)
        whom = Audience.ON_DUTY if audience is Audience.ORGANISERS else audience
        factories.make_case(
            space,
            author=by,
            audience=whom,
            title=f"{WORD} title call",
            text=f"{WORD} burrow call",
            affects=f"{WORD} call",
            tried=f"{WORD} burrow call",
        )
        steps = (f"{WORD} burrow checklist",)
        factories.make_playbook(space, author=by, audience=audience, title=f"{WORD} title checklist", steps=steps)
        duty = factories.make_duty(space, by=by, title=f"{WORD} title task", what=f"{WORD} burrow task")
        meetup = factories.make_meetup(space, by=by, title=f"{WORD} title social", place=f"{WORD} burrow social")
        poll = factories.make_date_poll(space, by=by, title=f"{WORD} title choice", place=f"{WORD} burrow choice")
        with transaction():
            for key in (duty.id, meetup.id, poll.id):
                db.session.get_one(Item, key).audience = audience
            date = db.session.scalars(select(Occurrence).where(Occurrence.series_id == meetup.id)).one()
            date.topic = f"{WORD} burrow agenda"
    plan = factories.strategy_content(f"{WORD} title plan", vision=f"{WORD} burrow plan")
    factories.make_strategy(cast.night_desk, by=cast.insider, content=plan)


def page_of(client: Browserless, query: str) -> str:
    """Return the page of what a query finds, unmarked. Who is signed in is asked anew: the test's own context knows of nobody."""
    g.pop("_login_user", None)
    answer = client.get("/search", query_string={"q": query})
    assert answer.status_code == 200, "a page that nobody sees would prove nothing"
    return answer.get_data(as_text=True).replace("<mark>", "").replace("</mark>", "")


def leaks_to(person: Person, client: Browserless) -> set[str]:
    """Return by which way something was given away: a page, a count, a suggestion, a mail."""
    found = set()
    for query in QUERIES:
        result = found_by(person, query)
        if any(mark in words_in(result) for mark in SECRETS):
            found.add(f"search {query}")
        if result.total > (0 if WORD in query or "burrow" in query or "quok" in query else 1):
            found.add(f"count {query}")
        page = page_of(client, query)
        if any(said in page for said in SAID):
            found.add(f"page {query}")
    actor = db.session.get_one(Person, person.id)
    if alike(actor, read_text(f"Where does the {WORD} live, in a burrow?"), at=now()):
        found.add("suggestion")
    saved = factories.make_saved_search(actor, query=WORD)
    fact = SearchFound(saved_id=saved.id, after="2020-01-01T00:00:00+00:00", until=now().isoformat())
    if tell_found(fact, Recipient(person_id=actor.id)) is not None:
        found.add("mail")
    with transaction():
        db.session.delete(db.session.get_one(SavedSearch, saved.id))
    return found


@pytest.mark.both_databases
@pytest.mark.parametrize("is_wide", [False, True], ids=["by words", "by the condition"])
def test_nothing_is_given_away_to_who_may_not_see_it(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    hidden: None,
    monkeypatch: pytest.MonkeyPatch,
    is_wide: bool,  # noqa: FBT001  # a way
) -> None:
    """A3, A5, E5: an outsider, members, a former member and an admin; the insider and an organiser find what is theirs."""
    monkeypatch.setattr(rights, "is_wide", lambda *_given: is_wide)
    clients = {person.name: as_person(person) for person in (cast.outsider, cast.champion, cast.former, cast.admin)}
    insider = as_person(cast.insider)
    with app.test_request_context("/"):
        for person in (cast.outsider, cast.champion, cast.former, cast.admin):
            assert leaks_to(person, clients[person.name]) == set(), person.name
        assert found_by(cast.insider, WORD).total == 8
        assert found_by(cast.organiser, WORD).total == 7
        assert leaks_to(cast.insider, insider), "a canary that nobody hears would prove nothing"


def everywhere(actor: Person, at: object, **_given: object) -> list[str]:
    """Let somebody find what stands in any space."""
    ids = db.session.scalars(select(Space.id)).all()
    return ["0all", *(f"0{letter}{space_id}" for letter in "bsmk" for space_id in ids)]


def unasked(patch: pytest.MonkeyPatch) -> None:
    """Rights aren't asked inside the match; the page still asks for them."""
    patch.setattr(conditions, "scopes_for", everywhere)
    patch.setattr(rights, "is_wide", lambda *_given: False)


def unasked_by_condition(patch: pytest.MonkeyPatch) -> None:
    """Likewise, where they are asked by the condition."""
    patch.setattr(rights, "is_wide", lambda *_given: True)
    patch.setattr(index, "may_find", lambda _kinds: Item.id > 0)
    patch.setattr(index, "_built_once", index._built)


def unasked_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Rights aren't asked at all."""
    unasked(patch)
    patch.setattr("forum.threads.finding.visible_to_viewer", lambda: Item.id > 0)
    for query in ("_seen_threads", "_seen_posts"):
        built_once = getattr(finding, query)
        patch.setattr(finding, query, built_once.__wrapped__)


def unasked_in_rooms(patch: pytest.MonkeyPatch) -> None:
    """Rights aren't asked of duties and meetups, nor inside the match."""

    def all_of_them(_query: object, _actor: Person, ids: Collection[int]) -> Sequence[Any]:
        query = select(Item, Space.name, Space.slug).join(Space, Space.id == Item.space_id)
        return db.session.execute(query.where(Item.id.in_(ids))).all()

    unasked(patch)
    patch.setattr("forum.spaces.whole.seen", all_of_them)
    patch.setattr("forum.meetups.finding.seen", all_of_them)


def in_any_space(patch: pytest.MonkeyPatch) -> None:
    """A space that is named is looked into, whoever asks."""

    def scopes(actor: Person, at: datetime, *, space_id: int | None = None) -> list[str]:
        return [f"0s{space_id}"] if space_id else scopes_for(actor, at)

    def named(_actor: Person, name: str) -> int | None:
        return db.session.scalar(select(Space.id).where(Space.slug == name))

    patch.setattr(conditions, "scopes_for", scopes)
    patch.setattr(conditions, "_space_named", named)


def test_a_planted_defect_of_another_room_is_found(
    app: Flask, cast: Cast, as_person: AsPerson, hidden: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: of duties and meetups, whose pages ask for themselves."""
    client = as_person(cast.outsider)
    unasked_in_rooms(monkeypatch)
    with app.test_request_context("/"):
        said = words_in(found_by(cast.outsider, WORD))
        for mark in ("task", "social", "agenda", "choice"):
            assert f"{WORD}</mark> burrow {mark}" in said, mark
        assert {"search kind:duty", "search kind:meetup", "search kind:poll", f"page {WORD}"} <= leaks_to(
            cast.outsider, client
        )


@pytest.mark.parametrize("defect", [unasked, unasked_by_condition, unasked_anywhere, in_any_space])
def test_a_planted_defect_is_found(
    app: Flask, cast: Cast, as_person: AsPerson, hidden: None, monkeypatch: pytest.MonkeyPatch, defect: Defect
) -> None:
    """A3: the canary was seen to find it."""
    client = as_person(cast.outsider)
    defect(monkeypatch)
    with app.test_request_context("/"):
        assert leaks_to(cast.outsider, client)


def test_a_hidden_thread_that_stays_in_the_index_is_found(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch, hidden: None
) -> None:
    """A5: planted: the index forgets to ask for an item's state."""
    client = as_person(cast.champion)
    monkeypatch.setattr(keeping, "scope_of", lambda item, **_given: f"0s{item.space_id}")
    with app.test_request_context("/"):
        with transaction():
            for item in db.session.scalars(select(Item)):
                keeping.index(item.id)
        assert leaks_to(cast.champion, client)


def test_who_left_finds_nothing_more_at_the_next_search(app: Flask, cast: Cast, hidden: None) -> None:
    """A3: and no mail that waits tells them."""
    with app.test_request_context("/"):
        assert found_by(cast.insider, WORD).total == 8
        saved = factories.make_saved_search(cast.insider, query=WORD)
        fact = SearchFound(saved_id=saved.id, after="2020-01-01T00:00:00+00:00", until=now().isoformat())
        outsiders = factories.make_thread(cast.night_desk, author=cast.steward, texts=[f"{WORD} again"])
        assert outsiders.id
        assert tell_found(fact, Recipient(person_id=cast.insider.id)) is not None
        with transaction():
            db.session.scalars(select(Membership).where(Membership.person_id == cast.insider.id)).one().ended_at = now()
        assert found_by(cast.insider, WORD).total == 0
        assert tell_found(fact, Recipient(person_id=cast.insider.id)) is None


def test_people_are_found_as_one_may_see_them(app: Flask, cast: Cast) -> None:
    """A3: by name, in open spaces and those one shares; never who is only in a private space, or whose account is out of use."""
    with app.test_request_context("/"):
        outsider = db.session.get_one(Person, cast.outsider.id)
        assert [one.person.name for one in people_found(outsider, read("carla"))] == ["Carla Champion"]
        for name in ("ingrid", "susan", "felix", "ingrid.insider"):
            assert people_found(outsider, read(name)) == []
        assert people_found(outsider, read("carla tag:bins")) == ()
