"""Tags: put on threads, suggested by members, kept by organisers."""

import re
from collections.abc import Callable
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.people.models import Person
from forum.spaces.models import Item, ItemState, LogAudience, LogEntry
from forum.threads.actions import curating, tagging
from forum.threads.models import MOST_TAGS, Tag, TagWish, Thread, ThreadTag
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, at_once, item_of, standing

AsPerson = Callable[[Person], Browserless]
LIST = "/s/champions/threads/"
TAGS = f"{LIST}tags"


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a question by Carla, and the tags "bins" and "web pages"."""
    with app.app_context():
        for name in ("bins", "web pages"):
            factories.make_tag(cast.champions, name=name)
        return factories.make_thread(cast.champions, author=cast.champion, title="Who empties it?")


def tags_on(app: Flask, thread: Thread) -> list[str]:
    with app.app_context():
        query = select(Tag.slug).join(ThreadTag, ThreadTag.tag_id == Tag.id).where(ThreadTag.thread_id == thread.id)
        return list(db.session.scalars(query.order_by(ThreadTag.place)))


def tag(app: Flask, slug: str) -> Tag:
    with app.app_context():
        return db.session.scalars(select(Tag).where(Tag.slug == slug)).one()


@pytest.mark.both_databases
def test_a_member_asks_with_tags_and_suggests_one(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """The tags stand on the thread and lists by them; the wish is seen by its maker and organisers only (A3)."""
    carla = as_person(cast.champion)
    fields = {"kind": "question", "section": "questions", "title": "Lids?", "body": "Where are they?"}
    answer = carla.send(f"{LIST}new", **fields, tags=["bins", "web-pages"], wish="Zwinter")
    assert answer.status_code == 303
    html = carla.get(answer.location).get_data(as_text=True)
    assert '<a class="tag" href="../?tag=bins">bins</a>' in html
    for query in ("?tag=bins", "?tag=bins&section=questions", "?tag=bins&show=mine", "?tag=bins&order=oldest"):
        html = carla.get(LIST + query).get_data(as_text=True)
        assert ">Lids?</a></h3>" in html
        assert ">Who empties it?</a></h3>" not in html
    assert "bins 1</a>" in html
    for person, sees in ((cast.champion, True), (cast.organiser, True), (cast.colleague, False), (cast.reader, False)):
        client = as_person(person)
        pages = "".join(
            client.get(path).get_data(as_text=True)
            for path in (TAGS, LIST, answer.location, f"{LIST}new", "/s/champions/log")
        )
        assert ("Zwinter" in pages) == sees, person.name


@pytest.mark.both_databases
def test_a_suggestion_is_accepted_onto_its_thread(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """The organisers find it from the list of threads; the log says who suggested it; its maker reads the outcome."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    carla.send(f"{address(app, thread)}tags", **{"tags-tags": "bins", "tags-wish": "Winter"})
    assert "1 suggested tag waits for you" in oscar.get(LIST).get_data(as_text=True)
    assert "suggested tag" not in carla.get(LIST).get_data(as_text=True)
    html = oscar.get(TAGS).get_data(as_text=True)
    found = re.search(r'action="([^"]*/accept)"', html)
    assert found is not None
    assert oscar.send(found.group(1)).status_code == 303
    assert oscar.send(found.group(1)).status_code == 409
    assert tags_on(app, thread) == ["bins", "winter"]
    assert "Accepted</span>" in carla.get(TAGS).get_data(as_text=True)
    assert "which <b>Carla Champion</b> had suggested" in as_person(cast.reader).get("/s/champions/log").get_data(
        as_text=True
    )


@pytest.mark.both_databases
def test_a_suggestion_is_declined_with_a_reason(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """Its maker reads it; of the log's readers only organisers do (A3)."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    assert carla.send(f"{TAGS}/suggest", **{"wish-name": "Zbins"}).status_code == 303
    with app.app_context():
        wish_id = db.session.scalars(select(TagWish.id)).one()
    url = f"{TAGS}/suggested/{wish_id}/decline"
    answer = oscar.send(url, **{f"wish-{wish_id}-reason": ""})
    assert answer.status_code == 422
    assert "Say why" in answer.get_data(as_text=True)
    assert oscar.send(url, **{f"wish-{wish_id}-reason": "We say bins."}).status_code == 303
    html = carla.get(TAGS).get_data(as_text=True)
    assert "Declined</span>" in html
    assert "We say bins." in html
    assert "We say bins." not in as_person(cast.colleague).get(TAGS).get_data(as_text=True)
    with app.app_context():
        line = db.session.scalars(select(LogEntry).where(LogEntry.verb == "declined tag")).one()
        assert line.audience is LogAudience.ORGANISERS


@pytest.mark.both_databases
def test_five_tags_are_the_most(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """In the form, in the action and, for what comes together, by the key."""
    with app.app_context():
        for number in range(MOST_TAGS):
            factories.make_tag(cast.champions, name=f"t{number}")
    slugs = [f"t{number}" for number in range(MOST_TAGS)]
    carla, url = as_person(cast.champion), address(app, thread)
    answer = carla.send(f"{url}tags", **{"tags-tags": [*slugs, "bins"]})
    assert answer.status_code == 422
    assert "5 tags at the most" in answer.get_data(as_text=True)
    with app.test_request_context("/"), pytest.raises(Invalid), transaction():
        tagging.put_tags(standing(cast.champion), thread, [*slugs, "bins"])
    assert carla.send(f"{url}tags", **{"tags-tags": slugs}).status_code == 303
    assert tags_on(app, thread) == slugs
    # A wish for a thread that is full makes the tag, and puts it nowhere.
    with app.test_request_context("/"):
        with transaction():
            wish = tagging.suggest(standing(cast.champion), "Winter", thread=thread)
        with transaction():
            curating.accept_wish(standing(cast.organiser), wish.id)
    assert tags_on(app, thread) == slugs


@pytest.mark.both_databases
def test_who_may_tag_and_who_may_curate(app: Flask, cast: Cast, thread: Thread) -> None:
    """A1, A2. Seen to fail without `allow` in `put_tags`, without CURATE_TAGS in `_hold`, and without each `space_id`."""
    bins, pages = tag(app, "bins"), tag(app, "web-pages")
    with app.test_request_context("/"):
        theirs = factories.make_tag(cast.night_desk, name="secret")
        wish = factories.make_wish(cast.night_desk, by=cast.insider, name="hidden")
        own = factories.make_wish(cast.champions, by=cast.champion, name="mine")
        for person in (cast.colleague, cast.reader, cast.outsider):
            with pytest.raises(Denied), transaction():
                tagging.put_tags(standing(person), thread, ["bins"])
        with pytest.raises(Denied), transaction():
            tagging.suggest(standing(cast.colleague), "Winter", thread=thread)
        carla = standing(cast.champion)
        with pytest.raises(Invalid), transaction():
            tagging.put_tags(carla, thread, ["secret"])
        for act in (
            lambda here: curating.make_tag(here, name="x"),
            lambda here: curating.rename_tag(here, bins, name="x"),
            lambda here: curating.merge_tag(here, bins, into=pages),
            lambda here: curating.retire_tag(here, bins),
            lambda here: curating.bring_back_tag(here, bins),
            lambda here: curating.accept_wish(here, own.id),
            lambda here: curating.decline_wish(here, own.id, reason="No."),
        ):
            with pytest.raises(Denied), transaction():
                act(carla)
        oscar = standing(cast.organiser)
        for act in (
            lambda here: curating.rename_tag(here, theirs, name="x"),
            lambda here: curating.merge_tag(here, theirs, into=pages),
            lambda here: curating.retire_tag(here, theirs),
            lambda here: curating.accept_wish(here, wish.id),
            lambda here: curating.decline_wish(here, wish.id, reason="No."),
        ):
            with pytest.raises(Missing), transaction():
                act(oscar)
        with pytest.raises(Invalid), transaction():
            curating.merge_tag(oscar, bins, into=theirs)


@pytest.mark.both_databases
def test_organisers_rename_merge_and_retire(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """Addresses go on working; a retired tag stays where it is, is put nowhere new, and comes back."""
    with app.app_context():
        both = factories.make_thread(cast.champions, author=cast.champion, title="Both")
    oscar, url = as_person(cast.organiser), address(app, thread)
    oscar.send(f"{url}tags", **{"tags-tags": "bins"})
    oscar.send(f"{address(app, both)}tags", **{"tags-tags": ["bins", "web-pages"]})
    assert oscar.send(f"{TAGS}/bins", **{"bins-name": "Bins & lids"}).status_code == 303
    assert "Bins &amp; lids 2</a>" in oscar.get(LIST).get_data(as_text=True)
    assert oscar.send(f"{TAGS}/bins/merge", **{"bins-merge-into": "web-pages"}).status_code == 303
    assert tags_on(app, thread) == tags_on(app, both) == ["web-pages"]
    assert oscar.get(f"{LIST}?tag=bins&show=mine").location == f"{LIST}?tag=web-pages&show=mine"
    assert oscar.send(f"{TAGS}/web-pages/retire").status_code == 303
    html = oscar.get(f"{LIST}?tag=web-pages").get_data(as_text=True)
    assert ">Who empties it?</a></h3>" in html
    with app.test_request_context("/"):
        fresh = factories.make_thread(cast.champions, author=cast.champion)
        with pytest.raises(Invalid), transaction():
            tagging.put_tags(standing(cast.champion), fresh, ["web-pages"])
        with transaction():
            tagging.put_tags(standing(cast.champion), thread, ["web-pages"])
    assert oscar.send(f"{TAGS}/web-pages/restore").status_code == 303
    assert oscar.send(TAGS, **{"new-name": "BINS"}).status_code == 303
    assert oscar.get(f"{LIST}?tag=bins").status_code == 200
    assert as_person(cast.reader).get(f"{LIST}?tag=nowhere").status_code == 404


@pytest.mark.parametrize(
    "name, problem",
    [
        ("", "Give the tag a name"),
        ("x" * 31, "under 30"),
        ("!!!", "letters or digits"),
        ("BINS", "of that name already"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    cast: Cast, as_person: AsPerson, thread: Thread, name: str, problem: str
) -> None:
    """422 with the reason, for organisers and for members."""
    for person, path, field in ((cast.organiser, TAGS, "new-name"), (cast.champion, f"{TAGS}/suggest", "wish-name")):
        answer = as_person(person).send(path, **{field: name})
        assert answer.status_code == 422
        assert (
            problem if person is cast.organiser else problem.rsplit(" of ", maxsplit=1)[-1][:12]
        ) in answer.get_data(as_text=True)


@pytest.mark.both_databases
def test_two_organisers_decide_at_once(app: Flask, cast: Cast, thread: Thread) -> None:
    """One does, the other is told. Seen to fail on PostgreSQL without the lock in `guard.hold`."""
    with app.app_context():
        wish_id = factories.make_wish(cast.champions, by=cast.champion, name="winter", thread=thread).id

    def accepts() -> None:
        with transaction():
            curating.accept_wish(standing(cast.organiser), wish_id)

    def declines() -> None:
        with transaction():
            curating.decline_wish(standing(cast.steward), wish_id, reason="No.")

    results = at_once(app, [accepts, declines], workers=2)
    assert sum(isinstance(one, RuleBroken) for one in results) == 1, results
    assert results.count(None) == 1


@pytest.mark.both_databases
def test_a_tag_that_is_retired_meanwhile_is_put_nowhere(app: Flask, cast: Cast, thread: Thread) -> None:
    """Who tags waits, and is told. Seen to fail on PostgreSQL without the lock in `_hold_tags`."""
    retired = Event()

    def retires() -> None:
        with transaction():
            curating.retire_tag(standing(cast.organiser), tag(app, "bins"))
            retired.set()
            Event().wait(0.5)

    def tags() -> None:
        retired.wait(5)
        with transaction():
            tagging.put_tags(standing(cast.champion), thread, ["bins"])

    done, refused = at_once(app, [retires, tags], workers=2)
    assert done is None
    assert isinstance(refused, Invalid), refused
    assert tags_on(app, thread) == []


def test_a_hidden_thread_counts_for_no_tag(app: Flask, cast: Cast, as_person: AsPerson, thread: Thread) -> None:
    """A3, A5: tags in use count what the reader can see."""
    with app.app_context():
        seen = factories.make_tag(cast.champions, name="secretly", on=thread)
        with transaction():
            db.session.get_one(Item, item_of(thread).id).state = ItemState.HIDDEN
        assert seen.slug == "secretly"
    assert "secretly 1" not in as_person(cast.reader).get(LIST).get_data(as_text=True)
