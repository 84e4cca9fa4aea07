"""Journey 4, as far as it goes: a weekly meetup of one seat, a line that moves, a week that is moved; with script and without."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forum.core.time import today
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_weekly_meetup_is_planned_filled_moved_and_its_waiting_list_moves(
    open_page: Pages, live_server: LiveServer, *, script: bool
) -> None:
    """C2, C7: one looks at the dates before they are planned; who gives up a seat gives it to the next in line."""
    hands = {}
    for handle in ("oscar.organiser", "carla.champion", "colin.colleague"):
        hands[handle] = Hand(page=open_page(javascript=script))
        sign_in(hands[handle].page, handle, app=live_server.app)
    oscar, carla, colin = hands.values()
    day = today("Europe/London") + timedelta(days=7)
    page = oscar.page
    page.goto("/s/champions/meetups/")
    oscar.press(link(page, "Plan a meetup"))
    oscar.write(page.get_by_label("Name"), "Show and tell")
    page.get_by_label("Day", exact=True).fill(day.isoformat())
    page.get_by_label("From").fill("10:00")
    page.get_by_label("To", exact=True).fill("11:00")
    oscar.press(page.get_by_label("Every week"))
    oscar.write(page.locator("#place"), "Room 2")
    oscar.write(page.get_by_label("Seats in the room"), "1")
    oscar.press(button(page, "Show the next dates"))
    expect(page.get_by_role("heading", name="The next dates")).to_be_visible()
    if script:
        assert_accessible(page)
    oscar.press(button(page, "Plan it"))
    expect(heading(page, "Show and tell")).to_be_visible()
    if script:
        assert_accessible(page)
    oscar.press(page.get_by_role("link", name="Show and tell").first)
    where = page.url
    for hand, words in ((carla, "You have a seat."), (colin, "You are number 1 on the waiting list.")):
        hand.page.goto(where)
        hand.press(hand.page.locator("section.turn button").first)
        expect(hand.page.locator("section.turn")).to_contain_text(words)
    if script:
        assert_accessible(colin.page)
    page.goto(where)
    oscar.press(link(page, "Change this date"))
    page.get_by_label("From").fill("14:00")
    page.get_by_label("To", exact=True).fill("15:00")
    oscar.press(button(page, "Change this date"))
    expect(page.locator(".when")).to_contain_text("14:00 to 15:00")
    carla.press(button(carla.page, "Give up my seat"))
    expect(carla.page.locator("section.turn")).to_contain_text("You can’t come.")
    colin.page.reload()
    expect(colin.page.locator("section.turn")).to_contain_text("You have a seat.")
    colin.page.goto(f"/s/champions/meetups/month/{day:%Y-%m}")
    expect(colin.page.get_by_role("table")).to_contain_text("14:00 Show and tell")
    if script:
        assert_accessible(colin.page)
