"""What pages cost: the same for one row and for thirty, for the first page and for the last (B2)."""

import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Item
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address, queries

AsPerson = Callable[[Person], Browserless]
MOST = 10
PAGES = ("", "?show=unread", "?show=unanswered", "?show=mine", "?section=questions", "new", "mentions?q=c")


@pytest.fixture
def threads(app: Flask, cast: Cast) -> list[Thread]:
    """Give a space with one thread."""
    with app.app_context():
        return [factories.make_thread(cast.champions, author=cast.champion, posts=1, at=now() - timedelta(days=3))]


def cost(app: Flask, client: Browserless, path: str) -> int:
    """Return how many statements a page sends when it is asked for the second time."""
    assert client.get(path).status_code == 200
    with queries(app) as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_lists_cost_the_same_for_one_row_and_for_thirty(
    app: Flask, cast: Cast, as_person: AsPerson, threads: list[Thread]
) -> None:
    """At most ten statements a page, whatever the number of rows, and on Today, to which every room adds, eighteen."""
    colin = as_person(cast.colleague)
    paths = [f"/s/champions/threads/{page}" for page in PAGES] + ["/s/champions/"]
    before = {path: cost(app, colin, path) for path in paths}
    with app.app_context():
        for number in range(30):
            author = (cast.champion, cast.organiser, cast.steward, cast.colleague)[number % 4]
            thread = factories.make_thread(cast.champions, author=author, posts=1 + number % 3)
            factories.make_post(thread, author=cast.steward)
            threads.append(thread)
        for _number in range(8):
            factories.make_thread(cast.champions, author=cast.champion)
    after = {path: cost(app, colin, path) for path in paths}
    listed = {path: cost_ for path, cost_ in after.items() if path != "/s/champions/"}
    assert listed == {path: before[path] for path in listed}
    assert max(listed.values()) <= MOST, after
    assert after["/s/champions/"] == before["/s/champions/"] <= MOST + 8


@pytest.mark.parametrize("who", ["colleague", "champion", "organiser", "reader", "outsider"])
def test_a_thread_costs_the_same_for_one_post_and_for_a_thousand(
    app: Flask, cast: Cast, as_person: AsPerson, threads: list[Thread], who: str
) -> None:
    """B2: its first page and its last, too."""
    client = as_person(getattr(cast, who))
    short = cost(app, client, address(app, threads[0]))
    with app.app_context():
        long = factories.make_thread(cast.champions, author=cast.champion, posts=1000)
    url = address(app, long)
    assert cost(app, client, url) <= cost(app, client, f"{url}?page=50") == short <= MOST


def test_a_first_visit_writes_one_mark_and_no_more(
    app: Flask, cast: Cast, as_person: AsPerson, threads: list[Thread]
) -> None:
    """B3: the mark is one statement in a transaction of its own; the second visit writes nothing."""
    colin, url = as_person(cast.colleague), address(app, threads[0])
    colin.get("/s/champions/")
    writes = []
    for _visit in range(2):
        with queries(app) as sent:
            colin.get(url)
        assert len(sent) <= MOST
        writes.append([one.statement.split()[2] for one in sent if not one.statement.startswith("SELECT")])
    assert writes == [["read_mark"], []]


def test_twenty_posts_fit_into_forty_kilobytes(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Patchy Wi-Fi: 40 kB raw and 10 kB compressed, for whoever sees the most presses."""
    said = "We text 11,400 homes the night before collection, and since the clocks changed people text back. " * 5
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, texts=[said.strip()] * 20)
        factories.make_thread(cast.champions, author=cast.champion, title="How do we tell people about bank holidays?")
        long = factories.make_thread(cast.champions, author=cast.champion, texts=[said.strip()] * 60)
    for number in (1, 2, 3):
        part = as_person(cast.colleague).get(f"{address(app, long)}?page={number}").data
        assert len(part) < 40_000, number
        assert len(gzip.compress(part)) < 10_000
    html = as_person(cast.colleague).get(address(app, thread)).data
    assert html.count(b'<article class="post"') == 20
    assert len(html) < 40_000
    assert len(gzip.compress(html)) < 10_000
    assert len(as_person(cast.organiser).get(address(app, thread)).data) < 44_000


def test_the_last_page_is_found_as_the_first_is(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """B2: one statement with other numbers, one plan, a step into the index of item and number; no OFFSET."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=200)
        engine = db.engine
    colin, url = as_person(cast.colleague), address(app, thread)
    asked, plans = [], []
    for page in (1, 10):
        with queries(app) as sent:
            colin.get(f"{url}?page={page}")
        [posts] = [one for one in sent if "post.html" in one.statement]
        with engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {posts.statement}", posts.values)
            plans.append([step.detail for step in plan])
        asked.append(posts.statement)
    assert asked[0] == asked[1]
    assert "OFFSET" not in asked[0].upper()
    assert plans[0] == plans[1]
    assert plans[0][0] == "SEARCH post USING INDEX uq_post_item_number (item_id=? AND number>? AND number<?)"
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in plans[0]), plans[0]


def test_a_tab_counts_without_looking_at_posts_that_were_read(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Asked on every page of a space, so the counters of items answer first."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, posts=3)
        with transaction():
            db.session.get_one(Item, thread.id).title = "Seen"
    colin = as_person(cast.colleague)
    colin.get(address(app, thread))
    assert b"unread" not in colin.get("/s/champions/about").data.split(b"</nav>")[0]
