"""A poll from its making to its end: with script and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_poll_is_made_with_a_thread_voted_in_changed_and_closed(
    open_page: Pages, live_server: LiveServer, *, script: bool
) -> None:
    """One press is a vote; with script the page stays. Who votes after the end reads why it isn't counted, and their choice."""
    carla = Hand(page=open_page(javascript=script))
    colin = Hand(page=open_page(javascript=script))
    sign_in(carla.page, "carla.champion", app=live_server.app)
    sign_in(colin.page, "colin.colleague", app=live_server.app)
    make(carla)
    where = carla.page.url
    colin.page.goto(where)
    poll = colin.page.locator("#poll")
    expect(poll).to_contain_text("0 of 5 members have voted.")
    colin.page.evaluate("window.stays = true")
    colin.press(button(colin.page, "Monday"))
    expect(button(colin.page, "Monday")).to_have_attribute("aria-pressed", "true")
    expect(poll).to_contain_text("1 vote · 100%")
    assert bool(colin.page.evaluate("window.stays")) is script
    if script:
        expect(button(colin.page, "Monday")).to_be_focused()
        assert_accessible(colin.page, context="#poll")
    colin.press(button(colin.page, "Friday"))
    expect(poll).to_contain_text("1 of 5 members have voted.")
    expect(button(colin.page, "Friday")).to_have_attribute("aria-pressed", "true")
    close(carla, where)
    colin.press(button(colin.page, "Monday"))
    expect(poll).to_contain_text("before your vote arrived")
    expect(poll).to_contain_text("You had chosen: Monday")
    expect(poll.get_by_role("listitem").filter(has_text="Friday")).to_contain_text("Your choice")


def make(hand: Hand) -> None:
    page = hand.page
    page.goto("/s/champions/threads/new?kind=talk")
    hand.write(page.get_by_label("Title"), "When do we meet?")
    hand.write(page.get_by_label("Your text"), "Say when.")
    hand.press(page.locator("summary", has_text="Add a poll"))
    hand.write(page.get_by_label("What people vote on"), "Which day?")
    hand.write(page.get_by_role("textbox", name="Options"), "Monday\nFriday")
    hand.press(button(page, "Start the thread"))
    expect(heading(page, "When do we meet?")).to_be_visible()
    expect(page.locator("#poll")).to_contain_text("Votes are secret")
    expect(link(page, "Correct the poll")).to_be_visible()


def close(hand: Hand, where: str) -> None:
    page: Page = hand.page
    page.goto(where)
    hand.press(button(page, "Close the poll"))
    expect(page).to_have_url(re.compile("#poll$"))
    expect(page.locator("#poll")).to_contain_text("The poll has ended")
