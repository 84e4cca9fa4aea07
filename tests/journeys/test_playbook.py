"""A fix becomes a checklist, is run by two, and is changed by what somebody proposes because of a story."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from forum.core.db import db
from forum.spaces.models import Item
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
TITLE = "The planning map is blank"
FIX = {"fixed": "1. Open the settings\n2. Set version `3.4`", "check": "Borrow the old iPad."}


def told(app: Flask, cast: Cast) -> str:
    with app.app_context():
        story = factories.make_story(cast.champions, author=cast.champion, title=TITLE, answers=FIX)
        factories.make_story(cast.champions, author=cast.colleague, title="It broke again")
        return f"/s/champions/stories/{db.session.get_one(Item, story.id).ref}/"


@pytest.mark.parametrize("javascript", [True, False], ids=["keyboard", "no-script"])
def test_a_fix_becomes_a_checklist_that_two_run_and_one_changes(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """E5, B5: by keyboard with script, by pointer without it."""
    story = told(live_server.app, cast)
    carla = Hand(page=open_page(javascript=javascript), keyboard=javascript)
    colin = Hand(page=open_page(javascript=javascript))
    sign_in(carla.page, "carla.champion", app=live_server.app)
    sign_in(colin.page, "colin.colleague", app=live_server.app)
    page = carla.page
    page.goto(story)
    carla.press(link(page, "Make a playbook"))
    expect(page.get_by_label("Step 1", exact=True)).to_have_value("Borrow the old iPad.")
    carla.press(button(page, "Down step 1"))
    expect(page.get_by_text("Moved down: it is step 2 now.")).to_be_visible()
    carla.press(button(page, "Take out step 3"))
    expect(page.get_by_label("Step 3", exact=True)).to_have_count(0)
    carla.press(button(page, "Put it back"))
    expect(page.get_by_label("Step 3", exact=True)).to_have_value("Set version `3.4`")
    if javascript:
        assert_accessible(page)
    page.get_by_label("Step 1", exact=True).fill("Open the **settings**")
    carla.press(button(page, "Publish the playbook"))
    expect(heading(page, TITLE)).to_be_visible()
    playbook = page.url
    if javascript:
        assert_accessible(page)
    run = start(carla)
    tick_and_note(carla, is_live=javascript)
    colin.page.goto(run)
    colin.press(colin.page.get_by_role("button", name="Done: step 2"))
    expect(colin.page.get_by_text("2 of 3 steps done")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Done: step 2")).to_have_attribute("aria-pressed", "true")
    propose(colin, playbook)
    page.goto("/s/champions/")
    expect(page.get_by_text("The menu has moved.")).to_be_visible()
    expect(page.get_by_role("heading", name="Checklists you have begun")).to_be_visible()
    carla.press(link(page, TITLE).first)
    expect(page.locator(".difference ins", has_text="5")).to_be_visible()
    carla.press(button(page, "Accept it"))
    expect(page.get_by_text("Version 2", exact=True)).to_be_visible()
    expect(link(page, "It broke again")).to_be_visible()
    page.goto(run)
    expect(page.get_by_text("version 2 is in force")).to_be_visible()
    carla.press(button(page, "Follow the new version"))
    expect(page.get_by_text("2 of 3 steps done")).to_be_visible()
    page.get_by_label("It worked", exact=True).check()
    carla.press(button(page, "Finish the run"))
    expect(page.get_by_text("It worked")).to_be_visible()
    page.goto(story)
    expect(page.get_by_text("3 steps, run in 1 team")).to_be_visible()


def start(hand: Hand) -> str:
    """Begin a run that members see; return where it is."""
    page = hand.page
    hand.press(page.locator("summary", has_text="Run it"))
    page.get_by_label("What for?").fill("After the update")
    page.get_by_label("Let members see this run").check()
    hand.press(button(page, "Start the run"))
    expect(heading(page, "After the update")).to_be_visible()
    return page.url


def tick_and_note(hand: Hand, *, is_live: bool) -> None:
    """Tick the first step, take it back, tick it again, and note something; with script the page stays."""
    page = hand.page
    if is_live:
        page.evaluate("window.stayed = true")
    first = page.get_by_role("button", name="Done: step 1")
    for done, pressed in ((1, "true"), (0, "false"), (1, "true")):
        hand.press(first)
        expect(first).to_have_attribute("aria-pressed", pressed)
        expect(page.get_by_text(f"{done} of 3 steps done")).to_be_visible()
    hand.press(page.locator("summary", has_text="Note what differed").first)
    page.get_by_label("What was different at step 1").fill("It was <b>blue</b>.")
    hand.press(button(page, "Keep the note at step 1"))
    expect(page.get_by_text("It was <b>blue</b>.").first).to_be_visible()
    if is_live:
        assert page.evaluate("window.stayed") is True
        assert_accessible(page)


def propose(hand: Hand, playbook: str) -> None:
    page = hand.page
    page.goto(playbook)
    hand.press(link(page, "Propose a change"))
    page.get_by_label("Step 3", exact=True).fill("Set version `3.5`")
    hand.press(button(page, "Propose this"))
    expect(page.get_by_role("alert")).to_contain_text("Choose the story that caused it")
    expect(page.get_by_label("Step 3", exact=True)).to_have_value("Set version `3.5`")
    page.get_by_label("Which story caused it?").select_option(label="It broke again")
    page.get_by_label("Why it should change").fill("The menu has moved.")
    hand.press(button(page, "Propose this"))
    expect(page.get_by_text("Waiting for an answer")).to_be_visible()
    expect(page).to_have_url(re.compile("/proposals/"))
