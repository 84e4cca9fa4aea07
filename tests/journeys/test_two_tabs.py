"""One person with two tabs, or a nervous finger: nothing is lost, and nothing is said twice."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person, WebSession
from forum.spaces.models import Space
from tests import factories
from tests.journeys.steps import button, heading, sign_in
from tests.support.browser import Pages
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.fixture
def thread_url(live_server: LiveServer) -> str:
    """Give the address of a thread to reply to."""
    with live_server.app.app_context():
        space = db.session.scalars(db.select(Space).where(Space.slug == "champions")).one()
        author = db.session.scalars(db.select(Person).where(Person.handle == "colin.colleague")).one()
        factories.make_thread(space, author=author, ref="twotabs000")
    return "/s/champions/threads/twotabs000/"


@pytest.fixture
def tab(open_page: Pages, live_server: LiveServer) -> Page:
    """Give a page of Carla's."""
    page = open_page()
    sign_in(page, "carla.champion", app=live_server.app)
    return page


def test_an_older_tab_never_writes_over_a_newer_draft(tab: Page, thread_url: str) -> None:
    """B5."""
    newer = tab.context.new_page()
    tab.goto(thread_url)
    newer.goto(thread_url)
    newer.get_by_label("Your reply").fill("Written in the newer tab.")
    expect(newer.get_by_text("Draft saved at")).to_be_visible()
    older = tab.get_by_label("Your reply")
    older.fill("Written in the older tab.")
    expect(tab.get_by_text("A newer draft exists in another tab.")).to_be_visible()
    expect(older).to_have_value("Written in the older tab.")
    newer.reload()
    expect(newer.get_by_label("Your reply")).to_have_value("Written in the newer tab.")
    button(tab, "Use the newer one").click()
    expect(older).to_have_value("Written in the newer tab.")
    button(tab, "Bring back what stood here").click()
    expect(older).to_have_value("Written in the older tab.")
    expect(tab.get_by_text("Draft saved at")).to_be_visible()
    newer.reload()
    expect(newer.get_by_label("Your reply")).to_have_value("Written in the older tab.")


def test_a_double_press_posts_once(tab: Page, thread_url: str) -> None:
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("Said once.")
    button(tab, "Post reply").dblclick()
    expect(tab).to_have_url(re.compile("#p2$"))
    expect(tab.get_by_text("Said once.")).to_have_count(1)
    tab.reload()
    expect(tab.locator("[data-post]")).to_have_count(2)


def test_who_was_signed_out_meanwhile_loses_no_word(tab: Page, thread_url: str, live_server: LiveServer) -> None:
    """B5: signed out on another device, signed in in another tab, and sent again from where it was written."""
    tab.goto(thread_url)
    with live_server.app.app_context(), transaction():
        db.session.execute(update(WebSession).values(ended_at=now()))
    tab.get_by_label("Your reply").fill("Written while signed out.")
    expect(tab.get_by_text("You are signed out. Sign in in another tab")).to_be_visible()
    button(tab, "Post reply").click()
    expect(heading(tab, "You are signed out")).to_be_visible()
    expect(tab.get_by_label("Your text")).to_have_value("Written while signed out.")
    sign_in(tab, "carla.champion", app=live_server.app)
    button(tab, "Send it again").click()
    expect(heading(tab, "Please send it once more")).to_be_visible()
    button(tab, "Send it again").click()
    expect(tab).to_have_url(re.compile("#p2$"))
    expect(tab.get_by_text("Written while signed out.")).to_have_count(1)


def test_a_preview_of_who_was_signed_out_says_so_and_shows_no_other_page(
    tab: Page, thread_url: str, live_server: LiveServer
) -> None:
    """The page to sign in never stands inside the form, be it sent at once (a single word) or at the end of a redirect."""
    tab.goto(thread_url)
    preview = tab.get_by_role("region", name="Preview")
    with live_server.app.app_context(), transaction():
        db.session.execute(update(WebSession).values(ended_at=now()))
    for text in ("Short", "Longer than a word."):
        tab.get_by_label("Your reply").fill(text)
        button(tab, "Preview").click()
        expect(preview).to_contain_text("You are signed out. Sign in in another tab, then press again")
        expect(preview.locator("form, h1")).to_have_count(0)
        expect(tab.get_by_label("Your reply")).to_have_value(text)


def test_why_there_is_no_preview_is_said_in_its_place(tab: Page, thread_url: str) -> None:
    """B7: the server's own sentence."""
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("x" * 50_001)
    button(tab, "Preview").click()
    preview = tab.get_by_role("region", name="Preview")
    expect(preview).to_contain_text("This is 50,001 characters long, and 50,000 fit.")
    tab.get_by_label("Your reply").fill("Short *enough*.")
    button(tab, "Preview").click()
    expect(preview.locator("em")).to_have_text("enough")


def test_a_text_is_kept_on_the_device_until_it_arrived(tab: Page, thread_url: str) -> None:
    """B5: a page that was reached by any other redirect is no proof of it."""
    kept = "() => Object.values(localStorage).filter(text => text.includes('Never arrived.')).length"
    tab.goto(thread_url)
    tab.route(
        re.compile(r"/threads/twotabs000/(draft)?$"),
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    tab.get_by_label("Your reply").fill("Never arrived.")
    button(tab, "Post reply").click(no_wait_after=True)
    tab.wait_for_timeout(500)
    tab.unroute_all()
    tab.goto("/")
    assert tab.evaluate(kept) == 1
    tab.goto(thread_url)
    button(tab, "Use it").click()
    expect(tab.get_by_label("Your reply")).to_have_value("Never arrived.")
    button(tab, "Post reply").click()
    expect(tab).to_have_url(re.compile("#p2$"))
    assert tab.evaluate(kept) == 0
