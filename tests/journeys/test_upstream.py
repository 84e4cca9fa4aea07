"""Journey 7's second half: a month later the copy takes what the original changed and added, and sends something back."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forum.clone.models import Lineage
from forum.core.db import db, transaction
from forum.spaces.guard import here_for
from forum.spaces.models import Space
from forum.threads.actions import change_sections
from tests import factories
from tests.cast import Cast
from tests.clone.steps import agree, copy, show
from tests.clone.test_upstream import STEPS, edit, says
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


def a_month_ago(app: Flask, cast: Cast) -> None:
    """Have a copy with a playbook, which both sides changed since; a section reworded; and a story that came later."""
    with app.test_request_context("/"):
        factories.make_playbook(cast.champions, author=cast.champion, title="New tablet", steps=STEPS)
        section = factories.make_section(cast.champions, name="Kit")
        show(cast.steward, cast.champions)
        made = copy(cast.outsider, cast.champions)
        with transaction():
            lineage = db.session.get_one(Lineage, made.id)
            lineage.at -= timedelta(days=30)
        edit(cast.outsider, made, "Charge it well", "Sign in", "Print")
        with transaction():
            change_sections(here_for(cast.steward, cast.champions.slug), {section.id: ("Kit", "Tablets and cases")})
        edit(
            cast.organiser, cast.champions, "Charge it fully", "Sign in twice", "Print", reason="It went flat at noon."
        )
        story = factories.make_story(cast.champions, author=cast.champion, title="The form lost what people typed")
        agree(cast.steward, cast.champions, story)


def fits(page: Page) -> None:
    """Check that the page is no wider than a small phone."""
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("javascript", [True, False], ids=["keyboard", "no-script"])
def test_a_copy_takes_what_is_new_upstream_and_sends_an_improvement_back(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """F6: told on Today, read with its reason, chosen where both changed it, undone and taken; a story adopted; one sent back."""
    app = live_server.app
    a_month_ago(app, cast)
    otto = Hand(page=open_page(javascript=javascript), keyboard=javascript)
    page = otto.page
    sign_in(page, "otto.outsider", app=app)
    page.goto("/s/ward-clerks-online/")
    otto.press(link(page, "3 changes upstream."))
    expect(heading(page, "The original")).to_be_visible()
    if javascript:
        assert_accessible(page)
        fits(page)
    otto.press(link(page, "New tablet").first)
    expect(page.get_by_text("It went flat at noon.")).to_be_visible()
    if javascript:
        assert_accessible(page)
        fits(page)
    otto.press(button(page, "Take the change"))
    expect(page.get_by_text("Step 1: Choose what stands here.")).to_be_visible()
    page.get_by_label("Write it anew").check()
    page.get_by_label("What is done").fill("Charge it fully, and well")
    otto.press(button(page, "Take the change"))
    expect(page.get_by_text("“New tablet” has the change now.")).to_be_visible()
    with app.test_request_context("/"):
        made = db.session.scalars(select(Space).where(Space.slug == "ward-clerks-online")).one()
        assert says(made) == ["Charge it fully, and well", "Sign in twice", "Print"]
    take_section(otto, javascript=javascript)
    otto.press(link(page, "The form lost what people typed"))
    expect(page.get_by_text("Carla")).to_have_count(0)
    otto.press(button(page, "Bring it in"))
    expect(page).to_have_url(re.compile("/s/ward-clerks-online/stories/"))
    expect(page.get_by_text("From the original").first).to_be_visible()
    send_back(otto, javascript=javascript)
    oscar = Hand(page=open_page(javascript=javascript), keyboard=javascript)
    sign_in(oscar.page, "oscar.organiser", app=app)
    oscar.page.goto("/s/champions/")
    oscar.press(oscar.page.get_by_role("link", name="New tablet").first)
    expect(oscar.page.get_by_text("Ward clerks online").first).to_be_visible()
    oscar.press(button(oscar.page, "Accept it"))
    expect(oscar.page.get_by_text("Ward clerks online").first).to_be_visible()
    page.reload()
    expect(page.get_by_text("Accepted")).to_be_visible()
    page.goto("/s/ward-clerks-online/family")
    expect(link(page, "Champions")).to_be_visible()
    if javascript:
        assert_accessible(page)
        fits(page)


def take_section(otto: Hand, *, javascript: bool) -> None:
    """Read how the original says now what a section is for, take it, undo it, and take it again."""
    page = otto.page
    for turn in range(2):
        otto.press(link(page, "Kit"))
        expect(page.get_by_text("Tablets and cases")).to_be_visible()
        if javascript and turn == 0:
            assert_accessible(page)
            fits(page)
        otto.press(button(page, "Take the change"))
        expect(page.get_by_text("“Kit” has the change now.")).to_be_visible()
        if turn == 0:
            otto.press(button(page, "Undo").first)
            expect(page.get_by_text("What stood here before stands here again.")).to_be_visible()


def send_back(otto: Hand, *, javascript: bool) -> None:
    """Send to the original what the copy says now."""
    page = otto.page
    page.goto("/s/ward-clerks-online/upstream/")
    expect(page.get_by_text("Nothing is new there.")).to_be_visible()
    otto.press(page.get_by_role("link", name=re.compile("Send it back")))
    page.get_by_label("Why it is better so").fill("Both are true: it went flat, and hot.")
    if javascript:
        assert_accessible(page)
        fits(page)
    otto.press(button(page, "Send it to the original"))
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
