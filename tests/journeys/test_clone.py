"""Journey 7's first half: another team looks at a space, sees exactly what comes along, and has its own in a minute."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from forum.meetups.recurrence import Rhythm
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


def offered(app: Flask, cast: Cast) -> None:
    """Give Champions something to show."""
    with app.test_request_context("/"):
        story = factories.make_story(cast.champions, author=cast.champion, title="The form lost what people typed")
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="Welcome newcomers")
        factories.make_meetup(cast.champions, by=cast.organiser, title="Clinic", rhythm=Rhythm.WEEKLY)
        agree(cast.steward, cast.champions, story)


@pytest.mark.parametrize("javascript", [True, False], ids=["pointer", "no-script"])
def test_another_team_has_its_own_space_in_a_minute(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """F1, F3, F4: shown, named, chosen, looked at, pressed; private, with the maker alone; the first week's list."""
    offered(live_server.app, cast)
    stella, otto = Hand(page=open_page(javascript=javascript)), Hand(page=open_page(javascript=javascript))
    sign_in(stella.page, "stella.steward", app=live_server.app)
    sign_in(otto.page, "otto.outsider", app=live_server.app)
    page = stella.page
    page.goto("/s/champions/showcase/edit")
    page.get_by_label("How it works").fill("We meet **once a month**, and answer within a day.")
    stella.press(page.get_by_label("Everybody with an account here may look at it"))
    stella.press(button(page, "Save the showcase"))
    expect(page.get_by_text("Everybody with an account here can look at it.")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page = otto.page
    page.goto("/showcases")
    if javascript:
        assert_accessible(page)
    otto.press(link(page, "Champions"))
    expect(page.get_by_role("heading", name="The form lost what people typed")).to_be_visible()
    expect(page.get_by_text("Carla")).to_have_count(0)
    if javascript:
        assert_accessible(page)
    otto.press(button(page, "Start one like this"))
    page.get_by_label("Name of the space").fill("Ward clerks online")
    if javascript:
        assert_accessible(page)
    otto.press(button(page, "Go on"))
    expect(heading(page, "What comes along")).to_be_visible()
    if javascript:
        assert_accessible(page)
    otto.press(button(page, "Look at it"))
    expect(page.locator(".lede")).to_have_text(
        re.compile("one duty without a holder, one meetup pattern, one story; no people, no posts but these")
    )
    if javascript:
        assert_accessible(page)
    otto.press(button(page, "Make my space"))
    expect(page).to_have_url(re.compile("/s/ward-clerks-online/$"))
    expect(page.get_by_role("heading", name="Your first week")).to_be_visible()
    if javascript:
        assert_accessible(page)
    otto.press(link(page, "Tell a story"))
    expect(page).to_have_url(re.compile("/stories/new"))
    page.goto("/s/ward-clerks-online/stories/")
    expect(page.get_by_text("From the original").first).to_be_visible()
    answer = stella.page.goto("/s/ward-clerks-online/")
    assert answer is not None
    assert answer.status == 404
