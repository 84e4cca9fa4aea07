"""Pages of a large space: as many questions to the database as for a small one, and a long thread on several pages."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert, update

from forum.clone.archive.pages.leading import POSTS_A_PAGE
from forum.clone.archive.pages.writing import LISTED
from forum.content.models import Post, PostState
from forum.content.moving.actions import move_posts
from forum.core.db import db, transaction
from forum.core.markup import render
from forum.core.time import now
from forum.spaces.models import Item, ItemState
from forum.threads.models import Thread
from forum.web.links import whole
from tests import factories
from tests.cast import Cast
from tests.clone.archive.followed import Links, pages_of
from tests.content.steps import queries

pytestmark = pytest.mark.usefixtures("context")
MOST_BOUND = 50


def lengthen(thread: Thread, *, to: int, html: str = "<p>Once more.</p>") -> None:
    """Give a thread of one post more of them."""
    row = {"item_id": thread.id, "source": "Once more.", "html": html, "renderer": 1, "created_at": now()}
    with transaction():
        db.session.execute(insert(Post), [row | {"number": number} for number in range(2, to + 1)])
        db.session.execute(update(Item).where(Item.id == thread.id).values(last_number=to))


def place_of(pages: dict[str, str], place: str) -> list[str]:
    """Return the pages that have a place of this name."""
    return [name for name, page in pages.items() if place in Links(page).places]


@pytest.mark.both_databases
def test_a_long_thread_takes_several_pages_that_lead_to_each_other(app: Flask, cast: Cast, tmp_path: Path) -> None:
    """F7: each is laid out by itself, however long the thread is. What names a post leads to the page on which it is."""
    last = 2 * POSTS_A_PAGE + 50
    thread = factories.make_thread(cast.champions, author=cast.champion, title="A long one")
    ref = db.session.get_one(Item, thread.id).ref
    leads = f'<p><a href="/s/champions/threads/{ref}/posts/{last}">the end</a></p>'
    lengthen(thread, to=last, html=leads)
    with transaction():
        third = (Post.item_id == thread.id) & (Post.number > POSTS_A_PAGE) & (Post.number <= POSTS_A_PAGE + 3)
        db.session.execute(update(Post).where(third).values(state=PostState.REMOVED, gone_at=now()))
    pages = pages_of(cast.champions, cast.steward, tmp_path)
    names = ["1-a-long-one.html", "1-a-long-one-page-2.html", "1-a-long-one-page-3.html"]
    assert set(pages) == {"index.html", *names}
    assert place_of(pages, "post-1") == names[:1]
    assert place_of(pages, f"post-{POSTS_A_PAGE + 1}") == []
    assert place_of(pages, f"post-{POSTS_A_PAGE + 4}") == names[1:2]
    assert place_of(pages, f"post-{last}") == names[2:]
    assert f"{names[2]}#post-{last}" in pages[names[0]]
    assert [name in Links(pages[names[1]]).leads for name in names] == [True, False, True]
    assert "Page 2 of 3" in pages[names[1]]


@pytest.mark.both_databases
def test_more_items_mean_no_more_questions_and_no_longer_ones(app: Flask, cast: Cast, tmp_path: Path) -> None:
    """F7: thousands of items would be asked for one by one else, or all by name in one question. Nor do values of a strategy.

    Seen to fail with the versions of a strategy read anew for each value.
    """
    strategy = factories.make_strategy(cast.champions, by=cast.steward)
    asked: list[int] = []
    pages: dict[str, str] = {}
    for more in (1, 60):
        for number in range(more):
            factories.make_thread(cast.champions, author=cast.champion, title=f"Number {number}", texts=["Words."])
            factories.make_value(strategy, by=cast.steward, amount=float(number), note=f"In week {number}.")
        factories.make_story(cast.champions, author=cast.champion)
        with queries(app) as sent:
            pages = pages_of(cast.champions, cast.steward, tmp_path)
        assert max(len(one.values) for one in sent) < MOST_BOUND
        asked.append(len(sent))
    assert asked[0] == asked[1]
    assert len([name for name in pages if name[0].isdigit()]) == 64
    assert LISTED < pages["threads.html"].count("<li>") == 61


def test_a_list_goes_on_on_its_next_page(
    app: Flask, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forum.clone.archive.pages.writing.LISTED_A_PAGE", 10)
    for number in range(25):
        factories.make_thread(cast.champions, author=cast.champion, title=f"Number {number}")
    pages = pages_of(cast.champions, cast.steward, tmp_path)
    assert [pages[f"threads{page}.html"].count("<li>") for page in ("", "-page-2", "-page-3")] == [10, 10, 5]


@pytest.mark.both_databases
def test_links_lead_where_what_they_name_is_now(app: Flask, cast: Cast, tmp_path: Path) -> None:
    """F7: by full address too; to a post that isn't published, to its thread; to one that was moved, after it. Words stay (A12)."""
    named = factories.make_thread(cast.champions, author=cast.champion, title="Named", texts=["One.", "Two.", "Three."])
    gone = factories.make_post(named, author=cast.champion, text="Gone.", state=PostState.REMOVED)
    merged = factories.make_thread(cast.champions, author=cast.champion, title="Merged", texts=["Moved along."])
    here, there = db.session.get_one(Item, merged.id), db.session.get_one(Item, named.id)
    before, ref = here.ref, there.ref
    with transaction():
        all_posts = Post.number > 0
        move_posts(here, there, all_posts, by=cast.steward, reason="The same.", posts_url=str, is_whole=True, at=now())
        here.state = ItemState.WITHDRAWN
    slug = cast.champions.slug
    text = (
        f"[whole]({whole(f'/s/{slug}/threads/{ref}/posts/2')}) [gone](/s/{slug}/threads/{ref}/posts/{gone.number}) "
        f"[moved](/s/{slug}/threads/{before}/posts/1) [merged](/s/{slug}/threads/{before}/) [all](/s/{slug}/threads/) "
        f'[other](/s/another/) and `a href="/s/{slug}/"` in words'
    )
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Leads", texts=["Where?"])
    leads = factories.make_post(thread, author=cast.champion)
    with transaction():
        db.session.get_one(Post, leads.id).html = render(text, field="body").html
    pages = pages_of(cast.champions, cast.steward, tmp_path)
    page = pages["2-leads.html"]
    at = "../items/1-named.html"
    for words, where in (
        ("whole", f"{at}#post-2"),
        ("gone", at),
        ("moved", f"{at}#post-5"),
        ("merged", f"{at}#post-5"),
    ):
        assert f'href="{where}"' in page.split(f">{words}</a>")[0].rsplit("<a", 1)[1], words
    assert 'href="../index.html"' in page.split(">all</a>")[0].rsplit("<a", 1)[1]
    assert "href" not in page.split(">other</a>")[0].rsplit("<a", 1)[1]
    assert f'a href="/s/{slug}/"' in page.replace("&quot;", '"')
