"""A thread's page: its posts by number, what is new in it, and who is offered what."""

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.content.models import PostState, ReadMark
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, ItemState, Space
from forum.threads.addresses import reply_place
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, item_of

AsPerson = Callable[[Person], Browserless]
TUESDAY = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def page(client: Browserless, url: str) -> str:
    """Return a page that can be seen."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def without_token(answer: TestResponse) -> str:
    """Return a page without the token against forged requests, another each second, and its own address, which is printed."""
    html = re.sub(r'(csrf[-_]token" (?:content|value))="[^"]*"', r"\1", answer.get_data(as_text=True))
    return re.sub(r'(<p class="printed">)[^<]*', r"\1", html)


def numbers_on(html: str) -> list[int]:
    """Return the numbers of the posts on a page, in order."""
    return [int(number) for number in re.findall(r'<article class="post" id="p(\d+)"', html)]


@pytest.mark.both_databases
def test_a_page_holds_the_posts_of_its_numbers(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B2: page k holds 20(k-1)+1 to 20k, whatever became of some of them; a wish beyond the end gives the last page."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=30)
        for state in (PostState.HIDDEN, PostState.HELD, PostState.PUBLISHED):
            factories.make_post(thread, author=cast.champion, state=state)
        for _more in range(8):
            factories.make_post(thread, author=cast.colleague)
    reader, url = as_person(cast.reader), address(app, thread)
    assert numbers_on(page(reader, url)) == list(range(1, 21))
    assert numbers_on(page(reader, f"{url}?page=2")) == [*range(21, 32), *range(33, 41)]
    assert numbers_on(page(reader, f"{url}?page=3")) == [41]
    for wish, first in (("99999999999999999999", 41), ("0", 1), ("-1", 1), ("two", 1), ("٢", 1)):
        assert numbers_on(page(reader, f"{url}?page={wish}"))[0] == first


def test_a_permalink_leads_to_the_page_of_its_post(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B2: also when the post is hidden, and never when there was no such post."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=40)
        factories.make_post(thread, author=cast.champion, text="Not to be read.", state=PostState.HIDDEN)
    reader, url = as_person(cast.reader), address(app, thread)
    for number, place in ((1, "#p1"), (20, "#p20"), (21, "?page=2#p21"), (41, "?page=3#p41")):
        answer = reader.get(f"{url}posts/{number}")
        assert (answer.status_code, answer.location) == (303, url + place)
    for wrong in ("0", "42", "99999999999999999999", "x"):
        assert reader.get(f"{url}posts/{wrong}").status_code == 404
    last = page(reader, f"{url}?page=3")
    assert "Hidden while the organisers look at it" in last
    assert "Not to be read." not in last


def test_what_is_new_stands_under_a_line_that_says_since_when(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B3: "2 new since Friday", the word Unread, and a link that skips there; a second look finds nothing new."""
    with time_machine.travel(TUESDAY - timedelta(days=4), tick=False):
        with app.app_context():
            thread = factories.make_thread(cast.champions, author=cast.champion, posts=18, at=now() - timedelta(days=5))
        url = address(app, thread)
        assert "since" not in page(as_person(cast.colleague), url)
    with time_machine.travel(TUESDAY, tick=False):
        with app.app_context():
            for _number in range(2):
                factories.make_post(thread, author=cast.champion)
            factories.make_post(thread, author=cast.colleague)
        colin = as_person(cast.colleague)
        html = page(colin, url)
        line = re.search(r'id="new"[^>]*>([^<]*)</p>\s*<article class="post" id="p(\d+)"', html)
        assert line is not None
        assert line.groups() == ("2 new since Friday", "19")
        assert re.findall(r'id="p(\d+)"[^>]* data-unread', html) == ["19", "20"]
        assert f'href="{url}#new" data-key="u">Skip to first unread' in html
        assert "Skip to first unread" not in page(colin, url)


@pytest.mark.both_databases
def test_skipping_to_the_first_unread_crosses_pages(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """From a list one is led straight to what is new; when nothing is, to the end."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=20)
    colin, url = as_person(cast.colleague), address(app, thread)
    page(colin, url)
    with app.app_context():
        for _number in range(3):
            factories.make_post(thread, author=cast.champion)
    assert f'href="{url}?page=2#new"' in page(colin, url)
    assert colin.get(f"{url}unread").location == f"{url}?page=2#new"
    page(colin, f"{url}?page=2")
    assert colin.get(f"{url}unread").location == f"{url}?page=2#p23"


@pytest.mark.both_databases
def test_a_page_marks_what_it_shows_and_no_more(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B3: the first of three pages marks twenty; nobody but members has marks; a refused form marks nothing."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=50)
    url = address(app, thread)

    def marks() -> dict[int, int]:
        with app.app_context():
            return {row.person_id: row.last_number for row in db.session.scalars(select(ReadMark))}

    page(as_person(cast.colleague), url)
    page(as_person(cast.reader), f"{url}?page=3")
    page(as_person(cast.outsider), url)
    assert as_person(cast.organiser).head(url).status_code == 200
    assert as_person(cast.steward).send(url, body="").status_code == 422
    assert marks() == {cast.colleague.id: 20, cast.reader.id: 50}
    page(as_person(cast.reader), url)
    page(as_person(cast.champion), url)
    assert marks() == {cast.colleague.id: 20, cast.reader.id: 50, cast.champion.id: 50}


def test_a_page_is_shown_though_its_mark_cannot_be_written(
    app: Flask, cast: Cast, as_person: AsPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """H2: reading goes on while the database is locked for writing; the next visit writes the mark."""
    monkeypatch.setattr("forum.core.db.BUSY_SECONDS", 0.1)
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
        path = str(db.engine.url.database)
    colin, url = as_person(cast.colleague), address(app, thread)
    with app.app_context():
        db.engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert numbers_on(page(colin, url)) == [1]
        assert writer.execute("SELECT count(*) FROM read_mark").fetchone() == (0,)
        writer.execute("ROLLBACK")
        page(colin, url)
        assert writer.execute("SELECT count(*) FROM read_mark").fetchone() == (1,)


def test_whoever_cannot_write_is_told_why_and_how(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Readers and visitors see an explanation with the way in, never a form."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
    url = address(app, thread)
    reader, visitor = page(as_person(cast.reader), url), page(as_person(cast.outsider), url)
    assert "You read along in this space" in reader
    assert "Join to reply" not in reader
    assert "Members of Champions reply here" in visitor
    assert "Join to reply" in visitor
    for html in (reader, visitor):
        assert "<textarea" not in html
        assert "Quote" not in html
    with app.app_context(), transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    steward = page(as_person(cast.steward), url)
    assert "This space has been closed since" in steward
    assert "You can’t reply here now." in steward
    assert "<textarea" not in steward


def test_presses_are_drawn_for_whom_they_work(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Edit on one's own posts (others' stand behind "More"), accept for the asker and organisers; every press has a name of its own."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
        factories.make_post(thread, author=cast.colleague)
    url = address(app, thread)

    def offers(person: Person) -> set[str]:
        found = re.findall(r">(Edit|Accept this answer)<span class=\"vh\"> (.*?)</span>", page(as_person(person), url))
        return {" ".join(words) for words in found}

    assert offers(cast.champion) == {"Edit post 1", "Accept this answer in post 2"}
    assert offers(cast.colleague) == {"Edit post 2"}
    assert offers(cast.organiser) == {"Accept this answer in post 2"}
    assert offers(cast.reader) == offers(cast.outsider) == set()


@pytest.mark.both_databases
def test_what_cannot_be_seen_is_not_found(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A2, A5: another space's thread under this address, hidden ones, those for organisers: all the same 404."""
    with app.app_context():
        there = factories.make_thread(cast.night_desk, author=cast.insider)
        hidden = factories.make_thread(cast.champions, author=cast.champion, state=ItemState.HIDDEN)
        kept = factories.make_thread(cast.champions, author=cast.organiser, audience=Audience.ORGANISERS)
        refs = [item_of(thread).ref for thread in (there, hidden, kept)]
    colin, insider = as_person(cast.colleague), as_person(cast.insider)
    missing = without_token(colin.get("/s/champions/threads/zzzzzzzzzz/"))
    for client, slug, ref in ((colin, "champions", ref) for ref in refs):
        for path in ("", "posts/1", "posts/1/edit", "posts/1/history", "unread", "news"):
            answer = client.get(f"/s/{slug}/threads/{ref}/{path}")
            assert answer.status_code == 404
        assert without_token(client.get(f"/s/{slug}/threads/{ref}/")).replace(ref, "zzzzzzzzzz") == missing
        for path in ("", "preview", "draft", "draft/discard", "accept", "accept/withdraw", "posts/1/edit"):
            answer = client.send(f"/s/{slug}/threads/{ref}/{path}", body="Hello", number="1", source="Hello")
            assert answer.status_code == 404, path
    for path in ("", "posts/1", "posts/1/edit", "posts/1/history", "unread", "news"):
        assert insider.get(f"/s/champions/threads/{refs[0]}/{path}").status_code == 404, path
        assert insider.get(f"/s/night-desk/threads/{refs[0]}/{path}").status_code in {200, 303}, path
    assert insider.send(f"/s/champions/threads/{refs[0]}/accept", number="1").status_code == 404


def test_replies_are_written_where_everything_was_read(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Other pages than the last lead on, and to the form; links to quote and reply lead to it from every page."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=36)
        ref = item_of(thread).ref
        factories.make_draft(cast.steward, place=reply_place(ref), body="Begun")
    colin, url = as_person(cast.colleague), f"/s/champions/threads/{ref}/"
    first, last = page(colin, url), page(colin, f"{url}?page=2")
    assert "<textarea" not in first
    assert "<textarea" in last
    assert 'href="?page=2">Read on: page 2' in first
    assert f'href="{url}?page=2#reply">' in first
    assert "Reply at the end" in first
    assert f'href="{url}?page=2#p36">Skip to the latest post (36)' in first
    assert first.count("Page 1 of 2") == last.count("Page 2 of 2") == 2
    assert 'href="?reply_to=3#reply"' in first
    for gone in ("Read on", "Skip to the latest"):
        assert gone not in last
    for wish in ("reply_to=3", "quote=3"):
        assert colin.get(f"{url}?{wish}").location == f"{url}?page=2&{wish}#reply"
        assert colin.get(f"{url}?page=2&{wish}").status_code == 200
    assert "Replying to" in page(colin, f"{url}?page=2&reply_to=3")
    assert "Go on with your reply" in page(as_person(cast.steward), url)
    reader = page(as_person(cast.reader), f"{url}?quote=3")
    assert "Read on: page 2" in reader
    assert "Reply at the end" not in reader
    refused = colin.send(f"{url}?page=1", body="")
    assert "<textarea" in refused.get_data(as_text=True)


@pytest.mark.both_databases
def test_the_end_of_a_thread_leads_to_the_next_unread_one(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3: one that can be seen; and to the list in any case."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="This one")
        factories.make_thread(cast.champions, author=cast.champion, title="Older", at=now() - timedelta(days=3))
        newer = factories.make_thread(cast.champions, author=cast.champion, title="Newer", at=now() - timedelta(days=2))
        factories.make_thread(cast.champions, author=cast.champion, title="Unseen", state=ItemState.HIDDEN)
        ref = item_of(newer).ref
    colin, url = as_person(cast.colleague), address(app, thread)
    for _visit in range(2):
        html = page(colin, url)
        assert f'href="../{ref}/unread">Next unread: Newer (2 left)</a>' in html
        assert 'href="../">All threads</a>' in html
    page(colin, f"/s/champions/threads/{ref}/")
    assert "Next unread: Older (1 left)" in page(colin, url)
    assert "Next unread" not in page(as_person(cast.outsider), url)


@pytest.mark.both_databases
def test_news_are_what_others_wrote_after_a_number(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A5: the quiet bar counts what can be seen, and never one's own."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=3)
        factories.make_post(thread, author=cast.champion, state=PostState.HELD)
        factories.make_post(thread, author=cast.colleague)
    url = address(app, thread) + "news"
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    assert colin.get(f"{url}?after=1").json == {"count": 2}
    assert carla.get(f"{url}?after=1").json == {"count": 1}
    assert colin.get(url).json == colin.get(f"{url}?after=99999999999999999999").json == {"count": 0}
    assert colin.get(f"{url}?after=-5").json == {"count": 3}
    assert colin.get(f"{url}?after=x").json == {"count": 0}


def test_words_stay_words_on_the_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12: titles and names are text in every place."""
    nasty = '{{7*7}} <script>alert(1)</script> "&'
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title=nasty)
    colin = as_person(cast.colleague)
    for url in ("/s/champions/", "/s/champions/threads/", address(app, thread)):
        html = page(colin, url)
        assert "{{7*7}} &lt;script&gt;" in html
        assert "<script>alert" not in html


def test_until_when_somebody_is_away_stands_once_on_a_page_where_they_wrote_last(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Before that a word is enough; it runs into no date. A post that is gone is nobody's latest."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=4)
        factories.make_post(thread, author=cast.colleague)
        factories.make_post(thread, author=cast.champion, state=PostState.REMOVED)
        factories.make_absence(cast.champion)
    html = page(as_person(cast.reader), address(app, thread))
    posts = html.split('<article class="post"')[1:]
    assert [bool(re.search(r'<span class="meta">away until [^<]+</span>', one)) for one in posts] == [
        number == 4 for number in range(1, 7)
    ]
    assert ['<span class="meta">away</span>' in one for one in posts] == [number < 4 for number in range(1, 7)]
