"""The grid of the next weeks: what its cells say, where it leads, and what it costs."""

import gzip
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db
from forum.core.halves import Half, Span, half_at
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.queries import who_holds
from forum.roster.queries.grid import Looks, grid_of
from forum.spaces.models import Audience, Item, Role
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import queries, standing

AsPerson = Callable[[Person], Browserless]
WEEKS = "/s/champions/roster/weeks"


@pytest.mark.both_databases
def test_each_cell_says_what_who_holds_says_and_each_row_fills_the_weeks(app: Flask, cast: Cast) -> None:
    """D1: held, covered, asked for in part, a gap, vacant and not running, half-days among them."""
    with app.test_request_context("/"):
        space, by = cast.champions, cast.organiser
        start = Half(half_at(now(), zone=space.zone) + 15)
        span = Span(start, Half(start + 8))
        factories.make_absence(cast.colleague, span)
        inbox = factories.make_duty(space, by=by, holder=cast.colleague, title="Inbox")
        factories.make_cover_request(
            inbox, away=cast.colleague, span=Span(start, Half(start + 2)), taken_by=cast.champion
        )
        factories.make_cover_request(inbox, away=cast.colleague, span=Span(Half(start + 3), Half(start + 5)))
        factories.make_duty(space, by=by, holder=cast.colleague, deputy=cast.steward, title="Banner")
        factories.make_duty(space, by=by, title="Snow", last_day=today(space.zone) + timedelta(days=20))
        grid = grid_of(standing(cast.reader))
        rows = {row.title: row for row in grid.rows}
        looks = [cell.looks for cell in rows["Inbox"].cells]
        assert looks == [Looks.HELD, Looks.COVER, Looks.ASK, Looks.GAP, Looks.HELD]
        assert [cell.looks for cell in rows["Banner"].cells] == [Looks.HELD, Looks.COVER, Looks.HELD]
        assert [cell.looks for cell in rows["Snow"].cells] == [Looks.GAP, Looks.REST]
        for row in grid.rows:
            assert sum(len(cell.span) for cell in row.cells) == 12 * 14
            assert all(
                one.span.last + 1 == other.span.first for one, other in zip(row.cells, row.cells[1:], strict=False)
            )
        item = db.session.query(Item).filter_by(ref=rows["Inbox"].ref).one()
        for days in range(1, 20):
            at = now() + timedelta(days=days, hours=days)
            half = half_at(at, zone=space.zone)
            (cell,) = [one for one in rows["Inbox"].cells if half in one.span]
            assert cell.held == who_holds(item.id, at), at


def test_the_page_is_a_table_whose_cells_name_their_days_and_gaps_lead_to_the_duty(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="<Inbox>")
        factories.make_absence(cast.colleague, starts=3)
        ref = db.session.get_one(Item, duty.id).ref
        factories.make_duty(cast.champions, by=cast.organiser, title="For organisers", audience=Audience.ORGANISERS)
    page = as_person(cast.champion).get(WEEKS).text
    assert "&lt;Inbox&gt;" in page
    assert "For organisers" not in page
    assert '<caption class="vh">' in page
    assert page.count('scope="col"') == 13
    assert "1 gap" in page
    assert "Colin Colleague is away" in page
    found = re.search(rf'<a href="([^"]+{ref})">Ask for cover', page)
    assert found
    assert as_person(cast.champion).get(found[1]).status_code == 200
    assert "Ask for cover" not in as_person(cast.reader).get(WEEKS).text
    assert "For organisers" in as_person(cast.organiser).get(WEEKS).text


def test_weeks_are_leafed_through_and_nonsense_shows_this_week(cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.champion)
    for asked in ("nonsense", "9999-12-31", "0001-01-01", "2026-02-31", "%00", "-1", "1999-01-01"):
        answer = client.get(f"{WEEKS}?from={asked}&weeks={asked}")
        assert answer.status_code == 200, asked
    page = client.get(WEEKS).text
    assert "Earlier" not in page
    later = re.search(r'href="([^"]+)">Later', page)
    assert later
    assert "Earlier" in client.get(later[1].replace("&amp;", "&")).text


def test_sixty_duties_cost_as_many_statements_as_one_and_half_a_year_stays_small(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Issue numbers: constant queries; 60 duties by 26 weeks with 200 absences and covers are under 20 kB compressed."""
    with app.app_context():
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    client = as_person(cast.reader)
    client.get(WEEKS)
    with queries(app) as few:
        client.get(WEEKS)
    with app.test_request_context("/"):
        people = [factories.make_person() for _number in range(20)]
        for person in people:
            factories.make_membership(cast.champions, person, role=Role.CHAMPION)
        duties = [
            factories.make_duty(cast.champions, by=cast.organiser, holder=people[number % 20]) for number in range(59)
        ]
        for number in range(100):
            away, cover = people[number % 20], people[(number + 1) % 20]
            absence = factories.make_absence(away, starts=2 + number // 20 * 21, days=3)
            factories.make_cover_request(duties[number % 20], away=away, span=absence.span, taken_by=cover)
    with queries(app) as many:
        client.get(WEEKS)
    assert len(few) == len(many) <= 12
    page = client.get(f"{WEEKS}?weeks=26").data
    assert len(gzip.compress(page)) < 20_000
