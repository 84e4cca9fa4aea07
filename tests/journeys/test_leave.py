"""Somebody leaves: the last day, what is offered and taken, the day itself; with script and without (journey 6)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from forum.core.time import end_of_day, today
from forum.mydata.erasing import close_due
from forum.roster.actions import vacating
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_what_somebody_leaves_is_taken_or_vacant_on_the_day(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, script: bool
) -> None:
    """D7, D8: set the last day, offer, accept; the day comes, what is vacant is shown, and there is no way in any more."""
    app = live_server.app
    with app.app_context():
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox", what="Look.")
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Banner")
    carla, colin = Hand(page=open_page(javascript=script)), Hand(page=open_page(javascript=script))
    sign_in(carla.page, "carla.champion", app=app)
    sign_in(colin.page, "colin.colleague", app=app)
    last = today("Europe/London") + timedelta(days=6)
    carla.page.goto("/me/leaving/")
    carla.page.get_by_label("Last day").fill(last.isoformat())
    carla.press(button(carla.page, "Set my last day"))
    carla.page.get_by_label("Whom to ask to take “Inbox”").select_option("colin.colleague")
    carla.press(button(carla.page, "Ask about “Inbox”"))
    expect(carla.page.get_by_text("Colin Colleague is asked", exact=True)).to_be_visible()
    if script:
        assert_accessible(carla.page)
    colin.page.goto("/s/champions/roster/leaving")
    colin.press(link(colin.page, "Inbox"))
    expect(heading(colin.page, "Handover of “Inbox”")).to_be_visible()
    if script:
        assert_accessible(colin.page)
    colin.press(button(colin.page, "Take it over"))
    expect(colin.page.get_by_text("Accepted unfinished").first).to_be_visible()
    at = end_of_day(last, "Europe/London") + timedelta(hours=1)
    with app.app_context():
        assert vacating.end_due(at=at) == 1
        assert close_due(at=at) == 1
    colin.page.goto("/s/champions/roster/leaving")
    left = colin.page.get_by_role("listitem").filter(has_text="Banner")
    expect(left).to_contain_text("Vacant")
    carla.page.goto("/me/leaving/")
    expect(heading(carla.page, "Leaving")).to_have_count(0)
