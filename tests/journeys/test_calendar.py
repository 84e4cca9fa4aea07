"""Absences from a calendar, to the grid and back into a calendar: with script and without."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from forum.core.time import today
from tests import factories
from tests.cast import Cast
from tests.factories.calendars import away_days, make_calendar
from tests.journeys.steps import Hand, button, heading, link, sign_in
from tests.support.browser import Pages, assert_accessible
from tests.support.server import LiveServer

pytestmark = [pytest.mark.journey]


@pytest.mark.parametrize("script", [pytest.param(True, id="script"), pytest.param(False, id="no-script")])
def test_a_calendar_is_read_looked_at_and_noted_and_grid_and_feed_agree(
    open_page: Pages, live_server: LiveServer, cast: Cast, *, script: bool
) -> None:
    """The champion's file makes a gap in the grid, and a hole in the calendar that they follow."""
    first = today("Europe/London") + timedelta(days=10)
    with live_server.app.test_request_context("/"):
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Facebook inbox")
    carla = Hand(page=open_page(javascript=script))
    page = carla.page
    sign_in(page, "carla.champion", app=live_server.app)
    page.goto("/s/champions/roster/weeks")
    expect(page.get_by_role("table")).to_contain_text("Carla Champion")
    carla.press(link(page, "Take absences over from a calendar"))
    give(carla, b"hello")
    expect(page.get_by_text("That is no calendar file").first).to_be_visible()
    give(
        carla,
        make_calendar(away_days("1", first, 4, "SUMMARY:Operation"), away_days("2", first - timedelta(days=30), 2)),
    )
    expect(heading(page, "What the calendar says")).to_be_visible()
    expect(page.get_by_text("1 entry is over")).to_be_visible()
    expect(page.get_by_text("Operation")).to_have_count(0)
    if script:
        assert_accessible(page)
    carla.press(button(page, "Note these absences"))
    expect(page.get_by_text("1 absence is noted.")).to_be_visible()
    gap = page.locator("#gaps li")
    expect(gap).to_have_count(1)
    expect(gap).to_contain_text("Facebook inbox")
    if script:
        assert_accessible(page)
    holes = follow(carla, live_server)
    assert holes == [(first, first + timedelta(days=4))]
    carla.page.goto("/s/champions/roster/weeks")
    carla.press(page.get_by_role("link", name="Ask for cover"))
    expect(heading(page, "Facebook inbox")).to_be_visible()


def give(hand: Hand, data: bytes) -> None:
    hand.page.get_by_label("Calendar file").set_input_files(
        {"name": "away.ics", "mimeType": "text/calendar", "buffer": data}
    )
    hand.press(button(hand.page, "Look at it first"))


def follow(hand: Hand, live_server: LiveServer) -> list[tuple[object, object]]:
    """Make the address, fetch it as a programme does, and return where nothing stands between two events."""
    hand.press(button(hand.page, "My duties and covers"))
    address = hand.page.locator("#feed-made").input_value()
    answer = live_server.app.test_client().get(address[address.index("/feeds/") :])
    calendar: Any = Calendar.from_ical(answer.data)
    spans = sorted((event["DTSTART"].dt, event["DTEND"].dt) for event in calendar.walk("VEVENT"))
    return [(end, start) for (_start, end), (start, _end) in pairwise(spans) if start != end]
