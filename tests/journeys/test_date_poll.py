"""Journey 4, its beginning: a date poll becomes a weekly meetup of twelve seats; with and without script, by keyboard, on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forum.core.time import today
from forum.meetups.holidays import holiday_on
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_poll_is_asked_answered_and_becomes_a_weekly_meetup(
    open_page: Pages, live_server: LiveServer, *, script: bool
) -> None:
    """C8: the days are answered with the keys of radio buttons; who said yes has a seat, and the week is talked about on its page."""
    hands = {}
    for handle in ("oscar.organiser", "carla.champion"):
        hands[handle] = Hand(page=open_page(javascript=script))
        sign_in(hands[handle].page, handle, app=live_server.app)
    oscar, carla = hands.values()
    day = today("Europe/London") + timedelta(days=7)
    page = oscar.page
    page.goto("/s/champions/meetups/")
    oscar.press(link(page, "Ask when people can"))
    oscar.write(page.get_by_label("What for"), "Planning")
    days = [day + timedelta(days=number) for number in range(8)]
    for number, chosen in enumerate([one for one in days if not holiday_on(one, "Europe/London")][:2], 1):
        page.locator(f"#day_{number}").fill(chosen.isoformat())
        page.locator(f"#time_{number}").fill("10:00")
    if script:
        assert_accessible(page)
    oscar.press(button(page, "Ask the members"))
    expect(heading(page, "Planning")).to_be_visible()
    carla.page.set_viewport_size({"width": 360, "height": 800})
    carla.page.goto("/s/champions/")
    carla.press(link(carla.page, "One poll"))
    groups = carla.page.get_by_role("radiogroup")
    groups.nth(0).get_by_label("Yes", exact=True).focus()
    carla.page.keyboard.press("Space")
    groups.nth(1).get_by_label("Yes", exact=True).focus()
    carla.page.keyboard.press("ArrowDown")
    if script:
        assert_accessible(carla.page)
    carla.press(button(carla.page, "Save my answers"))
    expect(carla.page.get_by_role("table")).to_contain_text("If need be")
    page.reload()
    if script:
        assert_accessible(page)
    oscar.press(link(page, "Choose this day"))
    oscar.press(page.get_by_label("Every week"))
    oscar.write(page.get_by_label("Seats in the room"), "12")
    oscar.press(button(page, "Plan it"))
    expect(heading(page, "Planning")).to_be_visible()
    carla.page.goto(page.url)
    expect(carla.page.locator("section.turn")).to_contain_text("You have a seat.")
    carla.write(carla.page.get_by_label("Your message"), "Shall I bring the map?")
    carla.press(button(carla.page, "Send"))
    expect(carla.page.locator("#talk")).to_contain_text("Shall I bring the map?")
    if script:
        assert_accessible(carla.page)
