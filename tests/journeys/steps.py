"""What people do at a page, by pointer or by keyboard alone, and how they get in without the pages that aren't the point."""

import re
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Locator, Page, expect

from forum.core.db import db
from forum.core.secrets import new_token
from forum.people.models import Person
from tests import factories
from tests.cast import hold_token
from tests.support.browser import PATIENCE

expect.set_options(timeout=PATIENCE)
MOST_STOPS = 120
HAS_FOCUS = "element => element === document.activeElement"
# A ring is drawn by outline or box-shadow; what has neither shows nobody where they are.
SHOWS_FOCUS = (
    "element => { const style = getComputedStyle(element);"
    " return style.outlineStyle !== 'none' || style.boxShadow !== 'none'; }"
)


@dataclass(frozen=True, kw_only=True)
class Hand:
    """Somebody at a page: with a pointer, or with the keyboard and nothing else."""

    page: Page
    keyboard: bool = False

    def press(self, target: Locator) -> None:
        """Follow a link or press a button; when it leads to a page, that page's script runs before anything else is done."""
        if self.keyboard:
            self.go_to(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()
        self.page.wait_for_load_state()

    def write(self, target: Locator, text: str) -> None:
        """Type into a field, at its end."""
        if self.keyboard:
            self.go_to(target)
            self.page.keyboard.press("Control+End")
        else:
            target.click()
            target.press("Control+End")
        self.page.keyboard.type(text)

    def go_to(self, target: Locator) -> None:
        """Press Tab until the focus is there, and see that it shows."""
        expect(target).to_be_visible()
        for _stop in range(MOST_STOPS):
            if target.evaluate(HAS_FOCUS):
                assert target.evaluate(SHOWS_FOCUS), f"nobody sees that the focus is on {target}"
                return
            self.page.keyboard.press("Tab")
        message = f"the Tab key never reaches {target}"
        raise AssertionError(message)


def sign_in(page: Page, handle: str, *, app: Flask) -> None:
    """Let the page's browser hold a session of somebody's."""
    token = new_token()
    with app.app_context():
        person = db.session.scalars(db.select(Person).where(Person.handle == handle)).one()
        factories.make_web_session(person, token=token)
    client = app.test_client()
    hold_token(client, token)
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = client.get_cookie(name)
    assert cookie is not None
    page.context.add_cookies([{"name": name, "value": cookie.value, "domain": "127.0.0.1", "path": "/"}])


def heading(page: Page, text: str | re.Pattern[str]) -> Locator:
    """Return the page's own heading."""
    return page.get_by_role("heading", level=1, name=text)


def button(page: Page, name: str) -> Locator:
    """Return the button of exactly this name."""
    return page.get_by_role("button", name=name, exact=True)


def link(page: Page, name: str) -> Locator:
    """Return the link of exactly this name."""
    return page.get_by_role("link", name=name, exact=True)
