"""Take pictures of the main pages, at three widths, light and dark: `make pictures`.

All of them go to var/pictures/, to be looked at; those that the documents show go to docs/pictures/ too. Options are parts of
names: `python3 dev.py pictures thread today` takes those pictures only.
"""

import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support import chromium, home
from tests.support.databases import copy_of, settings_for, with_demo
from tests.support.server import live_on

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ROOT / "var" / "pictures"
SHOWN = ROOT / "docs" / "pictures"
# Name of the picture, and whether it is light.
LOOKS = {
    "1280": (1280, True),
    "1280-dark": (1280, False),
    "768": (768, True),
    "360": (360, True),
    "360-dark": (360, False),
}
IN_DOCUMENTS = {"today-1280", "thread-1280", "thread-1280-dark", "thread-360"}
TALLEST = 3000  # pixels; what is below says nothing new
SPACE = "/s/digital-champions"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A page worth a picture. `click` is a link on it to follow first."""

    name: str
    path: str
    person: str = ""
    click: str = ""


MOIRA, PRIYA = "moira.kelly", "priya.nair"
NOBODY_YET = (
    Subject(name="start", path="/start"),
    Subject(name="sign-in", path="/sign-in"),
    Subject(name="accessibility", path="/accessibility"),
)
IN_THE_DEMO = (
    Subject(name="demo", path="/demo"),
    Subject(name="components", path="/ui"),
    Subject(name="today", path=f"{SPACE}/", person=MOIRA),
    Subject(name="spaces", path="/spaces", person=MOIRA),
    Subject(name="new-space", path="/spaces/new", person=MOIRA),
    Subject(name="threads", path=f"{SPACE}/threads/", person=MOIRA),
    Subject(name="threads-unanswered", path=f"{SPACE}/threads/?show=unanswered", person=MOIRA),
    Subject(
        name="thread",
        path=f"{SPACE}/threads/?section=questions",
        person=MOIRA,
        click="main h3 a, main .list a, main li a",
    ),
    Subject(name="new-thread", path=f"{SPACE}/threads/new", person=MOIRA),
    Subject(name="about", path=f"{SPACE}/about", person=MOIRA),
    Subject(name="members", path=f"{SPACE}/members", person=PRIYA),
    Subject(name="settings", path=f"{SPACE}/settings", person=PRIYA),
    Subject(name="invitations", path=f"{SPACE}/invitations", person=PRIYA),
    Subject(name="log", path=f"{SPACE}/log", person=PRIYA),
    Subject(name="person", path=f"/people/{PRIYA}", person=MOIRA),
    Subject(name="profile", path="/me/profile", person=MOIRA),
    Subject(name="sessions", path="/me/sessions", person=MOIRA),
    Subject(name="password", path="/me/password", person=MOIRA),
    Subject(name="missing", path="/s/nothing-here/", person=MOIRA),
)


@contextmanager
def site(*, demo: bool) -> Iterator[str]:
    """Serve a fresh installation, or the demo organisation."""
    for url in copy_of("sqlite", fill=with_demo if demo else None):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            for live in live_on(settings_for(url), listener=listener):
                yield live.url


def sign_in(page: Page, person: str) -> None:
    """Be somebody of the demo organisation, by the button that the demo has for it."""
    page.goto("/demo")
    page.locator(
        f"form:has([name='handle'][value='{person}']) button, button[name='handle'][value='{person}']"
    ).first.click()
    page.wait_for_load_state()


def take(page: Page, subject: Subject, *, look: str) -> None:
    """Take one picture."""
    page.goto(subject.path)
    if subject.click:
        page.locator(subject.click).first.click()
    page.wait_for_load_state("networkidle")
    tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    width = LOOKS[look][0]
    path = TAKEN / f"{subject.name}-{look}.png"
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": max(tall, 600)})
    if path.stem in IN_DOCUMENTS:
        SHOWN.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, SHOWN / path.name)
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def take_all(browser: Browser, subjects: Sequence[Subject], *, base_url: str) -> None:
    """Take the pictures of one installation in every look."""
    for look, (width, light) in LOOKS.items():
        for person in dict.fromkeys(subject.person for subject in subjects):
            context = browser.new_context(
                base_url=base_url,
                viewport={"width": width, "height": 800},
                color_scheme="light" if light else "dark",
                reduced_motion="reduce",
                locale="en-GB",
                timezone_id="Europe/London",
            )
            page = context.new_page()
            if person:
                sign_in(page, person)
            for subject in (subject for subject in subjects if subject.person == person):
                take(page, subject, look=look)
            context.close()


def main(parts: Sequence[str]) -> None:
    """Take every picture whose name has one of the parts in it."""
    TAKEN.mkdir(parents=True, exist_ok=True)
    folder = home.make()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.provide(), args=chromium.flags())
            for demo, subjects in ((False, NOBODY_YET), (True, IN_THE_DEMO)):
                wanted = [s for s in subjects if not parts or any(part in s.name for part in parts)]
                if wanted:
                    with site(demo=demo) as base_url:
                        take_all(browser, wanted, base_url=base_url)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
