"""Two colleagues swap what they promised to cover: with script and without."""

import pytest
from playwright.sync_api import expect

from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.roster.test_cover_swaps import two
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_cover_is_offered_for_anothers_agreed_to_and_taken_back(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, script: bool
) -> None:
    """D1, D2: each step leaves both sides with what is true."""
    with live_server.app.test_request_context("/"):
        two(cast)
    carla, colin = (Hand(page=open_page(javascript=script)) for _person in range(2))
    sign_in(carla.page, "carla.champion", app=live_server.app)
    carla.page.goto("/s/champions/roster/cover")
    carla.press(link(carla.page, "Inbox"))
    carla.press(carla.page.locator("summary", has_text="Swap it with a colleague"))
    theirs = carla.page.get_by_label("For the cover of")
    theirs.select_option(index=1)
    if script:
        assert_accessible(carla.page)
    carla.press(button(carla.page, "Ask to swap"))
    expect(carla.page.get_by_text("You asked Colin Colleague")).to_be_visible()

    sign_in(colin.page, "colin.colleague", app=live_server.app)
    colin.page.goto("/s/champions/roster/cover")
    expect(colin.page.get_by_text("asks to swap covers with you")).to_be_visible()
    if script:
        assert_accessible(colin.page)
    colin.press(button(colin.page, "Swap with Carla Champion"))
    expect(link(colin.page, "Inbox")).to_be_visible()
    expect(link(colin.page, "Banner")).to_have_count(0)
    colin.press(button(colin.page, "Undo"))
    expect(link(colin.page, "Banner")).to_be_visible()
    expect(heading(colin.page, "Cover")).to_be_visible()
