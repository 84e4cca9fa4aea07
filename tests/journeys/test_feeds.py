"""Journey: a feed is made, fetched without signing in and revoked; a steward tells a channel, with script and without."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.cast import Cast
from tests.content.feeds import fetch, texts
from tests.content.steps import address
from tests.journeys.steps import Hand, button, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_somebody_follows_a_thread_in_a_feed_reader(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """A14: the address is shown once; revoked, it leads nowhere."""
    app = live_server.app
    with app.app_context():
        thread = factories.make_thread(
            cast.champions, author=cast.colleague, title="Which bin?", texts=["The gold one."]
        )
    page = open_page(javascript=javascript, width=360)
    hand = Hand(page=page, keyboard=javascript)
    sign_in(page, cast.champion.handle, app=app)
    page.goto(address(app, thread))
    hand.press(button(page, "Thread feed"))
    shown = page.get_by_label("Address of the feed").input_value()
    path = shown[shown.index("/feeds/") :]
    expect(page.get_by_role("button", name="Copy the address")).to_be_visible(visible=javascript)
    if javascript:
        assert_accessible(page)
    assert texts(fetch(app, path)) == ["<p>The gold one.</p>"]
    page.get_by_role("link", name="All your feeds").click()
    expect(page.get_by_role("link", name="Which bin?")).to_be_visible()
    expect(page.get_by_text("last fetched")).to_be_visible()
    if javascript:
        assert_accessible(page)
    hand.press(page.get_by_role("button", name="Revoke the feed of Which bin?"))
    expect(page.get_by_text("You have no feeds.")).to_be_visible()
    assert fetch(app, path).status_code == 404


def test_a_steward_makes_a_webhook(open_page: Pages, live_server: LiveServer, cast: Cast) -> None:
    """A14: the secret is shown once. Without the address the page comes back with everything that was typed."""
    with live_server.app.app_context():
        factories.make_host(by=cast.admin)
    page = open_page(javascript=True, width=360)
    hand = Hand(page=page, keyboard=True)
    sign_in(page, cast.steward.handle, app=live_server.app)
    page.goto("/s/champions/webhooks")
    assert_accessible(page)
    hand.write(page.get_by_label("What it is for"), "The channel")
    page.get_by_label("Slack").check()
    hand.press(button(page, "Make the webhook"))
    expect(page.get_by_role("heading", name="Something needs changing")).to_be_visible()
    assert_accessible(page)
    hand.write(page.get_by_label("Address", exact=True), "https://hooks.example.com/services/T0/B0")
    hand.press(button(page, "Make the webhook"))
    expect(page.get_by_label("Secret of the webhook")).to_be_visible()
    hand.press(button(page, "Send a test"))
    expect(page.get_by_text("A test is on its way.")).to_be_visible()
    expect(page.get_by_label("Secret of the webhook")).to_have_count(0)
    assert_accessible(page)
