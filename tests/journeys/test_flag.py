"""From a flag to its outcome, and from a held post to its approval: with script and without."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages
from tests.support.server import LiveServer

pytestmark = pytest.mark.journey
ORDER = "/s/champions/order"
WAYS = [pytest.param(True, id="pointer"), pytest.param(False, id="no-script")]


@pytest.mark.parametrize("javascript", WAYS)
def test_a_post_is_flagged_hidden_and_removed(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """A5: in between nobody reads it."""
    with live_server.app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Where does it go?")
        factories.make_post(thread, author=cast.colleague, text="Ask the fool at the depot.")
        url = f"/s/champions/threads/{thread.item.ref}/"
    rita, oscar = (
        _hand(open_page, live_server, "rita.reader", javascript),
        _hand(open_page, live_server, "oscar.organiser", javascript),
    )
    rita.page.goto(f"{url}posts/2/more")
    rita.press(link(rita.page, "Flag it"))
    rita.page.get_by_label("It is unkind").check()
    rita.write(rita.page.get_by_label("In your words"), "Nobody is a fool.")
    rita.press(button(rita.page, "Flag the post"))
    expect(rita.page.get_by_text("You hear what becomes of it.")).to_be_visible()
    oscar.page.goto("/s/champions/")
    oscar.press(oscar.page.get_by_role("link", name="Order"))
    expect(heading(oscar.page, "Keeping order")).to_be_visible()
    expect(oscar.page.locator("li.case")).to_contain_text("Nobody is a fool.")
    _decide(oscar.page, "Hide it for now", "It hurts.")
    rita.page.goto(url)
    expect(rita.page.locator("#p2")).to_contain_text("Hidden while the organisers look at it")
    expect(rita.page.locator("#p2")).not_to_contain_text("fool")
    _decide(oscar.page, "Remove", "It hurts, and helps nobody.")
    expect(oscar.page.get_by_text("Nothing waits.")).to_be_visible()
    rita.page.goto(url)
    expect(rita.page.locator("#p2")).to_contain_text("Removed by Oscar Organiser")


@pytest.mark.parametrize("javascript", WAYS)
def test_a_reply_waits_is_changed_and_is_approved(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """A5: seen by its author alone, then new to everybody."""
    with live_server.app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.colleague, title="Who has a key?")
        factories.make_member_hold(cast.champions, cast.champion, by=cast.organiser)
        url = f"/s/champions/threads/{thread.item.ref}/"
    carla, oscar = (
        _hand(open_page, live_server, "carla.champion", javascript),
        _hand(open_page, live_server, "oscar.organiser", javascript),
    )
    carla.page.goto(url)
    carla.write(carla.page.get_by_label("Your reply"), "I have.")
    carla.press(button(carla.page, "Post reply"))
    expect(carla.page.locator("[data-held]")).to_contain_text("I have.")
    carla.press(link(carla.page, "Change it or take it back"))
    carla.write(carla.page.get_by_label("Your text"), " Ask at the desk.")
    carla.press(button(carla.page, "Save the text"))
    expect(carla.page.locator("[data-held]")).to_contain_text("I have. Ask at the desk.")
    oscar.page.goto(url)
    expect(oscar.page.locator("#p2")).to_have_count(0)
    oscar.page.goto(ORDER)
    oscar.page.get_by_role("button", name="Approve").click()
    expect(oscar.page.get_by_text("The post is published.")).to_be_visible()
    carla.page.goto(url)
    expect(carla.page.locator("#p2")).to_contain_text("I have. Ask at the desk.")
    expect(carla.page.locator("[data-held]")).to_have_count(0)


def _hand(open_page: Pages, live_server: LiveServer, handle: str, javascript: bool) -> Hand:  # noqa: FBT001  # of `WAYS`
    hand = Hand(page=open_page(javascript=javascript))
    sign_in(hand.page, handle, app=live_server.app)
    return hand


def _decide(page: Page, what: str, reason: str) -> None:
    page.get_by_label("What you say about it").fill(reason)
    page.get_by_role("button", name=what).click()
    page.wait_for_load_state()
