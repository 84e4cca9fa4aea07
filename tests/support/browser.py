"""A real browser that fails the test when a page breaks its own rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request, sync_playwright

from tests.support import chromium
from tests.support.missing import not_run
from tests.support.network import is_loopback
from tests.support.server import LiveServer

FAILURES = Path(__file__).resolve().parents[2] / "var" / "failures"
PATIENCE = 30_000  # milliseconds for a page or an element
# The answer to a form with a mistake in it is a 422, which Chromium mentions; that is no mistake of the page.
EXPECTED = ("Failed to load resource: the server responded with a status of",)
LOCAL_SCHEMES = {"about", "blob", "data"}


@dataclass
class Pages:
    """Opens pages, each with a browser profile of its own: another person at another machine."""

    browser: Browser = field(repr=False)
    base_url: str
    problems: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list, repr=False)

    def __call__(
        self,
        *,
        javascript: bool = True,
        width: int = 1280,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        reduced_motion: bool = True,
    ) -> Page:
        """Open a page. Addresses without a host, such as `page.goto("/sign-in")`, are the live server's."""
        context = self.browser.new_context(
            base_url=self.base_url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce" if reduced_motion else "no-preference",
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(PATIENCE)
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.problems.append(f"error in the page: {error.error}"))
        context.on("request", self._on_request)
        self.contexts.append(context)
        return context.new_page()

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            self.problems.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in LOCAL_SCHEMES and not is_loopback(parts.hostname or ""):
            self.problems.append(f"the page asked for {request.url}")

    def photograph(self, name: str) -> None:
        """Keep what every page showed when its test failed."""
        FAILURES.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(page for context in self.contexts for page in context.pages):
            page.screenshot(path=FAILURES / f"{name}-{number}.png")


def assert_accessible(page: Page, *, context: str | None = None) -> None:
    """Let axe look at a page (or at what a CSS selector names). Raises AssertionError with what it found."""
    found = Axe().run(page, context=context)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a running Chromium."""
    path = chromium.find()
    if path is None:
        not_run(
            "journeys in a real browser", because="there is no Chromium (`python3 dev.py test` tries to install one)"
        )
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=chromium.flags())
        except Error as error:
            not_run("journeys in a real browser", because=f"{path} does not start: {error.message.splitlines()[0]}")
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Pages]:
    """Give an opener of pages on the live server.

    `open_page(javascript=False, width=390)`. The test fails if a page broke its content security policy, raised an error in a
    script, or asked for anything on another machine. A test that causes this on purpose clears `open_page.problems`.
    """
    pages = Pages(browser, live_server.url)
    failed_before = request.session.testsfailed
    yield pages
    if request.session.testsfailed > failed_before:
        pages.photograph(request.node.name)
    for context in pages.contexts:
        context.close()
    assert not pages.problems, "\n".join(pages.problems)


@pytest.fixture
def page(open_page: Callable[[], Page]) -> Page:
    """Give one page with JavaScript, on a wide screen."""
    return open_page()
