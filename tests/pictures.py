"""Take pictures of the main pages, at three widths, light and dark: `make pictures`.

All of them go to var/pictures/, to be looked at; those that the documents show go to docs/pictures/ too. Options are parts of
names: `python3 dev.py pictures thread today` takes those pictures only.
"""

import itertools
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from tests.pictured import with_long_work
from tests.support import chromium, home
from tests.support.databases import copy_of, settings_for
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
IN_DOCUMENTS = {
    "archive-ready-1280",
    "restore-looked-1280",
    "roster-weeks-1280",
    "meetup-1280",
    "thread-1280",
    "threads-1280",
    "today-1280",
    "sign-in-1280",
    "today-360",
}
TALLEST = 3000  # pixels; what is below says nothing new
TALLEST_IN_DOCUMENTS = 1100
SPACE, COPY = "/s/digital-champions", "/s/library-front-desks"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A page worth a picture. `click` are links to follow first, one after the other."""

    name: str
    path: str
    person: str = ""
    click: tuple[str, ...] = ()


CHAMPION, STEWARD = "kofi.mensah", "aisha.rahman"
NOBODY_YET = (
    Subject(name="start", path="/start"),
    Subject(name="sign-in", path="/sign-in"),
    Subject(name="accessibility", path="/accessibility"),
)
IN_THE_DEMO = (
    Subject(name="demo", path="/demo"),
    Subject(name="components", path="/ui"),
    Subject(name="today", path=f"{SPACE}/", person=CHAMPION),
    Subject(name="help", path=f"{SPACE}/help/", person=STEWARD),
    Subject(name="help-new", path=f"{SPACE}/help/new", person=CHAMPION),
    Subject(name="help-case", path=f"{SPACE}/help/", person="tom.okafor", click=("main .list h2 a",)),
    Subject(name="stories", path=f"{SPACE}/stories/", person=CHAMPION),
    Subject(name="story", path=f"{SPACE}/stories/", person=CHAMPION, click=("main .list h2 a, main .list h3 a",)),
    Subject(name="story-tell", path=f"{SPACE}/stories/new", person=CHAMPION),
    Subject(name="showcase", path=f"{SPACE}/showcase", person=CHAMPION),
    Subject(name="help-closed", path=f"{SPACE}/help/?show=closed", person=STEWARD, click=("main .list h2 a",)),
    Subject(name="help-change", path=f"{SPACE}/help/", person=STEWARD, click=("main .list h2 a", 'a[href="change"]')),
    Subject(name="help-drills", path=f"{SPACE}/help/?show=drills", person=STEWARD),
    Subject(name="today-on-duty", path=f"{SPACE}/", person="tom.okafor"),
    Subject(name="today-organiser", path=f"{SPACE}/", person=STEWARD),
    Subject(name="today-back", path=f"{SPACE}/", person="priya.nair"),
    Subject(name="today-newcomer", path=f"{SPACE}/", person="nesta.powell"),
    Subject(name="nudges", path=f"{SPACE}/nudges", person=STEWARD),
    Subject(name="health", path=f"{SPACE}/health", person=STEWARD),
    Subject(name="notifications", path="/me/notifications", person=CHAMPION),
    Subject(name="mail-settings", path="/me/mail", person=CHAMPION),
    Subject(name="feeds", path="/me/feeds", person=CHAMPION),
    Subject(
        name="feed-made",
        path=f"{SPACE}/threads/?section=questions",
        person=CHAMPION,
        click=("button:has-text('Feed')",),
    ),
    Subject(name="strategy", path=f"{SPACE}/strategy/", person=STEWARD),
    Subject(name="strategy-write", path=f"{SPACE}/strategy/write", person=STEWARD),
    Subject(name="strategy-versions", path=f"{SPACE}/strategy/versions/", person=STEWARD),
    Subject(name="strategy-measures", path=f"{SPACE}/strategy/measures", person=STEWARD),
    Subject(name="strategy-review", path=f"{SPACE}/strategy/review", person=STEWARD),
    Subject(name="strategy-signatures", path=f"{SPACE}/strategy/signatures", person=STEWARD),
    Subject(name="strategy-large", path=f"{SPACE}/strategy/large", person=CHAMPION),
    Subject(name="signature-check", path="/check/"),
    Subject(name="webhooks", path=f"{SPACE}/webhooks", person=STEWARD),
    Subject(name="webhook", path=f"{SPACE}/webhooks", person=STEWARD, click=("main .list a",)),
    Subject(name="webhook-hosts", path="/admin/webhooks", person="marek.zielinski"),
    Subject(name="playbooks", path=f"{SPACE}/playbooks/", person="tom.okafor"),
    Subject(
        name="playbook", path=f"{SPACE}/playbooks/", person="marek.zielinski", click=("text=A map or form is blank",)
    ),
    Subject(
        name="playbook-run",
        path=f"{SPACE}/playbooks/",
        person="dan.whitlock",
        click=("text=A map or form is blank", "text=Conservation areas map"),
    ),
    Subject(
        name="playbook-change",
        path=f"{SPACE}/playbooks/",
        person="marek.zielinski",
        click=("text=A map or form is blank", "text=Change it"),
    ),
    Subject(
        name="proposal",
        path=f"{SPACE}/playbooks/",
        person="tom.okafor",
        click=("aside >> text=Before a colleague leaves",),
    ),
    Subject(name="told", path="/me/told", person="elspeth.ward"),
    Subject(
        name="who-was-told",
        path=f"{SPACE}/threads/",
        person=STEWARD,
        click=("main .list a:has-text('Wednesday')", "a[href='posts/1/told']"),
    ),
    Subject(name="announce", path=f"{SPACE}/threads/new?kind=announcement", person=STEWARD),
    Subject(name="spaces", path="/spaces", person=CHAMPION),
    Subject(name="new-space", path="/spaces/new", person=CHAMPION),
    Subject(name="threads", path=f"{SPACE}/threads/", person=CHAMPION),
    Subject(name="threads-unanswered", path=f"{SPACE}/threads/?show=unanswered", person=CHAMPION),
    Subject(
        name="thread", path=f"{SPACE}/threads/", person=CHAMPION, click=("main .list a:has-text('bin-day texts')",)
    ),
    Subject(
        name="more",
        path=f"{SPACE}/threads/",
        person=CHAMPION,
        click=("main .list a:has-text('bin-day texts')", "a[href='posts/4/more']"),
    ),
    Subject(name="my-data", path="/me/data", person=CHAMPION),
    Subject(name="close-account", path="/me/close", person=CHAMPION),
    Subject(
        name="by-mail",
        path=f"{SPACE}/threads/?section=show-and-tell",
        person=CHAMPION,
        click=("a:has-text('films in a library')", "details.trimmed summary"),
    ),
    Subject(name="mail-received", path="/admin/mail/received", person="marek.zielinski"),
    Subject(name="order", path=f"{SPACE}/order", person=STEWARD),
    Subject(name="hold-member", path=f"{SPACE}/members/gwen.pritchard/hold", person=STEWARD),
    Subject(
        name="flag",
        path=f"{SPACE}/threads/",
        person=CHAMPION,
        click=("main .list a:has-text('bin-day texts')", "a[href='posts/4/more']", "main a[href$='posts/4/flag']"),
    ),
    Subject(
        name="held",
        path=f"{SPACE}/threads/?show=mine",
        person="gwen.pritchard",
        click=("main .list a:has-text('hidden columns')",),
    ),
    Subject(name="search", path="/search?q=captions", person=CHAMPION),
    Subject(name="search-loose", path="/search?q=my boss wants to print a pdf", person=CHAMPION),
    Subject(name="search-filters", path="/search?q=website in:digital-champions is:soon", person=CHAMPION),
    Subject(name="search-nothing", path="/search?q=wombats", person=CHAMPION),
    Subject(name="search-empty", path="/search", person=CHAMPION),
    Subject(name="search-rooms", path="/search?q=minutes website", person=CHAMPION),
    Subject(name="search-duties", path="/search?q=facebook kind:duty", person=CHAMPION),
    Subject(name="search-meetups", path="/search?q=alt text kind:meetup", person=CHAMPION),
    Subject(name="search-slip", path="/search?q=calender", person=CHAMPION),
    Subject(name="searches-kept", path="/me/searches", person=CHAMPION),
    Subject(name="bookmarks", path="/me/bookmarks", person=CHAMPION),
    Subject(name="new-thread", path=f"{SPACE}/threads/new", person=CHAMPION),
    Subject(name="tags", path=f"{SPACE}/threads/tags", person=STEWARD),
    Subject(name="sections", path=f"{SPACE}/threads/sections", person=STEWARD),
    *(
        Subject(
            name=what,
            path=f"{SPACE}/threads/",
            person=STEWARD,
            click=("main .list a:has-text('bin-day texts')", "a[href='organise']", f"a[href$='/{what}']"),
        )
        for what in ("merge", "split")
    ),
    Subject(
        name="joined",
        path=f"{SPACE}/threads/?show=mine",
        person="dan.whitlock",
        click=("main .list a:has-text('own QR code')",),
    ),
    Subject(name="about", path=f"{SPACE}/about", person=CHAMPION),
    Subject(name="meetups", path=f"{SPACE}/meetups/", person=CHAMPION),
    Subject(
        name="meetups-month",
        path=f"{SPACE}/meetups/",
        person=CHAMPION,
        click=("a:has-text('By month')",),
    ),
    Subject(name="meetup", path=f"{SPACE}/meetups/", person=CHAMPION, click=("main .list a:has-text('Forms people')",)),
    Subject(
        name="meetup-kept",
        path=f"{SPACE}/meetups/",
        person=STEWARD,
        click=("main .list a:has-text('Alt text clinic')",),
    ),
    Subject(
        name="meetup-series",
        path=f"{SPACE}/meetups/",
        person=STEWARD,
        click=("main .list a:has-text('Forms people')", ".crumb a:has-text('Wednesday')"),
    ),
    Subject(
        name="date-poll",
        path=f"{SPACE}/meetups/",
        person=CHAMPION,
        click=("main .list a:has-text('Planning the spring')",),
    ),
    Subject(
        name="date-poll-kept",
        path=f"{SPACE}/meetups/",
        person=STEWARD,
        click=("main .list a:has-text('Planning the spring')",),
    ),
    Subject(
        name="date-poll-deciding",
        path=f"{SPACE}/meetups/",
        person=STEWARD,
        click=("main .list a:has-text('Planning the spring')", "a:has-text('Choose this day')"),
    ),
    Subject(
        name="agenda",
        path=f"{SPACE}/meetups/",
        person=STEWARD,
        click=("main .list.dates h3 a:has-text('Wednesday show')",),
    ),
    Subject(
        name="meetup-held",
        path=f"{SPACE}/meetups/?show=past",
        person="priya.nair",
        click=("main .list h3 a",),
    ),
    Subject(
        name="minutes",
        path=f"{SPACE}/meetups/?show=past",
        person="priya.nair",
        click=("main .list h3 a", "a:has-text('Change the minutes')"),
    ),
    Subject(name="meetups-past", path=f"{SPACE}/meetups/?show=past", person=CHAMPION),
    Subject(name="actions", path=f"{SPACE}/meetups/actions", person=CHAMPION),
    Subject(name="action", path=f"{SPACE}/meetups/actions?show=mine", person=CHAMPION, click=("main .list a",)),
    Subject(name="decisions", path=f"{SPACE}/meetups/decisions", person=CHAMPION),
    Subject(name="date-poll-new", path=f"{SPACE}/meetups/polls/new", person=STEWARD),
    Subject(name="meetup-new", path=f"{SPACE}/meetups/new", person=STEWARD),
    Subject(name="roster", path=f"{SPACE}/roster/", person=CHAMPION),
    Subject(name="roster-weeks", path=f"{SPACE}/roster/weeks", person=CHAMPION),
    Subject(name="roster-cover", path=f"{SPACE}/roster/cover", person=CHAMPION),
    Subject(name="roster-duty", path=f"{SPACE}/roster/", person=STEWARD, click=("main table.duties th a",)),
    Subject(name="roster-seats", path=f"{SPACE}/roster/seats", person=CHAMPION),
    Subject(name="roster-accounts", path=f"{SPACE}/roster/accounts", person=CHAMPION),
    Subject(
        name="roster-passport",
        path=f"{SPACE}/roster/",
        person=STEWARD,
        click=("main a:has-text('Road closures')", "a[href$='/passport']"),
    ),
    Subject(name="roster-kit", path=f"{SPACE}/roster/leaving/dan.whitlock", person=STEWARD),
    Subject(name="roster-find", path=f"{SPACE}/roster/seats", person=STEWARD, click=("a:has-text('Find somebody')",)),
    Subject(name="roster-leaving", path=f"{SPACE}/roster/leaving", person=STEWARD),
    Subject(name="away", path="/me/away", person=CHAMPION),
    Subject(name="away-new", path="/me/away/new", person=CHAMPION),
    Subject(name="leaving", path="/me/leaving/", person=CHAMPION),
    Subject(name="members", path=f"{SPACE}/members", person=STEWARD),
    Subject(name="settings", path=f"{SPACE}/settings", person=STEWARD),
    Subject(name="invitations", path=f"{SPACE}/invitations", person=STEWARD),
    Subject(name="log", path=f"{SPACE}/log", person=STEWARD),
    Subject(name="person", path=f"/people/{STEWARD}", person=CHAMPION),
    Subject(name="profile", path="/me/profile", person=CHAMPION),
    Subject(name="sessions", path="/me/sessions", person=CHAMPION),
    Subject(name="password", path="/me/password", person=CHAMPION),
    Subject(name="archives", path=f"{SPACE}/archives", person=STEWARD),
    Subject(name="archive-ready", path=f"{COPY}/archives", person="beth.larkin"),
    Subject(name="restores", path="/admin/restores", person="marek.zielinski"),
    *(
        Subject(
            name=name, path="/admin/restores", person="marek.zielinski", click=(f"main .list a:has-text('{called}')",)
        )
        for name, called in (
            ("restore-looked", "Depot champions"),
            ("restore-half-way", "Works and streets"),
            ("restore-done", "Front desks, as they were"),
            ("restore-refused", "holiday-photos"),
        )
    ),
    Subject(name="upstream", path=f"{COPY}/upstream/", person="beth.larkin"),
    Subject(
        name="upstream-change",
        path=f"{COPY}/upstream/",
        person="beth.larkin",
        click=("main .list a, main h3 a, main h2 a",),
    ),
    Subject(
        name="upstream-section",
        path=f"{COPY}/upstream/",
        person="beth.larkin",
        click=("main .list a:has-text('Channels')",),
    ),
    Subject(name="family", path=f"{COPY}/family", person="beth.larkin"),
    Subject(name="family-original", path=f"{SPACE}/family", person=STEWARD),
    Subject(name="missing", path="/s/nothing-here/", person=CHAMPION),
)


@contextmanager
def site(*, demo: bool) -> Iterator[str]:
    """Serve a fresh installation, or the demo organisation."""
    for url in copy_of("sqlite", fill=with_long_work if demo else None):
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


def screenshot(page: Page, path: Path, *, height: int) -> None:
    """Keep the upper part of a page as a picture."""
    size = page.viewport_size or {"width": 0, "height": 0}
    clip: FloatRect = {"x": 0, "y": 0, "width": size["width"], "height": max(height, size["height"])}
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True, clip=clip)


def take(page: Page, subject: Subject, *, look: str) -> None:
    """Take one picture."""
    page.goto(subject.path)
    for link in subject.click:
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_load_state("networkidle")
    tall = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
    path = TAKEN / f"{subject.name}-{look}.png"
    screenshot(page, path, height=tall)
    if path.stem in IN_DOCUMENTS:
        screenshot(page, SHOWN / path.name, height=min(tall, TALLEST_IN_DOCUMENTS))
    sys.stdout.write(f"{path.relative_to(ROOT)}\n")


def take_all(browser: Browser, subjects: Sequence[Subject], *, look: str, base_url: str) -> None:
    """Take the pictures of one installation in one look."""
    width, light = LOOKS[look]
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
    folder = home.make()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium.provide(), args=chromium.flags())
            for demo, look in itertools.product((False, True), LOOKS):
                subjects = IN_THE_DEMO if demo else NOBODY_YET
                wanted = [s for s in subjects if not parts or any(part in f"{s.name}-{look}" for part in parts)]
                # Reading a page changes what is new, so each look has an installation of its own.
                if wanted:
                    with site(demo=demo) as base_url:
                        take_all(browser, wanted, look=look, base_url=base_url)
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
