"""Getting in by mail that is kept in the app: a forgotten password, and a newcomer with an invitation."""

import re

import pytest
from playwright.sync_api import Page, expect

from forum.notify.worker import Worker
from tests.journeys.steps import button, heading, link, sign_in
from tests.support.browser import Pages
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]
ADDRESS = "carla.champion@example.org"
BOTH = pytest.mark.parametrize("javascript", [True, False])
NEW_PASSWORD = "gravel tulip ferry"  # a password of a test, not a secret


def follow_the_newest_mail(page: Page, *, subject: str, live_server: LiveServer) -> None:
    worker = Worker(live_server.app)
    while worker.step():
        pass
    button_or_link = link(page, "Read it here")
    button_or_link.click()
    page.get_by_role("link", name=subject).first.click()
    expect(heading(page, re.compile(subject))).to_be_visible()
    page.locator("pre a").first.click()


@BOTH
def test_a_forgotten_password_is_set_anew_by_the_link_in_the_mail(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001
) -> None:
    """A7: the link works once."""
    page = open_page(javascript=javascript)
    page.goto("/sign-in/password")
    link(page, "Set a new password").click()
    page.get_by_label("address").fill(ADDRESS)
    button(page, "Send me a link").click()
    follow_the_newest_mail(page, subject="Set a new password", live_server=live_server)
    address = page.url
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    button(page, "Set it and sign in").click()
    expect(page.locator(".bar")).to_contain_text("Carla Champion")
    page.locator(".menu summary").last.click()
    button(page, "Sign out").click()
    page.goto(address)
    expect(heading(page, "This link has had its day")).to_be_visible()
    page.goto("/sign-in/password")
    page.get_by_label("address").fill(ADDRESS)
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    button(page, "Sign in").click()
    expect(page.locator(".bar")).to_contain_text("Carla Champion")


@BOTH
def test_a_newcomer_makes_an_account_by_an_invitation_and_posts(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001
) -> None:
    """On another device than the one where the invitation was opened, as people read their mail."""
    steward, desk, newcomer = (open_page(javascript=javascript) for _device in range(3))
    sign_in(steward, "stella.steward", app=live_server.app)
    steward.goto("/s/champions/invitations")
    button(steward, "Make a link").click()
    desk.goto(steward.get_by_label("Invitation link").input_value())
    expect(heading(desk, "Stella Steward invites you")).to_be_visible()
    desk.get_by_label("address").fill("nina.newcomer@example.org")
    button(desk, "Mail me a link").click()
    expect(heading(desk, "Look in your mail")).to_be_visible()
    newcomer.goto(desk.url)
    follow_the_newest_mail(newcomer, subject="Make your account to join Champions", live_server=live_server)
    expect(newcomer.locator("main")).to_contain_text("Then you see the invitation of Stella Steward to Champions.")
    newcomer.get_by_label("name", exact=False).first.fill("Nina Newcomer")
    button(newcomer, "Make my account").click()
    button(newcomer, "Join Champions").click()
    expect(newcomer).to_have_url(re.compile("/s/champions/$"))
    newcomer.goto("/s/champions/threads/new")
    newcomer.get_by_label("Title").fill("Hello from the library")
    newcomer.get_by_label("Your text").fill("I am new here.")
    button(newcomer, "Ask the question").click()
    expect(newcomer.locator("#p1")).to_contain_text("Nina Newcomer")
