"""Somebody goes on holiday: what breaks, cover in one press, who meets whom meanwhile, and the page on return (journey 5)."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from forum.core.db import db, transaction
from forum.core.time import today
from forum.notify.book import book_of
from forum.notify.expansion import claim_facts, expand
from forum.roster.models import Absence, CoverRequest, CoverSlot
from forum.threads import actions
from forum.threads.models import Section
from tests import factories
from tests.cast import Cast
from tests.content.steps import said, standing
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
A_DAY = timedelta(days=1)


def let_a_day_pass() -> None:
    """Move the absence, its requests and their cover back by a day, the earliest first: no two lie on one half-day meanwhile."""
    with transaction():
        for row in [*db.session.scalars(select(Absence)), *db.session.scalars(select(CoverRequest))]:
            row.start_day, row.end_day = row.start_day - A_DAY, row.end_day - A_DAY
        for day in db.session.scalars(select(CoverSlot.day).distinct().order_by(CoverSlot.day)).all():
            db.session.execute(update(CoverSlot).where(CoverSlot.day == day).values(day=day - A_DAY))


def test_a_holiday_is_covered_and_one_page_says_what_happened_meanwhile(
    open_page: Pages, live_server: LiveServer, cast: Cast
) -> None:
    """D1, D2, D5, D9: pick the days, ask for all of it, a colleague takes one, is told who is named, and the brief says so."""
    app = live_server.app
    with app.app_context():
        for title in ("Inbox", "Banner"):
            factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title=title)
    carla, colin = Hand(page=open_page()), Hand(page=open_page())
    sign_in(carla.page, "carla.champion", app=app)
    sign_in(colin.page, "colin.colleague", app=app)
    carla.page.goto("/me/away/new")
    carla.page.get_by_label("Last day away").fill((today("Europe/London") + A_DAY).isoformat())
    carla.press(button(carla.page, "See what breaks"))
    for title in ("Inbox", "Banner"):
        expect(carla.page.get_by_label(f"Ask for cover of {title}")).to_be_visible()
    assert_accessible(carla.page)
    carla.press(button(carla.page, "Save and ask for cover"))
    expect(carla.page.get_by_text("Asked for, nobody has taken it yet")).to_have_count(2)
    address = carla.page.url

    colin.page.goto("/s/champions/roster/cover")
    expect(colin.page.get_by_text("2 requests wait for somebody.")).to_be_visible()
    colin.press(link(colin.page, "Look at Inbox"))
    colin.press(button(colin.page, "I’ll cover all of it"))
    expect(colin.page.get_by_text("Colin Colleague covers").first).to_be_visible()

    with app.test_request_context("/"):
        section = db.session.scalars(db.select(Section)).first()
        assert section is not None
        with transaction():
            words = said("Carla, who empties it?", naming=("carla.champion",))
            asking = standing(cast.organiser)
            actions.start(asking, title="Who empties it?", section=section, text=words, is_question=True)
        for fact_id in claim_facts(limit=20):
            expand(fact_id, book=book_of(app))
        let_a_day_pass()
    colin.page.goto("/me/notifications")
    expect(colin.page.get_by_text("Oscar Organiser named somebody you cover for")).to_be_visible()
    expect(link(colin.page, "Who empties it?")).to_be_visible()

    carla.page.goto(address)
    carla.press(button(carla.page, "I’m back"))
    expect(heading(carla.page, "While you were away")).to_be_visible()
    lines = carla.page.get_by_role("listitem")
    expect(lines.filter(has_text="Inbox")).to_contain_text("Colin Colleague")
    expect(lines.filter(has_text="Who empties it?").first).to_contain_text("Oscar Organiser")
    assert_accessible(carla.page)
