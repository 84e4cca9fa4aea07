"""Journey 8: the strategy is written, signed by link, printed on one side of A4, and reviewed on its date."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from forum.core.db import db
from forum.strategy.models import SignOff
from forum.strategy.tokens import signing_token
from tests.cast import Cast
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]
HOME = "/s/champions/strategy/"
Look = Callable[[Page], None]


def unseen(_page: Page) -> None:
    """Look at nothing."""


def links_sent(app: Flask) -> list[str]:
    """Return the addresses in the mails to who was asked and whose turn it is, in order."""
    with app.test_request_context("/"):
        rows = db.session.scalars(db.select(SignOff).where(SignOff.sent_at.is_not(None)).order_by(SignOff.place)).all()
        return [f"/sign/{signing_token(one.nonce)}" for one in rows]


def write_it(carla: Hand, *, javascript: bool, look: Look) -> None:
    """Write the first version; a target that is before its start is refused, and nothing is lost."""
    page = carla.page
    page.goto(HOME)
    carla.press(link(page, "Begin the strategy"))
    carla.write(page.get_by_label("Title", exact=True), "Helping Fenbridge online")
    carla.write(page.get_by_label("Where do we want to be?"), "Anyone can ask us, and gets an answer within a day.")
    carla.write(page.get_by_label("On which day?"), "31 March 2028")
    carla.write(page.get_by_label("What are the next steps?"), "A champion in every department.")
    activity = page.get_by_role("group", name="Activity 1")
    carla.write(activity.get_by_label("What is done"), "Weekly tips")
    measure = page.get_by_role("group", name="Measure 1")
    carla.write(measure.get_by_label("What is counted"), "Questions answered in a day")
    carla.write(measure.get_by_label("It was"), "50")
    carla.write(measure.get_by_label("On", exact=True), "1 January 2020")
    carla.write(measure.get_by_label("It should become"), "90")
    carla.write(measure.get_by_label("By", exact=True), "1 January 2019")
    if javascript:
        expect(page.get_by_text("51 of about 320 characters")).to_be_visible()
        expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved")
    carla.press(button(page, "Save this version"))
    expect(page.get_by_role("alert")).to_contain_text("isn’t after the day of the start")
    expect(measure.get_by_label("It should become")).to_have_value("90")
    measure.get_by_label("By", exact=True).fill("1 January 2028")
    look(page)
    carla.press(button(page, "Save this version"))
    expect(heading(page, "Helping Fenbridge online")).to_be_visible()


def sign_it(oscar: Hand, signer: Hand, *, app: Flask, look: Look) -> None:
    """Ask two, who sign one after the other, and check what the code says."""
    oscar.page.goto(f"{HOME}signatures")
    oscar.write(
        oscar.page.get_by_label("Whom to ask, in this order"), "boss@fenbridge.example\nchief@fenbridge.example"
    )
    oscar.press(button(oscar.page, "Ask them"))
    expect(oscar.page.get_by_text("not answered yet")).to_be_visible()
    look(oscar.page)
    sheet = signer.page
    for name in ("Bea Boss", "Ruth Abernethy"):
        sheet.goto(links_sent(app)[-1])
        look(sheet)
        signer.write(sheet.get_by_label("Your name"), name)
        signer.write(sheet.get_by_label("What you are"), "Chief Executive")
        sheet.get_by_label("It is me whom this was sent to").check()
        signer.press(button(sheet, "Sign version 1"))
        expect(heading(sheet, f"Thank you, {name}")).to_be_visible()
    signer.press(link(sheet, "Check it"))
    expect(sheet.get_by_text("It is good")).to_be_visible()
    look(sheet)


def print_it(page: Page, *, look: Look) -> None:
    """Print the page as people do: one side, with names and codes, and nothing that is pressed."""
    page.goto(HOME)
    look(page)
    printed = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 1
    said = printed.pages[0].extract_text()
    for words in ("Helping Fenbridge online", "Ruth Abernethy", "Bea Boss", "check", "A champion in every department."):
        assert words in said
    assert "Change it" not in said


def look_at_it_again(carla: Hand, oscar: Hand, *, look: Look) -> None:
    """Answer, close it into a draft, and see what the draft changes."""
    page = carla.page
    page.goto(f"{HOME}review")
    look(page)
    carla.write(page.get_by_label("Are we closer to where we want to be?"), "A little.")
    carla.press(button(page, "Keep my answers"))
    oscar.page.goto(f"{HOME}review")
    oscar.write(oscar.page.get_by_label("What comes of it"), "A deputy, too.")
    oscar.press(button(oscar.page, "Close it into a new draft"))
    expect(heading(oscar.page, "Write the strategy")).to_be_visible()
    oscar.page.get_by_label("What are the next steps?").fill("A champion and a deputy in every department.")
    oscar.press(button(oscar.page, "Save this version"))
    expect(oscar.page.locator("ins")).to_contain_text("and a deputy")
    look(oscar.page)
    page.goto(HOME)
    expect(page.get_by_text(re.compile("Version 3 is a draft"))).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["pointer", "no-script"])
def test_it_is_written_signed_printed_and_looked_at_again(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, javascript: bool
) -> None:
    """G1: from the first word to the next draft; whoever signs needs no account."""
    app, width = live_server.app, 1280 if javascript else 390
    carla, oscar, signer = (Hand(page=open_page(javascript=javascript, width=width)) for _one in range(3))
    sign_in(carla.page, cast.champion.handle, app=app)
    sign_in(oscar.page, cast.organiser.handle, app=app)
    look: Look = assert_accessible if javascript else unseen  # axe is a script
    write_it(carla, javascript=javascript, look=look)
    sign_it(oscar, signer, app=app, look=look)
    print_it(carla.page, look=look)
    look_at_it_again(carla, oscar, look=look)
    page = carla.page
    page.goto(f"{HOME}measures")
    carla.press(page.get_by_text("Note a value"))
    carla.write(page.get_by_label("What it was"), "72 %")
    carla.press(button(page, "Note it"))
    expect(page.get_by_text("It is 72.")).to_be_visible()
    look(page)
