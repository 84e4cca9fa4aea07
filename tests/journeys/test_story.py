"""Journey 2 whole, from the question to the story that others use, renew and withdraw; and a story without a name."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from forum.core.db import db, transaction
from forum.people.models import Person
from forum.search.keeping import settle
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
TITLE = "The recycling form is blank on phones"


def answered(app: Flask, cast: Cast) -> str:
    """Make a question with its accepted answer; return where it is."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion, title=TITLE, texts=["All white."])
        factories.make_post(thread, author=cast.colleague, text="Turn the old cache off.")
        factories.make_accepted(thread, number=2, by=cast.champion)
        db.session.get_one(Person, cast.colleague.id).department_id = cast.libraries.id
        db.session.commit()
        return f"/s/champions/threads/{db.session.get_one(Item, thread.id).ref}/"


@pytest.mark.parametrize("javascript", [True, False], ids=["pointer", "no-script"])
def test_an_accepted_answer_becomes_a_story_that_others_use(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """E1, E2, E5, E6. Both point to each other."""
    thread = answered(live_server.app, cast)
    carla, colin = Hand(page=open_page(javascript=javascript)), Hand(page=open_page(javascript=javascript))
    sign_in(carla.page, "carla.champion", app=live_server.app)
    sign_in(colin.page, "colin.colleague", app=live_server.app)
    page = carla.page
    page.goto(thread)
    carla.press(link(page, "Tell it as a story"))
    expect(page.get_by_label("What happened, in one sentence")).to_have_value(TITLE)
    expect(page.get_by_label("What fixed it?")).to_have_value(re.compile("Turn the old cache off"))
    carla.press(button(page, "Tell the story"))
    expect(heading(page, TITLE)).to_be_visible()
    story = page.url.partition("#")[0]
    if javascript:
        assert_accessible(page)
    page.get_by_label("What were the exact words of the error?").fill("<b>E42</b>")
    carla.press(button(page, "Add the answer"))
    expect(page.locator(".part pre")).to_have_text("<b>E42</b>")
    carla.press(button(page, "Not now"))
    expect(page.get_by_label("What made it easy to go wrong?")).to_be_visible()
    page.goto(thread)
    expect(link(page, TITLE)).to_have_attribute("href", re.compile("/stories/"))
    use(colin, story)
    page.goto(story)
    expect(page.locator(".works")).to_contain_text("Worked in 1 of 1 team")
    expect(page.get_by_text("The same in 1 team")).to_be_visible()
    page.get_by_text("Withdraw the story").click()
    carla.press(button(page, "Withdraw it"))
    expect(page.get_by_text("No story has been told here yet.")).to_be_visible()
    carla.press(button(page, "Undo"))
    expect(heading(page, TITLE)).to_be_visible()


def test_a_question_meets_what_was_told_is_answered_and_becomes_a_story(
    open_page: Pages, live_server: LiveServer, cast: Cast
) -> None:
    """Journey 2 in one go: what is alike stands beside the question while it is typed; the answer is accepted, and told (E5)."""
    app = live_server.app
    with app.test_request_context("/"):
        factories.make_story(cast.champions, author=cast.colleague, title="Recycling forms went blank for a day")
        factories.make_story(
            cast.champions, author=cast.colleague, title="Recycling forms: a note", audience=Audience.ORGANISERS
        )
        with transaction():
            settle()
    carla, colin = open_page(javascript=True), open_page(javascript=True)
    sign_in(carla, "carla.champion", app=app)
    sign_in(colin, "colin.colleague", app=app)
    carla.goto("/s/champions/threads/new?kind=question")
    carla.get_by_label("Title").press_sequentially("Recycling forms are blank")
    beside = carla.get_by_role("region", name="Perhaps it was answered before")
    expect(beside.get_by_role("link", name="Recycling forms went blank for a day")).to_be_visible()
    expect(beside.get_by_role("link")).to_have_count(1)
    assert_accessible(carla)
    carla.get_by_label("Your text").fill("On every phone, since this morning.")
    button(carla, "Ask the question").click()
    expect(heading(carla, "Recycling forms are blank")).to_be_visible()
    question = carla.url.partition("#")[0]
    colin.goto(question)
    colin.get_by_label("Your reply").fill("1. Turn the old cache off\n2. Load it again")
    button(colin, "Post reply").click()
    expect(colin.locator("#p2")).to_be_visible()
    carla.goto(question)
    button(carla, "Accept this answer in post 2").click()
    expect(carla.locator("#p2").get_by_text("Accepted answer")).to_be_visible()
    link(carla, "Tell it as a story").first.click()
    expect(carla.get_by_label("What happened, in one sentence")).to_have_value("Recycling forms are blank")
    expect(carla.get_by_label("What fixed it?")).to_have_value(re.compile("Turn the old cache off"))
    button(carla, "Tell the story").click()
    expect(heading(carla, "Recycling forms are blank")).to_be_visible()
    expect(carla.locator("[data-fix] li")).to_have_count(2)
    expect(carla).to_have_url(re.compile("/stories/"))
    link(carla, "Recycling forms are blank").first.click()
    expect(carla).to_have_url(re.compile("/threads/"))


def use(hand: Hand, story: str) -> None:
    page = hand.page
    page.goto("/s/champions/stories/")
    hand.press(link(page, TITLE))
    page.get_by_text("We tried it").click()
    hand.press(button(page, "Say how it went"))
    page.locator("summary", has_text="Same here").click()
    page.get_by_label("What was different").fill("On tablets")
    hand.press(button(page, "It happened to us too"))
    page.get_by_text("This saved us").first.click()
    hand.press(button(page, "Say thank you"))
    hand.press(button(page, "It still works as of today"))
    expect(page.locator(".works")).to_contain_text("Last verified")
    expect(page).to_have_url(re.compile(re.escape(story)))


def test_a_story_without_a_name_shows_its_key_once(open_page: Pages, live_server: LiveServer, cast: Cast) -> None:
    """E3."""
    page = open_page(javascript=True)
    sign_in(page, "carla.champion", app=live_server.app)
    page.goto("/s/champions/stories/new/unnamed")
    assert_accessible(page)
    page.get_by_label("What happened, in one sentence").fill("I sent it to all")
    page.get_by_label("What fixed it?").fill("Recall it.")
    button(page, "Tell it without my name").click()
    expect(heading(page, "Keep this key")).to_be_visible()
    assert_accessible(page)
    assert re.fullmatch("[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", page.get_by_label("The key").input_value())
    page.goto("/s/champions/stories/")
    assert_accessible(page)
    expect(page.get_by_text("I sent it to all")).to_have_count(0)
