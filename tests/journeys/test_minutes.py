"""Journey 4, its end: an agenda, who was there, minutes that leave a decision and an action; with script and without."""

import pytest
from playwright.sync_api import expect

from forum.core.db import db
from forum.core.time import now
from forum.meetups.models import Occurrence
from forum.meetups.recurrence import Rhythm
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


def minute(oscar: Hand, where: str, *, script: bool) -> None:
    """Let who leads a meetup write its minutes, and note what was decided and promised."""
    page = oscar.page
    page.goto(where)
    oscar.press(link(page, "Write the minutes"))
    oscar.write(page.get_by_label("What was said"), "We cut it to nine fields.")
    if script:
        expect(page.locator("[data-draft-status]")).to_contain_text("saved", ignore_case=True)
        assert_accessible(page)
    oscar.press(button(page, "Publish the minutes"))
    expect(page.locator("#minutes")).to_contain_text("We cut it to nine fields.")
    page.get_by_text("Note a decision").click()
    oscar.write(page.get_by_label("What was decided"), "Nine fields and no more.")
    oscar.press(button(page, "Note it").first)
    expect(page.locator("#decisions")).to_contain_text("Nine fields and no more.")
    page.get_by_text("Note an action").click()
    oscar.write(page.get_by_label("What is to be done"), "Tell the housing officers")
    page.get_by_label("Who does it").select_option(label="Carla Champion")
    oscar.press(page.locator("#actions").get_by_role("button", name="Note it"))
    expect(page.locator("#actions")).to_contain_text("Tell the housing officers")
    oscar.press(button(page, "I was there"))
    expect(page.get_by_role("heading", name="1 was there")).to_be_visible()
    if script:
        assert_accessible(page)


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_meetup_leaves_minutes_a_decision_and_an_action(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, script: bool
) -> None:
    """Who was away hears how many things concern them, and what they promised stands on the next agenda until it is done."""
    with live_server.app.app_context():
        series = factories.make_meetup(cast.champions, by=cast.organiser, rhythm=Rhythm.WEEKLY, ref="shwandtell")
        one = factories.dates_of(series)[0]
        factories.make_rsvp(one, cast.champion)
    hands = {}
    for handle in ("oscar.organiser", "carla.champion"):
        hands[handle] = Hand(page=open_page(javascript=script))
        sign_in(hands[handle].page, handle, app=live_server.app)
    oscar, carla = hands.values()
    where = f"/s/champions/meetups/shwandtell/{one.id}/"
    page = carla.page
    page.goto(where)
    page.get_by_text("Put something on the agenda").click()
    carla.write(page.get_by_label("What to talk about"), "The form that nobody finishes")
    page.get_by_label("Minutes", exact=False).first.fill("20")
    carla.press(button(page, "Put it on the agenda"))
    expect(page.locator("#agenda")).to_contain_text("The form that nobody finishes")
    if script:
        assert_accessible(page)
    with live_server.app.app_context():
        factories.let_begin(one)
    minute(oscar, where, script=script)
    page = carla.page
    page.goto("/me/notifications")
    expect(page.locator("main")).to_contain_text("One thing said concerns you")
    with live_server.app.app_context():
        coming = db.select(Occurrence.id).where(Occurrence.starts_at > now()).order_by(Occurrence.starts_at)
        following = db.session.scalar(coming.limit(1))
    page.goto(f"/s/champions/meetups/shwandtell/{following}/")
    expect(page.locator("#agenda")).to_contain_text("Still open from before")
    carla.press(button(page, "Done Tell the housing officers"))
    expect(page.locator("main")).to_contain_text("Done")
    page.goto("/s/champions/meetups/actions")
    expect(page.locator("main")).to_contain_text("Nothing is open.")
    page.goto("/s/champions/meetups/?show=past&q=nine")
    expect(page.locator("main .list")).to_contain_text("Show and tell")
    if script:
        assert_accessible(page)
