"""Naming somebody while one writes: by parts of a name, and what is said when there is nobody."""

import pytest
from playwright.sync_api import Page, expect

from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Space
from tests import factories
from tests.journeys.steps import sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]


@pytest.fixture
def tab(open_page: Pages, live_server: LiveServer) -> Page:
    """Give Carla's page with a thread to reply to, in a space with two called Bea."""
    with live_server.app.app_context():
        space = db.session.scalars(db.select(Space).where(Space.slug == "champions")).one()
        author = db.session.scalars(db.select(Person).where(Person.handle == "colin.colleague")).one()
        for name in ("Bea Murphy", "Bea Zane", "Łucja Nowak"):
            factories.make_membership(space, factories.make_person(name=name))
        factories.make_thread(space, author=author, ref="mention000")
    page = open_page()
    sign_in(page, "carla.champion", app=live_server.app)
    page.goto("/s/champions/threads/mention000/")
    return page


def test_a_second_word_narrows_the_list_and_enter_chooses(tab: Page) -> None:
    reply, people = tab.get_by_label("Your reply"), tab.locator(".options:not([hidden]) [role=option]")
    reply.press_sequentially("Ask @Bea")
    expect(people).to_have_count(2)
    reply.press_sequentially(" M")
    expect(people).to_have_count(1)
    expect(people).to_contain_text("Bea Murphy")
    reply.press("Enter")
    expect(reply).to_have_value("Ask @bea.murphy ")
    reply.press_sequentially("or @luc")
    expect(people).to_contain_text("Łucja Nowak")
    reply.press("Tab")
    expect(reply).to_have_value("Ask @bea.murphy or @lucja.nowak ")
    reply.press_sequentially("tomorrow")
    expect(people).to_have_count(0)
    expect(reply).to_have_value("Ask @bea.murphy or @lucja.nowak tomorrow")


def test_nobody_by_that_name_is_said_and_shown_and_keeps_nobody_from_writing(tab: Page) -> None:
    reply, people = tab.get_by_label("Your reply"), tab.locator(".options:not([hidden]) [role=option]")
    reply.press_sequentially("Ask @zzz")
    expect(people).to_have_text("Nobody by that name here.")
    expect(tab.get_by_role("status").filter(has_text="Nobody by that name here.")).to_have_count(1)
    assert_accessible(tab, context=".reply")
    reply.press("Enter")
    reply.press_sequentially("next line")
    expect(reply).to_have_value("Ask @zzz\nnext line")
    expect(people).to_have_count(0)
