"""Journey 3, whole: hot water, Friday 17:00. Whoever is on duty is paged, then the deputy, then the organisers; it ends as a story."""

import re
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import expect

from forum.core.db import db, transaction
from forum.help.actions.choosing import may_be_asked
from forum.help.models import Case
from forum.help.tokens import answer_token
from forum.people.models import Person
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.help.steps import friday, on_duty, pages, ref_of, worker_looks
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
TITLE = "The home page says that all schools are shut"


@pytest.mark.parametrize("javascript", [True, False], ids=["pointer", "no-script"])
def test_friday_17_00(open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool) -> None:
    """D1, D9: never the one who is away; "I've got this" with name and time; closing opens a story with the fields filled in."""
    app, at = live_server.app, friday()
    with time_machine.travel(at, tick=True):
        furnish(app, cast)
        carla, colin = Hand(page=open_page(javascript=javascript)), Hand(page=open_page(javascript=javascript))
        sign_in(carla.page, "carla.champion", app=app)
        sign_in(colin.page, "colin.colleague", app=app)
        page = carla.page
        page.goto("/s/champions/")
        carla.press(link(page, "I need help now"))
        expect(page.get_by_role("complementary").get_by_text("Colin Colleague")).to_be_visible()
        expect(page.get_by_text("Away Andy")).to_have_count(0)
        if javascript:
            assert_accessible(page)
        page.get_by_label("What is wrong, in one sentence").fill(TITLE)
        page.get_by_label("What happened?").fill("It says so since five.")
        page.get_by_label("Whom does it affect?").fill("Every parent")
        page.get_by_label("What have you tried?").fill("Clearing the cache")
        carla.press(button(page, "Ask for help now"))
        expect(heading(page, TITLE)).to_be_visible()
        expect(page.get_by_text("Nobody has it yet").first).to_be_visible()
        if javascript:
            assert_accessible(page)
        where = page.url.partition("#")[0]
        with app.test_request_context("/"):
            asked = [name for _step, name in pages(db.session.scalars(db.select(Case)).one())]
        assert asked == ["Colin Colleague"], "on duty though his week is over, and not who is away"
        take(colin, where, javascript=javascript)
        page.goto(where)
        expect(page.get_by_text("Colin Colleague has got this").first).to_be_visible()
        close(colin, where)


def furnish(app: Flask, cast: Cast) -> None:
    """Have Andy on duty and away, and Colin cover as the deputy, whose working week ended on Thursday."""
    with app.app_context():
        andy = factories.make_person(name="Away Andy")
        factories.make_membership(cast.champions, andy)
        on_duty(cast, andy, deputy=cast.colleague)
        factories.make_absence(andy)
        with transaction():
            db.session.get_one(Person, cast.colleague.id).working_days = 0b0001111


def take(hand: Hand, where: str, *, javascript: bool) -> None:
    page = hand.page
    page.goto("/s/champions/")
    expect(page.get_by_text("Somebody needs help now.")).to_be_visible()
    if javascript:
        assert_accessible(page)
    page.goto(where)
    hand.press(button(page, "I’ve got this"))
    expect(page.get_by_text("It is yours.")).to_be_visible()


def close(hand: Hand, where: str) -> None:
    page = hand.page
    page.goto(where)
    page.get_by_text("Close it with what helped").click()
    page.get_by_label("What helped?").fill("Took the banner down by hand.")
    hand.press(button(page, "Close it"))
    hand.press(link(page, "Tell it as a story"))
    expect(page.get_by_label("What happened, in one sentence")).to_have_value(TITLE)
    expect(page.get_by_label("What fixed it?")).to_have_value(re.compile("Took the banner down"))
    expect(page.get_by_label("Who was affected, and for how long?")).to_have_value("Every parent")
    hand.press(button(page, "Tell the story"))
    expect(heading(page, TITLE)).to_be_visible()
    page.goto(where)
    expect(page.get_by_text("Told as a story:")).to_be_visible()


def test_nobody_answers_and_it_goes_to_the_deputy_then_to_an_organiser_who_takes_it_from_the_mail(
    open_page: Pages, live_server: LiveServer, cast: Cast
) -> None:
    """Journey 3 in one go: Friday 17:00, past who is away and past two who don't answer, to the story with its fields filled in."""
    app, at = live_server.app, friday()
    with app.app_context():
        dora, andy = factories.make_person(name="Dora Deputy"), factories.make_person(name="Away Andy")
        for one in (dora, andy):
            factories.make_membership(cast.champions, one)
        on_duty(cast, cast.colleague, deputy=dora)
        factories.make_absence(andy, days=60)
        with transaction():
            may_be_asked(standing(andy), is_willing=True)
    with time_machine.travel(at, tick=True):
        carla = open_page()
        sign_in(carla, "carla.champion", app=app)
        carla.goto("/s/champions/help/new")
        carla.get_by_label("What is wrong, in one sentence").fill(TITLE)
        carla.get_by_label("Whom does it affect?").fill("Every parent")
        carla.get_by_label("What happened?").fill("It says so since five.")
        expect(carla.get_by_text("Draft saved at")).to_be_visible()
        carla.reload()
        expect(carla.get_by_text("Nobody has been asked yet.")).to_be_visible()
        expect(carla.get_by_label("What happened?")).to_have_value("It says so since five.")
        button(carla, "Ask for help now").click()
        expect(heading(carla, TITLE)).to_be_visible()
        where = carla.url.partition("#")[0]
        carla.goto("/s/champions/help/new")
        expect(carla.get_by_label("What happened?")).to_have_value("")
    for minutes in (16, 32):
        with app.test_request_context("/"):
            assert worker_looks(at + timedelta(minutes=minutes)) == 1
    with time_machine.travel(at + timedelta(minutes=33), tick=True):
        with app.test_request_context("/"):
            case = db.session.scalars(db.select(Case)).one()
            asked = pages(case)
            key = answer_token(ref_of(case), case.round, cast.organiser.id)
        assert [name for _step, name in asked] == [
            "Colin Colleague", "Dora Deputy", "Oscar Organiser", "Stella Steward",
        ], "and not who is away"  # fmt: skip
        oscar = open_page()
        oscar.goto(f"/help/{key}")
        expect(heading(oscar, TITLE)).to_be_visible()
        assert_accessible(oscar)
        button(oscar, "I’ve got this").click()
        expect(oscar.get_by_text("You have got this.")).to_be_visible()
        carla.goto(where)
        expect(carla.get_by_text("Oscar Organiser has got this").first).to_be_visible()
        for words in ("Dora Deputy", "Oscar Organiser, Stella Steward"):
            expect(carla.get_by_text(words).first).to_be_visible()
        sign_in(oscar, "oscar.organiser", app=app)
        close(Hand(page=oscar), where)
        carla.goto(where)
        expect(carla.get_by_text("Told as a story:")).to_be_visible()
        assert_accessible(carla)
