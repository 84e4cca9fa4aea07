"""An organiser merges two threads that ask the same, then gives posts about something else a thread of their own."""

import re

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.cast import Cast
from tests.content.steps import item_of
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
THREADS = "/s/champions/threads/"


@pytest.fixture
def old(live_server: LiveServer, cast: Cast) -> str:
    """Two threads about bins; give the address of the one that is to go."""
    with live_server.app.app_context():
        first = factories.make_thread(
            cast.champions, author=cast.champion, title="Blue bin?", texts=["Who empties it?"]
        )
        factories.make_post(first, author=cast.colleague, text="The depot does.")
        factories.make_post(first, author=cast.steward, text="Are there lids?")
        factories.make_post(first, author=cast.colleague, text="Only for the small ones.")
        factories.make_thread(cast.champions, author=cast.colleague, title="Whose are the bins?", posts=2)
        return f"{THREADS}{item_of(first).ref}/"


@pytest.mark.parametrize(
    "javascript, keyboard",
    [
        pytest.param(True, False, id="pointer"),
        pytest.param(False, False, id="no-script"),
        pytest.param(True, True, id="keyboard"),
    ],
)
def test_threads_are_merged_and_posts_moved_out(
    live_server: LiveServer, open_page: Pages, old: str, *, javascript: bool, keyboard: bool
) -> None:
    """B2: old addresses lead to the right post all the way."""
    oscar = Hand(page=open_page(javascript=javascript), keyboard=keyboard)
    page = oscar.page
    sign_in(page, "oscar.organiser", app=live_server.app)
    page.goto(old)
    oscar.press(link(page, "Organise this thread"))
    oscar.press(link(page, "Merge it into another thread"))
    expect(heading(page, "Merge this thread into another")).to_be_visible()
    oscar.press(button(page, "See what will happen"))
    expect(page.get_by_role("alert")).to_contain_text("Choose a thread")
    page.get_by_role("radio", name="Whose are the bins?").check()
    oscar.write(page.get_by_label("Why"), "Both ask whose bins these are.")
    oscar.press(button(page, "See what will happen"))
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("4 posts go to the end of")
    if javascript:
        assert_accessible(page)
    oscar.press(button(page, "Merge the threads"))
    expect(heading(page, "Whose are the bins?")).to_be_visible()
    expect(page.get_by_text("4 posts came from “Blue bin?”")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.goto(f"{old}posts/3")
    expect(page).to_have_url(re.compile("#p5$"))
    expect(page.locator("#p5")).to_contain_text("Are there lids?")
    oscar.press(link(page, "Organise this thread"))
    oscar.press(link(page, "Move posts out of it"))
    expect(page.get_by_role("checkbox", name=re.compile("Post 1,"))).to_be_disabled()
    oscar.press(button(page, "This and all after it from post 5 on"))
    expect(page.get_by_role("checkbox", name=re.compile("Post 6,"))).to_be_checked()
    oscar.write(page.get_by_label("Title of the new thread"), "Which bins have lids?")
    oscar.write(page.get_by_label("Why"), "Lids are another matter.")
    if javascript:
        assert_accessible(page)
    oscar.press(button(page, "See what will happen"))
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    if javascript:
        assert_accessible(page)
    oscar.press(button(page, "Move these posts"))
    expect(heading(page, "Which bins have lids?")).to_be_visible()
    expect(page.locator("#p2")).to_contain_text("Only for the small ones.")
    page.goto(f"{old}posts/4")
    expect(heading(page, "Which bins have lids?")).to_be_visible()
    expect(page).to_have_url(re.compile("#p2$"))
    oscar.press(link(page, "Whose are the bins?"))
    expect(page.get_by_text("2 posts were moved to Which bins have lids?")).to_be_visible()
