"""Journey 2, ask: a champion asks, a colleague answers, and the answer is accepted; by pointer, without script, by keyboard alone."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]
TITLE = "How do we text people about missed bins?"
ASKED = "The depot asks **every week**."
ANSWERED = "we use a template. It costs nothing."
THREADS = "/s/champions/threads/"


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a journey is made."""

    javascript: bool = True
    keyboard: bool = False


WAYS = [
    pytest.param(Way(), id="pointer"),
    pytest.param(Way(javascript=False), id="no-script"),
    pytest.param(Way(keyboard=True), id="keyboard"),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_question_is_asked_answered_and_its_answer_accepted(
    open_page: Pages, live_server: LiveServer, way: Way
) -> None:
    """B5: what was typed is there after a reload. B6: the reader is led to what is new."""
    carla = Hand(page=open_page(javascript=way.javascript), keyboard=way.keyboard)
    colin = Hand(page=open_page(javascript=way.javascript), keyboard=way.keyboard)
    sign_in(carla.page, "carla.champion", app=live_server.app)
    sign_in(colin.page, "colin.colleague", app=live_server.app)
    ask(carla, way)
    answer(colin, way)
    find_what_is_new(carla)
    accept_and_undo(carla)
    colin.page.goto(THREADS)
    expect(colin.page.locator("li.thread")).to_contain_text("Answered")


def ask(hand: Hand, way: Way) -> None:
    page = hand.page
    page.goto(THREADS)
    hand.press(link(page, "Ask a question"))
    expect(heading(page, "Ask a question")).to_be_visible()
    title, body = page.get_by_label("Title"), page.get_by_label("Your text")
    hand.write(title, TITLE)
    hand.write(body, ASKED)
    if way.javascript:
        expect(page.get_by_text("Draft saved at")).to_be_visible()
    else:
        hand.press(button(page, "Save draft"))
        expect(page.get_by_text("Your draft is saved")).to_be_visible()
    page.reload()
    expect(title).to_have_value(TITLE)
    expect(body).to_have_value(ASKED)
    hand.press(button(page, "Preview"))
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("every week")
    if way.javascript:
        expect(preview).to_be_focused()
    hand.press(button(page, "Ask the question"))
    expect(heading(page, TITLE)).to_be_visible()
    expect(page.locator("#p1 strong")).to_have_text("every week")


def answer(hand: Hand, way: Way) -> None:
    page = hand.page
    page.goto("/s/champions/")
    hand.press(link(page, TITLE).first)
    hand.press(link(page, "Quote post 1"))
    body = page.get_by_label("Your reply")
    expect(body).to_have_value(re.compile(r"^> \[post 1\]\n"))
    hand.write(body, "@carla" if way.javascript else "@carla.champion ")
    if way.javascript:
        choose_from_the_list(page)
    page.keyboard.type(ANSWERED)
    if way.keyboard:
        page.keyboard.press("Control+Enter")
    else:
        hand.press(button(page, "Post reply"))
    expect(page).to_have_url(re.compile("#p2$"))
    post = page.locator("#p2")
    expect(post.locator("blockquote")).to_contain_text("The depot asks every week.")
    expect(link(page, "Carla Champion in post 1")).to_be_visible()
    expect(link(page, "@Carla Champion")).to_have_attribute("href", re.compile("/people/carla.champion$"))
    expect(post).to_be_focused()


def choose_from_the_list(page: Page) -> None:
    offered = page.locator(".options:not([hidden]) [role=option]")
    expect(offered).to_have_count(1)
    expect(offered).to_contain_text("Carla Champion")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your reply")).to_have_value(re.compile("@carla.champion $"))


def find_what_is_new(hand: Hand) -> None:
    page = hand.page
    page.goto(THREADS)
    hand.press(page.get_by_role("link", name=f"1 new in “{TITLE}”"))
    expect(page).to_have_url(re.compile("#new$"))
    expect(page.locator("#new")).to_be_in_viewport()
    expect(page.locator("#p2")).to_contain_text(ANSWERED)


def accept_and_undo(hand: Hand) -> None:
    page = hand.page
    post = page.locator("#p2")
    hand.press(button(page, "Accept this answer in post 2"))
    expect(post.get_by_text("Accepted answer")).to_be_visible()
    hand.press(button(page, "Not the answer after all"))
    expect(button(page, "Accept this answer in post 2")).to_be_visible()
    expect(post.get_by_text("Accepted answer")).to_have_count(0)
    hand.press(button(page, "Accept this answer in post 2"))
    expect(post.get_by_text("Accepted answer")).to_be_visible()
    expect(page.locator(".head")).to_contain_text("Answered by Colin Colleague")
