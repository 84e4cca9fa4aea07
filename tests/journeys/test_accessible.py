"""Every page is looked at by axe, and fits: light and wide, dark and small, 320 pixels wide, and with text twice as large."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.steps import button
from tests.pictures import CHAMPION, IN_THE_DEMO, SPACE, STEWARD, Subject, sign_in
from tests.support.browser import Pages, assert_accessible

pytestmark = [pytest.mark.journey, pytest.mark.demo]
NOBODY, ADMIN = "", "marek.zielinski"
THREADS = f"{SPACE}/threads/"
ANSWERED = next(subject for subject in IN_THE_DEMO if subject.name == "thread")
MORE = (
    *(Subject(name=path, path=path) for path in ("/sign-in", "/sign-in/password", "/reset", "/join", "/dev/mail")),
    *(Subject(name=path, path=path) for path in ("/accessibility", "/privacy", "/shortcuts", "/i/nothing")),
    Subject(name="own page", path=f"/people/{CHAMPION}", person=CHAMPION),
    Subject(name="address", path="/me/address", person=CHAMPION),
    Subject(name="refused", path=f"{SPACE}/settings", person=CHAMPION),
    Subject(name="unread", path=f"{THREADS}?show=unread", person=CHAMPION),
    Subject(name="nothing of mine", path=f"{THREADS}?show=mine", person=CHAMPION),
    Subject(name="member", path=f"{SPACE}/members/{CHAMPION}", person=STEWARD),
    Subject(name="requests", path=f"{SPACE}/requests", person=STEWARD),
    Subject(name="archive", path=f"{SPACE}/archive", person=STEWARD),
    Subject(name="tagged and ordered", path=f"{THREADS}?order=oldest", person=STEWARD),
    Subject(name="watched", path=f"{THREADS}?show=watched", person=CHAMPION),
    *(
        Subject(name=path, path=path, person=ADMIN)
        for path in ("/admin", "/admin/people", f"/admin/people/{CHAMPION}", "/admin/departments")
    ),
    *(Subject(name=path, path=path, person=ADMIN) for path in ("/admin/spaces", "/admin/log")),
)
# Pages of whoever is signed in, which are left after a press on the page: a form that came back with its problems.
REFUSED = (
    ("/sign-in", "Send me a link", NOBODY),
    (f"{THREADS}new", "Ask the question", CHAMPION),
    ("/spaces/new", "Make the space", CHAMPION),
)


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a page is looked at."""

    width: int
    scheme: Literal["light", "dark"]


LOOKS = [
    pytest.param(Look(width=1280, scheme="light"), id="light-1280"),
    pytest.param(Look(width=360, scheme="dark"), id="dark-360"),
]


def visits(page: Page, subjects: tuple[Subject, ...]) -> Iterator[Subject]:
    """Go from page to page, as one person after the other."""
    for person in dict.fromkeys(subject.person for subject in subjects):
        page.context.clear_cookies()
        if person:
            sign_in(page, person)
        for subject in (subject for subject in subjects if subject.person == person):
            page.goto(subject.path)
            if subject.click:
                page.locator(subject.click).first.click()
                page.wait_for_load_state()
            yield subject


def problems_of(page: Page, subjects: tuple[Subject, ...], look_at: Callable[[Page], None]) -> list[str]:
    """Look at all pages, so that one run names all of what is wrong."""
    problems = []
    for subject in visits(page, subjects):
        try:
            look_at(page)
        except AssertionError as problem:
            problems.append(f"{subject.name} ({subject.path}): {problem}")
    return problems


def fits(page: Page) -> None:
    """See that nothing has to be scrolled sideways."""
    seen, whole = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert whole <= seen, f"{whole} pixels wide in a window of {seen}"


def is_accessible_and_fits(page: Page) -> None:
    """Let axe look, and see that it fits."""
    assert_accessible(page)
    fits(page)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(open_page: Pages, look: Look) -> None:
    page = open_page(width=look.width, scheme=look.scheme)
    problems = problems_of(page, (*IN_THE_DEMO, *MORE), is_accessible_and_fits)
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_a_form_that_came_back(open_page: Pages, look: Look) -> None:
    page = open_page(width=look.width, scheme=look.scheme)
    for path, press, person in REFUSED:
        if person:
            sign_in(page, person)
        page.goto(path)
        button(page, press).click()
        expect(page.get_by_role("alert")).to_be_focused()
        is_accessible_and_fits(page)


def test_every_page_fits_a_window_of_320_pixels(open_page: Pages) -> None:
    problems = problems_of(open_page(width=320), (*IN_THE_DEMO, *MORE), fits)
    assert not problems, "\n".join(problems)


def test_pages_fit_with_text_twice_as_large(open_page: Pages) -> None:
    names = {"thread", "threads", "today", "new-thread", "members"}

    def is_enlarged_and_fits(page: Page) -> None:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        fits(page)

    subjects = tuple(subject for subject in IN_THE_DEMO if subject.name in names)
    problems = problems_of(open_page(), subjects, is_enlarged_and_fits)
    assert not problems, "\n".join(problems)
