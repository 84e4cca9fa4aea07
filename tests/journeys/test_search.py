"""Searching by a newcomer's words over the demo, with and without script; and what is suggested while one asks."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Hand, button, heading, link
from tests.pictures import SPACE, sign_in
from tests.support.browser import Pages, assert_accessible

pytestmark = [pytest.mark.journey, pytest.mark.demo]
NEWCOMER = "gwen.pritchard"


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_newcomer_finds_what_was_said_in_other_words(open_page: Pages, javascript: bool) -> None:  # noqa: FBT001  # a way
    """The box is on every page; `/` leads to it. What isn't there leads to asking, with the words filled in."""
    page = open_page(javascript=javascript)
    sign_in(page, NEWCOMER)
    page.goto(f"{SPACE}/")
    box = page.get_by_role("searchbox", name="Search everything")
    if javascript:
        page.locator("html[data-script]").wait_for(state="attached")
        page.keyboard.press("/")
        expect(box).to_be_focused()
    box.fill("which browser reads a pdf form aloud twice")
    box.press("Enter")
    expect(heading(page, "Search")).to_be_visible()
    expect(page.locator(".found h3").first).to_contain_text("PDF form reads out every line twice")
    expect(page.locator(".found mark").first).to_be_visible()
    assert_accessible(page) if javascript else None
    hand, words = Hand(page=page), page.get_by_label("What are you looking for?")
    words.fill("calender")
    hand.press(button(page, "Find"))
    expect(page.locator(".found mark").first).to_have_text("calendar")
    words.fill("facebook inbox kind:duty")
    hand.press(button(page, "Find"))
    expect(page.locator(".found .meta").first).to_contain_text("has it now")
    hand.press(link(page, "Facebook inbox").first)
    expect(heading(page, "Facebook inbox")).to_be_visible()
    page.goto("/search")
    page.get_by_label("What are you looking for?").fill("zeppelins")
    Hand(page=page).press(button(page, "Find"))
    expect(page.get_by_text("Nobody has written about this yet.")).to_be_visible()
    Hand(page=page).press(link(page, "Ask in Digital champions"))
    expect(page.get_by_label("Title")).to_have_value("zeppelins")
    page.get_by_label("Title").fill("Benefit letters print outside the window")
    if not javascript:
        page.get_by_label("Your text").fill("Any ideas?")
        Hand(page=page).press(button(page, "Preview"))
    expect(page.get_by_role("region", name="Perhaps it was answered before")).to_contain_text("Benefit letters print")
