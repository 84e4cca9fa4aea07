"""A steward takes a space along in one file; an admin looks at what it would make, and restores it."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from forum.clone.archive.jobs import do_one
from forum.clone.archive.making import make_one
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


def work(server: LiveServer) -> None:
    """Do what a worker would."""
    with server.app.test_request_context("/"):
        while make_one() or do_one():
            pass


@pytest.mark.parametrize("javascript", [True, False], ids=["pointer", "no-script"])
def test_a_space_goes_along_in_one_file(
    open_page: Pages, live_server: LiveServer, cast: Cast, tmp_path: Path, *, javascript: bool
) -> None:
    """F5: put together, downloaded, looked through, restored; without script by loading the page again."""
    with live_server.app.app_context():
        factories.make_thread(cast.champions, author=cast.champion, title="Which forms?", texts=["These.", "Those."])
    stella, ada = Hand(page=open_page(javascript=javascript)), Hand(page=open_page(javascript=javascript))
    sign_in(stella.page, "stella.steward", app=live_server.app)
    sign_in(ada.page, "ada.admin", app=live_server.app)
    page = stella.page
    page.goto("/s/champions/archives")
    stella.press(page.get_by_label("With people’s names and mail addresses"))
    stella.press(button(page, "Put it together"))
    expect(page.get_by_text("You can leave this page.")).to_be_visible()
    if javascript:
        assert_accessible(page)
    work(live_server)
    page.goto("/s/champions/archives")
    if javascript:
        assert_accessible(page)
    with page.expect_download() as download:
        stella.press(page.get_by_role("link", name="Download (zip"))
    download.value.save_as(tmp_path / "a.zip")
    page = ada.page
    page.goto("/admin")
    ada.press(link(page, "Restore a space"))
    page.get_by_label("Archive", exact=True).set_input_files(tmp_path / "a.zip")
    ada.press(button(page, "Look through it"))
    expect(page.get_by_text("Nothing is made yet.")).to_be_visible()
    work(live_server)
    page.reload()
    expect(page.get_by_role("row", name="Threads 1")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.get_by_label("Name of the space").fill("Champions, again")
    page.get_by_role("textbox", name="Address").fill("again")
    ada.press(button(page, "Restore the space"))
    expect(page.get_by_text("Nobody sees anything of the space before it is complete.")).to_be_visible()
    work(live_server)
    page.reload()
    if javascript:
        assert_accessible(page)
    ada.press(link(page, "Go to Champions, again"))
    page.goto("/s/again/threads/")
    expect(page.get_by_role("link", name="Which forms?").first).to_be_visible()


def test_pages_of_a_space_are_read_from_a_folder(
    open_page: Pages, live_server: LiveServer, cast: Cast, tmp_path: Path
) -> None:
    """F7: put together by a press, unpacked, opened in a browser that asks no server; also on a phone."""
    long_one = "/".join(["averylongline"] * 20)
    with live_server.app.app_context():
        texts = [f"These.\n\n```\n{long_one}\n```", "Those."]
        factories.make_thread(cast.champions, author=cast.champion, title="Which forms?", texts=texts)
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Welcome")
    page = open_page()
    sign_in(page, "stella.steward", app=live_server.app)
    page.goto("/s/champions/archives")
    hand = Hand(page=page)
    hand.press(button(page, "Put the pages together"))
    expect(page.get_by_text("We are putting the pages together")).to_be_visible()
    work(live_server)
    page.goto("/s/champions/archives")
    with page.expect_download() as download:
        hand.press(page.get_by_role("link", name="Download (zip"))
    download.value.save_as(tmp_path / "pages.zip")
    with zipfile.ZipFile(tmp_path / "pages.zip") as packed:
        packed.extractall(tmp_path / "pages")
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto((tmp_path / "pages" / "index.html").as_uri())
    for title in ("Which forms?", "Welcome"):
        assert_accessible(page)
        hand.press(link(page, title))
        expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
        hand.press(link(page, "Champions"))
    expect(page.get_by_role("heading", name="Members (")).to_be_visible()
