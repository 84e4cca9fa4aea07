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
    expect(tab.locator(".post")).to_have_count(2)


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


def test_who_comes_back_from_signing_in_sends_with_one_press(
    tab: Page, thread_url: str, live_server: LiveServer
) -> None:
    """B5: the page leads to another tab; back from there it says who one is, so that nothing is asked twice."""
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("Written before the cookie was gone.")
    tab.context.clear_cookies()
    button(tab, "Post reply").click()
    expect(heading(tab, "You are signed out")).to_be_visible()
    with tab.context.expect_page() as opened:
        tab.get_by_role("link", name="Sign in (opens another tab)").click()
    sign_in(opened.value, "carla.champion", app=live_server.app)
    tab.bring_to_front()
    tab.evaluate("dispatchEvent(new Event('focus'))")
    expect(tab.get_by_text("You are Carla Champion now. Look it over")).to_be_visible()
    button(tab, "Send it again").click()
    expect(tab).to_have_url(re.compile("#p2$"))
    expect(tab.get_by_text("Written before the cookie was gone.")).to_have_count(1)


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


def test_a_text_is_kept_on_the_device_until_it_arrived(tab: Page, open_page: Pages, thread_url: str) -> None:
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
    open_page.problems.clear()  # the connection was cut on purpose


def test_the_next_person_at_a_device_is_offered_nobody_elses_text(
    tab: Page, open_page: Pages, thread_url: str, live_server: LiveServer
) -> None:
    """A3: typed, and signed out before it could be saved."""
    tab.goto(thread_url)
    tab.route("**/draft", lambda route: route.abort())
    tab.get_by_label("Your reply").fill("For nobody else.")
    expect(tab.get_by_text("No connection.")).to_be_visible()
    tab.unroute_all()
    tab.goto("/s/champions/")
    assert tab.evaluate("() => localStorage.length") == 1
    sign_in(tab, "colin.colleague", app=live_server.app)
    tab.goto(thread_url)
    expect(tab.get_by_label("Your reply")).to_have_value("")
    expect(tab.get_by_text("was never sent")).to_have_count(0)
    assert tab.evaluate("() => JSON.stringify(localStorage)").count("For nobody else.") == 0
    open_page.problems.clear()  # the connection was cut on purpose


def test_signing_out_takes_unsent_texts_along(tab: Page, open_page: Pages, thread_url: str) -> None:
    """A3."""
    tab.goto(thread_url)
    tab.route("**/draft", lambda route: route.abort())
    tab.get_by_label("Your reply").fill("For nobody else.")
    expect(tab.get_by_text("No connection.")).to_be_visible()
    tab.locator("summary", has_text="Carla Champion").click()
    button(tab, "Sign out").click()
    expect(heading(tab, "Sign in")).to_be_visible()
    assert tab.evaluate("() => localStorage.length") == 0
    open_page.problems.clear()  # the connection was cut on purpose


def test_a_title_and_whom_one_answers_are_saved_too(tab: Page, thread_url: str) -> None:
    """B5: a change of any of them, not only of the text."""
    tab.goto("/s/champions/threads/new")
    tab.get_by_label("Title").fill("Only a title yet")
    expect(tab.get_by_text("Draft saved at")).to_be_visible()
    tab.reload()
    expect(tab.get_by_label("Title")).to_have_value("Only a title yet")
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("To you.")
    expect(tab.get_by_text("Draft saved at")).to_be_visible()
    with tab.expect_response(re.compile("/draft$")):
        tab.get_by_role("link", name="Reply to post 1").click()
    tab.reload()
    expect(tab.get_by_role("link", name="in post 1")).to_be_visible()


def test_a_quote_keeps_what_was_typed_with_script_too(tab: Page, live_server: LiveServer) -> None:
    text = "Do **this**:\n\n- one\n- two\n\n`code`"
    with live_server.app.app_context():
        space = db.session.scalars(db.select(Space).where(Space.slug == "champions")).one()
        author = db.session.scalars(db.select(Person).where(Person.handle == "colin.colleague")).one()
        factories.make_thread(space, author=author, ref="quoted0000", texts=[text])
    tab.goto("/s/champions/threads/quoted0000/")
    tab.get_by_role("link", name="Quote post 1").click()
    expect(tab.get_by_label("Your reply")).to_have_value(
        "> [post 1]\n> Do **this**:\n>\n> - one\n> - two\n>\n> `code`\n\n"
    )


def test_reactions_need_no_reload_and_more_opens_over_the_page(tab: Page, thread_url: str) -> None:
    tab.goto(thread_url)
    press = tab.get_by_role("button", name=re.compile("^Same here"))
    press.click()
    expect(press).to_have_attribute("aria-pressed", "true")
    expect(press).to_have_accessible_name("Same here 1 for post 1")
    tab.get_by_role("link", name="More about post 1").click()
    over = tab.get_by_role("dialog")
    over.get_by_role("button", name="Tried it: worked").click()
    expect(over.get_by_role("button", name="Tried it: worked")).to_have_attribute("aria-pressed", "true")
    tab.locator("html[data-script=runs]").wait_for(state="attached")
    tab.keyboard.press("Escape")
    expect(over).to_have_count(0)
    assert tab.url.endswith(thread_url)
    tab.reload()
    expect(tab.get_by_role("button", name=re.compile("^Same here"))).to_have_attribute("aria-pressed", "true")
    tab.get_by_role("button", name=re.compile("^Same here")).click()
    expect(tab.get_by_role("button", name=re.compile("^Same here"))).to_have_attribute("aria-pressed", "false")


def test_a_reply_names_whom_it_answers_and_can_be_made_a_plain_one(tab: Page, thread_url: str) -> None:
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("Kept.")
    tab.get_by_role("link", name="Reply to post 1").click()
    strip = tab.get_by_role("link", name="Replying to Colin Colleague in post 1")
    expect(strip).to_be_visible()
    tab.get_by_role("button", name=re.compile("^Cancel")).click()
    expect(strip).to_be_hidden()
    expect(tab.get_by_label("Your reply")).to_have_value("Kept.")
    assert tab.url.endswith(thread_url)


def test_a_preview_of_an_earlier_text_says_so(tab: Page, thread_url: str) -> None:
    tab.goto(thread_url)
    tab.get_by_label("Your reply").fill("One *word*.")
    button(tab, "Preview").click()
    region = tab.get_by_role("region", name="Preview")
    expect(region).to_contain_text("This is how it will look")
    tab.get_by_label("Your reply").fill("Another.")
    expect(region).to_contain_text("This shows an earlier text")
    button(tab, "Preview").click()
    expect(region).to_contain_text("This is how it will look")
    expect(region).to_contain_text("Another.")
