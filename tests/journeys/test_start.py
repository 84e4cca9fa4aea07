"""Journey 1, start: a fresh installation gets its first admin, steward and space, or its visitor looks round the demo."""

import re

import pytest
from playwright.sync_api import expect

from forum.home import first_run
from tests.journeys.steps import Hand, button, heading
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = pytest.mark.journey
TYPED = {
    "Your organisation": "Fenbridge Council",
    "Your name": "Aisha Rahman",
    "Your work e-mail address": "aisha.rahman@fenbridge.example",
    "A password": "gravel tulip ferry",
}
CODE, PURPOSE = "The code from the console", "What it is for, in one sentence"
MAKE = "Make my space"


def printed_code(live_server: LiveServer) -> str:
    with live_server.app.app_context():
        code = first_run.new_code()
    assert code is not None
    return code


def expect_own_space(hand: Hand) -> None:
    page = hand.page
    expect(page).to_have_url(re.compile(r"/s/digital-champions/$"))
    expect(page.get_by_role("status").first).to_contain_text("Your space is ready")
    expect(page.locator(".bar")).to_contain_text("Aisha Rahman")
    expect(page.locator(".bar")).to_contain_text("Fenbridge Council")
    expect(page.locator(".space")).to_contain_text("Champions from every department")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_first_visitor_makes_an_account_and_a_space_with_the_printed_code(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001
) -> None:
    """A14: whoever has not seen the console makes nothing."""
    hand = Hand(page=open_page(javascript=javascript))
    page = hand.page
    page.goto("/")
    expect(heading(page, "Make your first space")).to_be_visible()
    hand.write(page.get_by_label(CODE), "0000-0000-0000-0000")
    for label, text in TYPED.items():
        hand.write(page.get_by_label(label, exact=True), text)
    hand.press(button(page, MAKE))
    expect(page.get_by_role("alert")).to_contain_text("That isn’t the code")
    expect(page.get_by_label("Your organisation")).to_have_value(TYPED["Your organisation"])
    page.get_by_label(CODE).fill(printed_code(live_server).upper())
    hand.write(page.get_by_label("A password", exact=True), TYPED["A password"])
    hand.write(page.get_by_label(PURPOSE), "Champions from every department.")
    expect(page.get_by_label("Private")).to_be_checked()
    page.get_by_label("Its departments").fill("Libraries\nHousing\nlibraries")
    hand.press(button(page, MAKE))
    expect_own_space(hand)
    expect(page.get_by_role("status").first).to_contain_text("It is private")
    if javascript:  # axe is a script itself
        assert_accessible(page)
    page.goto("/start")
    expect(heading(page, re.compile("page"))).to_be_visible()


def test_the_first_space_is_made_with_the_keyboard_alone(open_page: Pages, live_server: LiveServer) -> None:
    hand = Hand(page=open_page(), keyboard=True)
    page = hand.page
    page.goto("/start")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the form")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(button(page, "Look round the demo organisation")).to_be_focused()
    hand.press(button(page, MAKE))
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label(CODE)).to_be_focused()
    page.keyboard.type(printed_code(live_server))
    for label, text in TYPED.items():
        hand.write(page.get_by_label(label, exact=True), text)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show A password")).to_be_focused()
    hand.write(page.get_by_label(PURPOSE), "Champions from every department.")
    page.keyboard.press("Enter")
    expect_own_space(hand)


@pytest.mark.parametrize("javascript", [True, False])
def test_the_demo_is_loaded_by_a_press_and_one_signs_in_as_anybody_of_it(
    open_page: Pages,
    javascript: bool,  # noqa: FBT001
) -> None:
    page = open_page(javascript=javascript)
    page.set_default_navigation_timeout(60_000)
    page.goto("/")
    button(page, "Look round the demo organisation").click(timeout=60_000)
    expect(heading(page, "Who would you like to be?")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Sign in as Priya Nair").first.click()
    expect(page.locator(".bar")).to_contain_text("Priya Nair")
    page.goto("/s/digital-champions/")
    expect(page.locator("main .list").first).to_be_visible()
