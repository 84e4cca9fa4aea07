"""Every page is looked at by axe, and fits: light and wide, dark and small, 320 pixels wide, and with text twice as large."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from forum.core.db import db
from forum.people.models import LinkPurpose, Person
from tests import factories
from tests.journeys.steps import button
from tests.pictured import add_long_work
from tests.pictures import CHAMPION, IN_THE_DEMO, SPACE, STEWARD, Subject, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.turns import Turn, in_turns

pytestmark = [pytest.mark.journey, pytest.mark.demo]
SMALL, SMALLEST = 360, 320
NOBODY, ADMIN, NEWCOMER = "", "marek.zielinski", "lena.fisk"
THREADS = f"{SPACE}/threads/"
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
        for path in (
            "/admin",
            "/admin/people",
            f"/admin/people/{CHAMPION}",
            f"/admin/people/{CHAMPION}/close",
            "/admin/departments",
        )
    ),
    *(Subject(name=path, path=path, person=ADMIN) for path in ("/admin/organisation", "/admin/spaces", "/admin/log")),
    Subject(name="appointed", path="/admin/spaces/web-editors", person=ADMIN),
    Subject(name="department", path="/admin/departments", person=ADMIN, click=("main .list h3 a",)),
    Subject(
        name="edit",
        path=THREADS,
        person=CHAMPION,
        click=("main .list a:has-text('Flu clinic')", ".post footer a:has-text('Edit')"),
    ),
    Subject(
        name="history",
        path=THREADS,
        person=CHAMPION,
        click=("main .list a:has-text('bin-day texts')", ".post header a[href$='history']"),
    ),
    Subject(name="door", path="/s/web-editors/about", person=NEWCOMER),
    Subject(name="waiting at the door", path="/s/web-editors/about", person=CHAMPION),
    Subject(name="looking round", path=f"{SPACE}/", person=NEWCOMER),
    Subject(name="refused as a visitor", path=f"{THREADS}new", person=NEWCOMER),
    Subject(name="members away now", path=f"{SPACE}/members?now=away", person=CHAMPION),
    Subject(name="no member found", path=f"{SPACE}/members?q=wombats", person=CHAMPION),
    Subject(name="all members, to be printed", path=f"{SPACE}/members?all", person=STEWARD),
    Subject(name="departments without somebody", path=f"{SPACE}/roster/seats?show=open", person=STEWARD),
    Subject(name="health as tables", path=f"{SPACE}/health", person=STEWARD, click=("main details.more summary",)),
    Subject(name="health of few", path="/s/web-editors/health", person="gwen.pritchard"),
    Subject(name="nudges of few", path="/s/web-editors/nudges", person="gwen.pritchard"),
    Subject(name="no strategy yet", path="/s/web-editors/strategy/", person="gwen.pritchard"),
    Subject(name="strategy as it was", path=f"{SPACE}/strategy/versions/1", person=CHAMPION),
    Subject(
        name="a value that was corrected", path=f"{SPACE}/strategy/measures", person=CHAMPION, click=("main details",)
    ),
    Subject(name="a code that is none", path="/check/00000-00000", person=CHAMPION),
    Subject(name="missing inside", path=f"{THREADS}0000000000/", person=CHAMPION),
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


def visits(page: Page, subjects: Sequence[Subject]) -> Iterator[Subject]:
    """Go from page to page, as one person after the other."""
    for person in dict.fromkeys(subject.person for subject in subjects):
        page.context.clear_cookies()
        if person:
            sign_in(page, person)
        for subject in (subject for subject in subjects if subject.person == person):
            page.goto(subject.path)
            for link in subject.click:
                left = page.url
                page.locator(link).first.click()
                # What opens over the page comes by a script; another page is taken as it is when it was gone to.
                page.wait_for_load_state("networkidle" if page.url == left else "load")
            yield subject


def problems_of(page: Page, subjects: Sequence[Subject], look_at: Callable[[Page], None]) -> list[str]:
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


def fits_smaller(page: Page) -> None:
    """Let axe look, and see that it fits, in the smallest window too."""
    is_accessible_and_fits(page)
    size = page.viewport_size
    page.set_viewport_size({"width": SMALLEST, "height": 800})
    try:
        fits(page)
    finally:
        page.set_viewport_size(size or {"width": SMALL, "height": 800})


def send(page: Page, path: str, fields: dict[str, str]) -> None:
    """Send a form from this page as its own would be sent, with the token against forged requests."""
    with page.expect_navigation():
        page.evaluate(
            """([action, fields]) => {
                const form = Object.assign(document.createElement("form"), { method: "post", action });
                const token = document.querySelector("meta[name=csrf-token]").content;
                for (const [name, value] of Object.entries({ ...fields, csrf_token: token }))
                    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
                document.body.append(form);
                form.submit();
            }""",
            [path, fields],
        )


@in_turns(2)
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_any_page(app: Flask, open_page: Pages, look: Look, turn: Turn) -> None:
    """And every page fits, the small ones in a window of 320 pixels too. In one turn each page is looked at in one of the ways."""
    add_long_work(app)
    page, is_small = open_page(width=look.width, scheme=look.scheme), look.width <= SMALL
    subjects = turn.some((*IN_THE_DEMO, *MORE), after=int(is_small))
    problems = problems_of(page, subjects, fits_smaller if is_small else is_accessible_and_fits)
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


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_where_a_press_leads(open_page: Pages, look: Look) -> None:
    """A live invitation, the form to appoint a steward, and the pages of what a rule or a form refuses (409, 422)."""
    page = open_page(width=look.width, scheme=look.scheme)
    sign_in(page, STEWARD)
    page.goto(f"{SPACE}/invitations")
    button(page, "Make a link").click()
    link = page.get_by_label("Invitation link").input_value()
    is_accessible_and_fits(page)
    page.goto(f"{SPACE}/settings")
    page.get_by_label("What it is for").fill("Something else.")
    stale = page.locator("[name=seen]").input_value().replace("purpose:", "purpose:0")
    page.locator("[name=seen]").evaluate("(field, seen) => (field.value = seen)", stale)
    button(page, "Save the settings").click()
    expect(page.get_by_text("after you opened them")).to_be_visible()
    is_accessible_and_fits(page)
    for path, fields, status in ((f"{SPACE}/leave", {}, 409), (f"{SPACE}/requests/1/accept", {"role": "x"}, 422)):
        send(page, path, fields)
        expect(page.get_by_text(f"“{status}”")).to_be_visible()
        is_accessible_and_fits(page)
    for person in (NEWCOMER, NOBODY):
        page.context.clear_cookies()
        if person:
            sign_in(page, person)
        page.goto(link)
        expect(page.get_by_text("invites you")).to_be_visible()
        is_accessible_and_fits(page)
    sign_in(page, ADMIN)
    send(page, "/admin/people/priya.nair/suspend", {"reason": ""})
    page.goto("/admin/spaces/web-editors")
    button(page, "Appoint").click()
    expect(page.get_by_role("alert")).to_be_visible()
    is_accessible_and_fits(page)


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_what_a_link_in_a_mail_opens(app: Flask, open_page: Pages, look: Look) -> None:
    page = open_page(width=look.width, scheme=look.scheme)
    with app.app_context():
        kofi = db.session.scalars(db.select(Person).where(Person.handle == CHAMPION)).one()
        for purpose in LinkPurpose:
            is_newcomer = purpose is LinkPurpose.JOIN
            address = "newcomer@fenbridge.example" if is_newcomer else "kofi.other@fenbridge.example"
            factories.make_secret_link(
                purpose, token=purpose.name, address=address, person=None if is_newcomer else kofi
            )
    sent = ("/sign-in/sent", "/reset/sent", "/join/sent")
    opened = ("/sign-in/link/SIGN_IN", "/reset/RESET", "/join/JOIN", "/me/address/CHANGE_ADDRESS")
    paths = (*sent, *opened, "/me/address/undo/UNDO_ADDRESS", "/reset/long-gone")
    subjects = tuple(Subject(name=path, path=path) for path in paths)
    problems = problems_of(page, subjects, is_accessible_and_fits)
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_fit_with_text_twice_as_large(open_page: Pages, width: int) -> None:
    """And what is read first stands on the first screen: a phone's masthead was three quarters of it."""
    names = {"thread", "threads", "today", "new-thread", "members", "/shortcuts"}

    def is_enlarged_and_fits(page: Page) -> None:
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        fits(page)
        assert page.locator("header.cloth").bounding_box()["height"] < 420  # type: ignore[index]
        title = page.locator("main .thread h3 a, main .thread h4 a").first
        if title.count():
            assert title.bounding_box()["width"] > 140, "a title of one letter a line"  # type: ignore[index]

    subjects = tuple(subject for subject in (*IN_THE_DEMO, *MORE) if subject.name in names)
    problems = problems_of(open_page(width=width), subjects, is_enlarged_and_fits)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_name_without_a_blank_stays_in_its_place(open_page: Pages, width: int) -> None:
    """80 characters in one word made the page of members 1,505 pixels wide."""
    page = open_page(width=width)
    for path in (f"{SPACE}/members", f"{SPACE}/", THREADS, f"{SPACE}/about"):
        sign_in(page, STEWARD)
        page.goto(path)
        page.evaluate(
            """for (const name of document.querySelectorAll(".who b, .bar .name, .last b, .thread .meta > span:not(.state)"))
                name.textContent = "W".repeat(80)"""
        )
        fits(page)


def test_arriving_at_a_post_is_no_alarm(open_page: Pages) -> None:
    """After sending or accepting, a bar and a wash say where one is; the frame is for going from post to post by key."""
    page = open_page()
    sign_in(page, CHAMPION)
    page.goto(THREADS)
    page.goto(page.locator("main .list a:has-text('bin-day texts')").first.get_attribute("href") or "")
    page.locator("html[data-script=runs]").wait_for(state="attached")
    page.keyboard.press("j")
    expect(page.locator("article.post:focus")).to_have_css("outline-style", "solid")
    frame = "getComputedStyle(document.activeElement).outlineStyle"
    page.goto(page.url.partition("#")[0] + "#p2")
    page.locator("#p2").focus()
    assert page.evaluate(frame) == "none"
    assert page.evaluate("getComputedStyle(document.activeElement).boxShadow") != "none"


def test_the_rooms_of_a_space_are_two_rows_on_a_phone(open_page: Pages) -> None:
    """For a newcomer and for an organiser, who has one more. Seen to fail with the wider cells that nine tabs had: three rows."""
    page = open_page(width=360)
    for person, tabs in (("nesta.powell", 9), (STEWARD, 10)):
        page.context.clear_cookies()
        sign_in(page, person)
        for path in (f"{SPACE}/", f"{SPACE}/strategy/"):
            page.goto(path)
            tops = page.locator(".tabs > li").evaluate_all("all => all.map(one => one.offsetTop)")
            assert len(tops) == tabs
            assert len(set(tops)) == 2, path
