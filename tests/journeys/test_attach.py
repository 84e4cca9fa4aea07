"""Journey: a picture and a file go with a reply, with script (chosen, dropped, pasted) and without (A13)."""

import base64
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import factories
from tests.cast import Cast
from tests.content.steps import address
from tests.journeys.steps import button, sign_in
from tests.support.browser import PATIENCE, Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = pytest.mark.journey

# What a page gets when somebody drops a file on an element, or pastes one into it.
HAND_OVER = """(element, [kind, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], name, { type: "image/png" }));
  const told = { bubbles: true, cancelable: true };
  const event = kind === "drop" ? new DragEvent("drop", { ...told, dataTransfer: held })
    : new ClipboardEvent("paste", { ...told, clipboardData: held });
  element.dispatchEvent(event);
}"""


@pytest.fixture
def url(live_server: LiveServer, cast: Cast) -> str:
    """Give a thread to reply to."""
    with live_server.app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title="Which bin is it?")
    return address(live_server.app, thread)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Give a picture on disk."""
    path = tmp_path / "Two bins.png"
    path.write_bytes(factories.picture_bytes(width=900, height=600))
    return path


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Give a file that is none."""
    path = tmp_path / "rota.csv"
    path.write_text("day,bin\nMonday,gold\n")
    return path


def hand_over(target: Locator, kind: str, name: str) -> None:
    data = base64.b64encode(factories.picture_bytes(width=300, height=200)).decode()
    target.evaluate(HAND_OVER, [kind, name, data])


def loaded(picture: Locator) -> bool:
    """Wait until a picture is there. Without script nothing in the page can wait for it."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        if picture.evaluate("image => image.complete && image.naturalWidth > 0"):
            return True
        picture.page.wait_for_timeout(50)
    return False


def sent_with(page: Page) -> None:
    """See that the second post shows its picture, whole and described, and lists its file."""
    post = page.locator("#p2")
    shown = post.get_by_role("img", name="A gold and a blue bin")
    expect(shown).to_have_attribute("width", "704")
    shown.scroll_into_view_if_needed()
    assert loaded(shown)
    listed = post.get_by_role("list", name="Attached").get_by_role("link")
    expect(listed).to_have_text("rota.csv")
    with page.expect_download() as download:
        listed.click()
    assert download.value.suggested_filename == "rota.csv"


def test_without_script_the_form_comes_back_with_the_files_in_it(
    open_page: Pages, live_server: LiveServer, url: str, picture: Path, words: Path
) -> None:
    """A13, B5: everything typed stays; a picture is asked about before it is sent."""
    page = open_page(javascript=False)
    sign_in(page, "colin.colleague", app=live_server.app)
    page.goto(url)
    page.get_by_label("Your reply").fill("It is the gold one.")
    page.get_by_label("Attach files").set_input_files([picture, words])
    button(page, "Attach").click()
    body = page.get_by_label("Your reply")
    expect(body).to_have_value(re.compile(r"^It is the gold one\.\n\n!\[\]\(/attachments/\w{10}/two-bins\.png\)$"))
    button(page, "Post reply").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what “Two bins.png” shows")
    page.get_by_label("What it shows Two bins.png").fill("A gold and a blue bin")
    button(page, "Post reply").click()
    expect(page).to_have_url(re.compile("#p2$"))
    sent_with(page)
    take_out_without_script(page)


def take_out_without_script(page: Page) -> None:
    page.get_by_role("link", name="Edit post 2").click()
    page.get_by_label("Take it out: Two bins.png").check()
    button(page, "Save the post").click()
    post = page.locator("#p2")
    expect(post).to_contain_text("It is the gold one.")
    expect(post.get_by_role("img")).to_have_count(0)
    expect(post.get_by_role("link", name="rota.csv")).to_be_visible()


def test_with_script_files_are_chosen_dropped_and_pasted(
    open_page: Pages, live_server: LiveServer, url: str, picture: Path, words: Path
) -> None:
    """A13: with progress, at the caret, and a description is asked for where the focus goes."""
    page = open_page()
    sign_in(page, "colin.colleague", app=live_server.app)
    page.goto(url)
    body = page.get_by_label("Your reply")
    body.fill("Before. After.")
    body.evaluate("field => field.setSelectionRange(7, 7)")
    expect(button(page, "Attach")).to_be_hidden()
    page.get_by_label("Attach files").set_input_files(picture)
    asked = page.get_by_label("What it shows Two bins.png")
    expect(asked).to_be_focused()
    expect(body).to_have_value(re.compile(r"^Before\.\n\n!\[\]\(/attachments/\w{10}/two-bins\.png\)\n\nAfter\.$"))
    asked.fill("A gold and a blue bin")
    page.get_by_label("Attach files").set_input_files(words)
    expect(page.get_by_text("rota.csv is attached.")).to_be_visible()

    hand_over(page.locator("[data-editor]"), "drop", "dropped.png")
    expect(page.get_by_label("What it shows dropped.png")).to_be_visible()
    hand_over(body, "paste", "image.png")
    expect(page.get_by_label("What it shows image.png")).to_be_visible()
    for name in ("dropped.png", "image.png"):
        page.get_by_label(f"Take it out: {name}").check()
        expect(body).not_to_have_value(re.compile(re.escape(name)))
    assert_accessible(page)

    expect(page.get_by_text("Draft saved at")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What it shows Two bins.png")).to_have_value("A gold and a blue bin")
    for name in ("dropped.png", "image.png"):
        page.get_by_label(f"Take it out: {name}").check()
    button(page, "Post reply").click()
    expect(page).to_have_url(re.compile("#p2$"))
    sent_with(page)
    expect(page.locator("#p2").get_by_role("img")).to_have_count(1)


def test_with_script_what_is_refused_is_said_and_nothing_is_lost(
    open_page: Pages, live_server: LiveServer, url: str, tmp_path: Path
) -> None:
    """A13: by its content, beside the field, while the text stays."""
    lying, many = tmp_path / "lying.png", []
    lying.write_text("<svg onload='alert(1)'/>")
    for number in range(21):
        many.append(tmp_path / f"{number}.txt")
        many[-1].write_text("Words.")
    page = open_page()
    sign_in(page, "colin.colleague", app=live_server.app)
    page.goto(url)
    page.get_by_label("Your reply").fill("Typed.")
    page.get_by_label("Attach files").set_input_files(lying)
    expect(page.get_by_text("“lying.png” is a web page or a drawing in code")).to_be_visible()
    page.get_by_label("Attach files").set_input_files(many)
    expect(page.get_by_text("At most 20 files go with a post.")).to_be_visible()
    expect(page.get_by_label("Your reply")).to_have_value("Typed.")
    expect(page.locator("[data-attached]")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_thread_with_pictures_fits_and_does_not_jump(
    open_page: Pages, live_server: LiveServer, cast: Cast, url: str, width: int
) -> None:
    """A13: a picture has its place before it is loaded, and is never wider than the page."""
    ref = url.split("/")[-2]
    with live_server.app.app_context():
        data = factories.picture_bytes(width=1600, height=900)
        row = factories.make_attachment(
            cast.champions,
            by=cast.colleague,
            place=f"reply:{ref}",
            name="wide.png",
            data=data,
            media_type="image/png",
            width=1600,
            height=900,
        )
    page = open_page(width=width)
    sign_in(page, "colin.colleague", app=live_server.app)
    page.route("**/attachments/**", lambda route: route.abort())
    page.goto(url)
    page.get_by_label("Your reply").fill(f"![]({row.url})")
    page.get_by_label("It only decorates: wide.png").check()
    button(page, "Post reply").click()
    shown = page.locator("#p2 .prose img")
    expect(shown).to_be_visible()
    unloaded = shown.bounding_box()
    page.unroute("**/attachments/**")
    open_page.problems.clear()
    page.reload()
    assert loaded(shown)
    found = shown.bounding_box()
    assert unloaded is not None
    assert found is not None
    assert (found["width"], found["height"]) == (unloaded["width"], unloaded["height"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
