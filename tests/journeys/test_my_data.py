"""Journey: everything of one's own is downloaded, and an account is closed and kept, with script and without (A15)."""

import threading
import zipfile

import pytest
from playwright.sync_api import Page, expect

from forum.core.db import db, transaction
from forum.core.time import now
from forum.mydata.erasing import close_due
from forum.notify.jobs import Jobs
from forum.people import passwords
from forum.people.models import Person
from tests import factories
from tests.cast import Cast
from tests.content.steps import address
from tests.journeys.steps import Hand, button, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = pytest.mark.journey
PASSWORD = "lamp-otter-vinyl"


@pytest.fixture
def thread_url(live_server: LiveServer, cast: Cast) -> str:
    """Give a thread with a post of Carla's, who has a password."""
    with live_server.app.app_context():
        factories.set_password(cast.champion, secret_hash=passwords.hash_password(PASSWORD))
        thread = factories.make_thread(cast.champions, author=cast.colleague, title="Which bin is it?")
        factories.make_post(thread, author=cast.champion, text="The gold one, as ever.")
    return address(live_server.app, thread)


def work(live_server: LiveServer) -> None:
    """Let the worker do what waits."""
    Jobs(live_server.app, stopping=threading.Event()).step()


def download(page: Page) -> list[str]:
    """Download what is ready, and return what is in it."""
    with page.expect_download() as got:
        page.get_by_role("link", name="Download (zip").click()
    with zipfile.ZipFile(got.value.path()) as archive:
        assert "The gold one, as ever." in archive.read("data/post.jsonl").decode()
        return archive.namelist()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_somebody_takes_their_data_along_and_closes_their_account(
    open_page: Pages, live_server: LiveServer, cast: Cast, thread_url: str, *, javascript: bool
) -> None:
    """A15: pressed, waited for, downloaded; closed, taken back, closed again; and on the date a former member."""
    page = open_page(javascript=javascript, width=360)
    hand = Hand(page=page, keyboard=javascript)
    sign_in(page, cast.champion.handle, app=live_server.app)
    page.goto("/me/data")
    hand.press(button(page, "Put it together"))
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    if javascript:
        assert_accessible(page)
    work(live_server)
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Ready")).to_be_visible()
    assert {"README.txt", "index.html", "data/person.jsonl"} <= set(download(page))
    page.get_by_role("link", name="Close my account").click()
    expect(page.get_by_role("heading", name="What stays")).to_be_visible()
    if javascript:
        assert_accessible(page)
    hand.write(page.get_by_label("Password", exact=True), PASSWORD)
    hand.press(button(page, "Close my account"))
    expect(page.locator(".banner").get_by_text("Your account will be closed")).to_be_visible()
    page.goto(thread_url)
    hand.press(button(page, "Keep it your account"))
    expect(page.get_by_text("Your account stays.")).to_be_visible()
    with live_server.app.test_request_context("/"):
        with transaction():
            db.session.get_one(Person, cast.champion.id).closes_at = now()
        assert close_due() == 1
    page.goto("/me/data")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    other = open_page(javascript=javascript)
    sign_in(other, cast.colleague.handle, app=live_server.app)
    other.goto(thread_url)
    expect(other.locator("#p2")).to_contain_text("Former member")
    expect(other.locator("#p2")).to_contain_text("The gold one, as ever.")
    assert "Carla" not in other.content()
