"""Telling others: a story goes to a chosen space and to the whole installation, is read there, and is withdrawn from all of it."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from forum.core.db import db
from forum.spaces.models import Item, Role
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
TITLE, OTHER = "The wombat gate jams", "The heron counter stopped"
THERE = "/s/night-desk/stories/"


@dataclass(frozen=True)
class Told:
    """Where the two stories stand in Champions."""

    story: str
    other: str


def furnish(app: Flask, cast: Cast) -> Told:
    """Tell two stories, and let the author belong to another space too, in which there is somebody else."""
    with app.app_context():
        factories.make_membership(cast.night_desk, cast.champion)
        factories.make_membership(cast.night_desk, cast.outsider, role=Role.READER)
        answers = {"saw": "It jams when it rains.", "fixed": "1. Oil the **hinge**\n2. Close it slowly"}
        story = factories.make_story(cast.champions, author=cast.champion, title=TITLE, answers=answers)
        other = factories.make_story(cast.champions, author=cast.colleague, title=OTHER)
        ref, other_ref = (db.session.get_one(Item, one.id).ref for one in (story, other))
    return Told(story=f"/s/champions/stories/{ref}/", other=f"/s/champions/stories/{other_ref}/")


@pytest.mark.parametrize("javascript", [True, False], ids=["keyboard", "no-script"])
def test_a_story_is_shared_shown_at_a_meeting_and_withdrawn(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """E5: by keyboard with script, by pointer without it."""
    told = furnish(live_server.app, cast)
    carla = Hand(page=open_page(javascript=javascript), keyboard=javascript)
    otto = Hand(page=open_page(javascript=javascript))
    sign_in(carla.page, "carla.champion", app=live_server.app)
    sign_in(otto.page, "otto.outsider", app=live_server.app)
    otto.page.goto(THERE)
    expect(link(otto.page, TITLE)).to_have_count(0)
    share(carla, told, is_live=javascript)
    read_there(otto, is_live=javascript)
    show_at_a_meeting(carla, is_live=javascript)
    stop_and_withdraw(carla, told)
    otto.page.goto(THERE)
    expect(link(otto.page, TITLE)).to_have_count(0)
    otto.page.goto(told.story.replace("/s/champions/", "/s/night-desk/"))
    expect(heading(otto.page, TITLE)).to_have_count(0)
    carla.page.goto("/s/champions/stories/")
    expect(link(carla.page, TITLE)).to_have_count(0)
    expect(link(carla.page, OTHER)).to_be_visible()


def share(hand: Hand, told: Told, *, is_live: bool) -> None:
    """Share it with one chosen space, then with everybody."""
    page = hand.page
    page.goto(told.story)
    hand.press(link(page, "Tell others: share it"))
    expect(heading(page, "Tell others")).to_be_visible()
    expect(page.get_by_text("Nowhere yet: only this space reads it.")).to_be_visible()
    if is_live:
        assert_accessible(page)
    hand.press(button(page, "Share it"))
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Night desk").check()
    hand.press(button(page, "Share it"))
    expect(page.get_by_role("listitem").filter(has_text="Night desk").get_by_text("By Carla Champion")).to_be_visible()
    page.get_by_label(re.compile("installation")).check()
    hand.press(button(page, "Share it"))
    expect(page.get_by_text("Everybody in this installation", exact=True)).to_be_visible()
    if is_live:
        assert_accessible(page)


def read_there(hand: Hand, *, is_live: bool) -> None:
    """Read it in the other space: what was told, where it is from, and nothing of its conversation."""
    page = hand.page
    page.goto(THERE)
    hand.press(link(page, TITLE))
    expect(heading(page, TITLE)).to_be_visible()
    expect(page.locator("[data-fix] strong")).to_have_text("hinge")
    expect(page.get_by_text("From Champions")).to_be_visible()
    expect(page.get_by_role("heading", name="Conversation")).to_have_count(0)
    if is_live:
        assert_accessible(page)


def show_at_a_meeting(hand: Hand, *, is_live: bool) -> None:
    """One after the other in large type, with the arrow keys or by the links at the foot; then as a handout that prints."""
    page = hand.page
    page.goto("/s/champions/stories/meeting/choose")
    for title in (TITLE, OTHER):
        page.get_by_label(title).check()
    hand.press(button(page, "Show them"))
    first = page.get_by_role("heading", level=1)
    expect(page.get_by_text("1 of 2")).to_be_visible()
    size = first.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 36, "it is read from the back of the room"
    before = first.inner_text()
    go_on(page, is_live=is_live, key="ArrowRight", name="Next")
    expect(page.get_by_text("2 of 2")).to_be_visible()
    assert {before, page.get_by_role("heading", level=1).inner_text()} == {TITLE, OTHER}
    go_on(page, is_live=is_live, key="ArrowLeft", name="Previous")
    expect(page.get_by_text("1 of 2")).to_be_visible()
    if is_live:
        assert_accessible(page)
    hand.press(link(page, "Handout"))
    expect(page.locator("article.slide")).to_have_count(2)
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Through the stories")).to_be_hidden()
    breaks = page.locator("article.slide").first.evaluate("element => getComputedStyle(element).breakAfter")
    assert breaks == "page"
    page.emulate_media(media="screen")
    hand.press(link(page, "Leave"))
    expect(page).to_have_url(re.compile("/stories/"))


def go_on(page: Page, *, is_live: bool, key: str, name: str) -> None:
    if is_live:
        page.keyboard.press(key)
    else:
        link(page, name).click()


def stop_and_withdraw(hand: Hand, told: Told) -> None:
    """End one of the shares, then withdraw the story: it is gone from all of them."""
    page = hand.page
    page.goto(f"{told.story}share")
    hand.press(page.get_by_role("button", name="Stop sharing it with: Night desk"))
    expect(page.get_by_role("button", name="Stop sharing it with: Night desk")).to_have_count(0)
    expect(page.get_by_text("Everybody in this installation", exact=True)).to_be_visible()
    page.goto(told.story)
    hand.press(page.locator("summary", has_text="Withdraw the story"))
    hand.press(button(page, "Withdraw it"))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
