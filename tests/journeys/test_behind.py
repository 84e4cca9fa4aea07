"""Asking behind a colleague, from the form to the accepted answer: with script and without."""

import pytest
from playwright.sync_api import expect

from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_question_is_asked_through_an_organiser_and_its_answer_accepted(
    open_page: Pages, live_server: LiveServer, *, script: bool
) -> None:
    """The space reads the organiser's name; the asker's stands on the two pages that only they and the organiser open."""
    carla, oscar, colin = (Hand(page=open_page(javascript=script)) for _person in range(3))
    for hand, handle in ((carla, "carla.champion"), (oscar, "oscar.organiser"), (colin, "colin.colleague")):
        sign_in(hand.page, handle, app=live_server.app)
    ask(carla)
    if script:
        assert_accessible(carla.page)
    pass_on(oscar, checks=script)
    answer(colin)
    carla.page.reload()
    carla.press(button(carla.page, "Accept this answer in post 2"))
    expect(carla.page.locator("#p2")).to_contain_text("Accepted answer")
    carla.press(button(carla.page, "Thank for post 2"))
    if script:
        assert_accessible(carla.page)
    colin.page.reload()
    expect(colin.page.locator("#p2")).to_contain_text("Accepted answer")
    expect(colin.page.locator("body")).not_to_contain_text("Carla")


def ask(hand: Hand) -> None:
    page = hand.page
    page.goto("/s/champions/threads/new")
    hand.write(page.get_by_label("Title"), "Whom do I tell about my manager?")
    page.get_by_label("Ask as").select_option(label="Through Oscar Organiser, without my name")
    hand.write(page.get_by_label("Your text"), "I saw it on the stairs.")
    hand.press(button(page, "Ask the question"))
    expect(page.locator("main")).to_contain_text("It waits for Oscar Organiser. Nobody else can see it.")


def pass_on(hand: Hand, *, checks: bool) -> None:
    page = hand.page
    page.goto("/s/champions/threads/")
    hand.press(link(page, "Asked through an organiser"))
    hand.press(link(page, "Whom do I tell about my manager?"))
    expect(page.locator("main")).to_contain_text("Carla Champion asks you to pass this on")
    if checks:
        assert_accessible(page)
    page.get_by_label("Title").fill("Whom does one tell about a manager?")
    page.get_by_label("What the space will read").fill("Somebody saw it.")
    hand.press(button(page, "Pass it on"))
    expect(page.locator("main")).to_contain_text("Only you and they know that.")


def answer(hand: Hand) -> None:
    page = hand.page
    page.goto("/s/champions/threads/")
    hand.press(link(page, "Whom does one tell about a manager?").first)
    expect(heading(page, "Whom does one tell about a manager?")).to_be_visible()
    expect(page.locator("#p1")).to_contain_text("for a colleague")
    hand.write(page.get_by_label("Your reply"), "Payroll, I think.")
    hand.press(button(page, "Post reply"))
    expect(page.locator("#p2")).to_contain_text("Payroll, I think.")
