"""Keeping order: a member is suspended for a time, all members are told something, and who writes very much waits a little."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from forum.core.db import db, transaction
from forum.core.outbox import RateWindow
from forum.core.time import now
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey, pytest.mark.usefixtures("cast")]
THREADS = "/s/champions/threads/"
WAYS = [pytest.param(True, id="script"), pytest.param(False, id="no-script")]


def hands(open_page: Pages, live_server: LiveServer, *, javascript: bool) -> tuple[Hand, Hand]:
    oscar, carla = Hand(page=open_page(javascript=javascript)), Hand(page=open_page(javascript=javascript))
    sign_in(oscar.page, "oscar.organiser", app=live_server.app)
    sign_in(carla.page, "carla.champion", app=live_server.app)
    return oscar, carla


@pytest.mark.parametrize("javascript", WAYS)
def test_a_member_is_suspended_and_takes_part_again(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001
) -> None:
    """A1: what Carla had open is refused and kept; she reads who, until when and why, and is let write again."""
    oscar, carla = hands(open_page, live_server, javascript=javascript)
    carla.page.goto(f"{THREADS}new?kind=talk")
    carla.write(carla.page.get_by_label("Title"), "One more thing")
    carla.write(carla.page.get_by_label("Your text"), "And another thing!")
    oscar.page.goto("/s/champions/members")
    oscar.press(oscar.page.get_by_role("link", name="Change the membership of Carla Champion").first)
    oscar.press(oscar.page.get_by_text("Suspend Carla Champion"))
    oscar.write(oscar.page.get_by_label("Why"), "Shouting at newcomers.")
    oscar.press(button(oscar.page, "Suspend them"))
    expect(oscar.page.get_by_text("Carla Champion is suspended until")).to_be_visible()
    carla.press(button(carla.page, "Start the thread"))
    expect(carla.page.get_by_text("You are suspended in this space until").first).to_be_visible()
    expect(carla.page.get_by_text("And another thing!")).to_be_visible()
    carla.page.goto(THREADS)
    expect(carla.page.get_by_text("Shouting at newcomers.")).to_be_visible()
    expect(link(carla.page, "Ask a question")).to_have_count(0)
    oscar.press(button(oscar.page, "End the suspension now"))
    carla.page.goto(THREADS)
    expect(link(carla.page, "Ask a question").first).to_be_visible()


@pytest.mark.parametrize("javascript", WAYS)
def test_an_announcement_is_made_and_stands_out(open_page: Pages, live_server: LiveServer, javascript: bool) -> None:  # noqa: FBT001
    """The form says how many are told; Carla finds it on Today and can't reply, as Oscar chose."""
    oscar, carla = hands(open_page, live_server, javascript=javascript)
    oscar.page.goto(THREADS)
    oscar.press(link(oscar.page, "Announce something to all members"))
    expect(heading(oscar.page, "Announce something")).to_be_visible()
    expect(oscar.page.get_by_text("4 people will be told: 4 by mail").first).to_be_visible()
    oscar.write(oscar.page.get_by_label("Title"), "The depot moves")
    oscar.page.get_by_label("Nobody but organisers replies").check()
    oscar.write(oscar.page.get_by_label("Your text"), "On Monday, to the old fire station.")
    oscar.press(button(oscar.page, "Announce it"))
    expect(oscar.page.get_by_text("It is announced. Members are told, once")).to_be_visible()
    who_was_told(live_server.app, oscar, javascript=javascript)
    carla.page.goto("/s/champions/")
    expect(carla.page.get_by_text("On Monday, to the old fire station.")).to_be_visible()
    carla.press(link(carla.page, "The depot moves"))
    expect(carla.page.get_by_text("It is an announcement, and takes no replies.")).to_be_visible()
    expect(button(carla.page, "Post reply")).to_have_count(0)
    carla.page.goto(THREADS)
    expect(carla.page.locator("li.thread").first).to_contain_text("Announcement")


def who_was_told(app: Flask, oscar: Hand, *, javascript: bool) -> None:
    """Read the ledger of what was just announced, and one's own."""
    with app.test_request_context("/"):
        for fact_id in claim_facts(limit=10):
            expand(fact_id, book=book_of(app))
    oscar.press(link(oscar.page, "Who was told of it"))
    expect(heading(oscar.page, "Who was told of the announcement")).to_be_visible()
    expect(oscar.page.locator("dl.facts div").filter(has_text="Told in the app")).to_contain_text("4")
    expect(oscar.page.locator("dl.facts div").filter(has_text="Mail waits")).to_contain_text("4")
    if javascript:
        assert_accessible(oscar.page)
    oscar.page.goto("/me/told")
    expect(heading(oscar.page, "What you were told")).to_be_visible()
    if javascript:
        assert_accessible(oscar.page)


@pytest.mark.parametrize("javascript", WAYS)
def test_who_writes_very_much_waits_and_sends_the_same_later(
    open_page: Pages,
    live_server: LiveServer,
    javascript: bool,  # noqa: FBT001
) -> None:
    """The text stays in the form; when the time has come, one press sends it."""
    baton = live_server.app.extensions["baton"]
    live_server.app.extensions["baton"] = replace(baton, settings=replace(baton.settings, posts_per_person=1))
    try:
        _oscar, carla = hands(open_page, live_server, javascript=javascript)
        carla.page.goto(f"{THREADS}new?kind=talk")
        carla.write(carla.page.get_by_label("Title"), "What I found")
        carla.write(carla.page.get_by_label("Your text"), "A drawer of keys.")
        carla.press(button(carla.page, "Start the thread"))
        carla.write(carla.page.get_by_label("Your reply"), "And their labels.")
        carla.press(button(carla.page, "Post reply"))
        expect(carla.page.get_by_text("You have written 1 post in 10 minutes. You can go on at")).to_be_visible()
        expect(carla.page.get_by_label("Your reply")).to_have_value("And their labels.")
        with live_server.app.app_context(), transaction():
            for window in db.session.scalars(db.select(RateWindow)):
                window.started_at = now() - timedelta(minutes=11)
        carla.press(button(carla.page, "Post reply"))
        expect(carla.page.locator("#p2")).to_contain_text("And their labels.")
    finally:
        live_server.app.extensions["baton"] = baton
