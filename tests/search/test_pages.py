"""The search page: whatever is asked, a page; what is found, by thread, with the words marked."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.search.models import RecentSearch, SearchBuild
from tests import factories
from tests.cast import Cast
from tests.search.odd import ODD
from tests.search.steps import AsPerson, found_by, titles


@pytest.mark.both_databases
def test_whatever_is_asked_is_answered_with_a_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A clear page, never an error: in the address, in the box and in each control."""
    client = as_person(cast.champion)
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="a b {{7*7}} <script>")
    for odd in ODD:
        assert client.get("/search", query_string={"q": odd}).status_code == 200, odd
    for odd in ODD[:60:3]:
        for name in ("in", "by", "tag", "kind", "is", "after", "before", "page"):
            assert client.get("/search", query_string={"q": "a", name: odd}).status_code == 200, (name, odd)
    for odd in (*ODD[::7], "word " * 10_000):
        assert client.send("/search", q=odd, tag=odd).status_code == 303, odd


def test_what_was_not_understood_is_said(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    page = as_person(cast.champion).get("/search?q=bins in: is:nice before:soon in:night-desk").get_data(as_text=True)
    for sentence in (
        "“in:” has nothing behind it",
        "“is:nice” wasn’t understood",
        "“before:soon” isn’t a day",
        "You are in no space that is called “night-desk”",
    ):
        assert sentence in page, sentence


def test_another_space_is_as_one_that_is_not_there(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: byte for byte, but for its name."""
    client = as_person(cast.champion)

    def page(name: str) -> str:
        answer = client.get("/search", query_string={"q": f"bins in:{name}"}).get_data(as_text=True)
        return re.sub(r'(content|value)="[^"]*\.[^"]*\.[^"]*"', "", answer.replace(name, ""))

    assert page("night-desk") == page("nowhere-at-all")


def test_title_goes_over_tags_over_body_then_settled_then_recent(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        make = factories.make_thread
        body = make(cast.champions, author=cast.champion, title="Body", texts=["About lids."])
        solved = make(cast.champions, author=cast.champion, title="Solved", texts=["About lids.", "Turn it."])
        factories.make_accepted(solved, number=2, by=cast.champion)
        newer = make(cast.champions, author=cast.champion, title="Newer", texts=["Old.", "About lids."])
        tagged = make(cast.champions, author=cast.champion, title="Tagged", texts=["Nothing."])
        factories.make_tag(cast.champions, name="lids", on=tagged)
        make(cast.champions, author=cast.champion, title="Lids", texts=["Nothing."])
        assert newer.id > body.id
        assert titles(found_by(cast.reader, "lids")) == ["Lids", "Tagged", "Solved", "Newer", "Body"]


def test_a_thread_is_found_once_and_its_passages_are_marked_and_safe(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A12: what people wrote stays text."""
    with app.app_context():
        factories.make_thread(
            cast.champions,
            author=cast.champion,
            title="Lids <script>",
            texts=["Lids & <b>lids</b> {{7*7}}", "far " * 200 + "a lid <img src=x>", "no"],
        )
    page = as_person(cast.reader).get("/search?q=lids").get_data(as_text=True)
    assert page.count("<h3>") == 1
    assert "<mark>Lids</mark> &lt;script&gt;" in page
    assert "a <mark>lid</mark> &lt;img src=x&gt;" in page
    assert "{{7*7}}" in page
    assert "One result found" in page


def test_counts_stop_at_ninety_nine(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        for _number in range(101):
            factories.make_thread(cast.champions, author=cast.champion, title="Lids")
    client = as_person(cast.reader)
    assert "99+ results found" in client.get("/search?q=lids").get_data(as_text=True)
    assert client.get("/search?q=lids&page=5").get_data(as_text=True).count("<h3>") == 19


def test_filters_in_words_and_in_controls_find_the_same(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        one = factories.make_thread(cast.champions, author=cast.champion, title="Lids one", texts=["A.", "Fits."])
        factories.make_tag(cast.champions, name="Wheelie bins", on=one)
        factories.make_accepted(one, number=2, by=cast.champion)
        factories.make_thread(cast.champions, author=cast.colleague, title="Lids two", is_question=False)
    client = as_person(cast.champion)
    cases = {
        ("in", "champions"): {"one", "two"},
        ("by", "me"): {"one"},
        ("by", "colin.colleague"): {"two"},
        ("by", "Colin Colleague"): {"two"},
        ("tag", "wheelie-bins"): {"one"},
        ("kind", "question"): {"one"},
        ("kind", "conversation"): {"two"},
        ("is", "answered"): {"one"},
        ("is", "open"): set(),
        ("after", "2020-01-01"): {"one", "two"},
        ("before", "2020-01-01"): set(),
    }
    for (name, value), expected in cases.items():
        typed = client.get("/search", query_string={"q": f'lids {name}:"{value}"'}).get_data(as_text=True)
        chosen = client.get("/search", query_string={"q": "lids", name: value}).get_data(as_text=True)
        for page in (typed, chosen):
            assert set(re.findall(r"</mark> (one|two)</a>", page)) == expected, (name, value)


def test_nothing_found_leads_to_asking_with_the_words_filled_in(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.champion)
    page = client.get("/search?q=Purple wombats").get_data(as_text=True)
    assert "Nobody has written about this yet." in page
    link = re.search(r'href="(/s/champions/threads/new\?[^"]*)"', page)
    assert link
    assert 'value="Purple wombats"' in client.get(link.group(1)).get_data(as_text=True)
    assert "/threads/new" not in as_person(cast.reader).get("/search?q=Purple wombats").get_data(as_text=True)


def test_an_index_that_is_being_made_says_how_far_it_is(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion)
        with transaction():
            db.session.add(SearchBuild(kind="thread", last_key=0))
    client = as_person(cast.champion)
    assert "The search is being put together." in client.get("/search?q=x").get_data(as_text=True)
    for odd in ODD[::3]:
        assert client.get("/search", query_string={"q": odd}).status_code == 200, odd


def test_suggestions_come_while_asking_and_with_the_preview(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Journey 2, with and without script; E5 is in the canary."""
    with app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="How do I reset my password?")
    client = as_person(cast.colleague)
    piece = client.send("/s/champions/threads/new/alike", title="Forgotten password", body="")
    assert "How do I reset my" in piece.get_data(as_text=True)
    assert piece.headers["X-Baton-Alike"] == "1"
    form = {
        "kind": "question",
        "section": "questions",
        "title": "Forgotten passwords",
        "body": "Who can help?",
        "preview": "1",
    }
    page = client.send("/s/champions/threads/new", **form).get_data(as_text=True)
    assert "Perhaps it was answered before" in page
    nothing = client.send("/s/champions/threads/new/alike", title="", body="").get_data(as_text=True)
    assert "<section" not in nothing


def test_only_a_press_notes_what_was_looked_for_and_only_the_last_ten(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A10: opening a page of results notes nothing."""
    client = as_person(cast.champion)
    client.get("/search?q=never")
    for number in range(12):
        answer = client.send("/search", q=f"lids {number}")
        assert answer.headers["Location"] == f"/search?q=lids+{number}"
    with app.app_context():
        noted = set(db.session.scalars(select(RecentSearch.query).where(RecentSearch.person_id == cast.champion.id)))
    assert noted == {f"lids {number}" for number in range(2, 12)}
    assert "lids 11" in client.get("/search").get_data(as_text=True)
    assert "lids 11" not in as_person(cast.colleague).get("/search").get_data(as_text=True)
