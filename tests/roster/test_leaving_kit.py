"""What meetups leave in a kit: agenda items put forward, seats, coming every time; who is away; one person asked for all (D7)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied, RuleBroken
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.meetups.actions.turning_up import come_always
from forum.meetups.day.actions import agenda
from forum.meetups.day.actions.agenda import Proposal
from forum.meetups.day.models import AgendaItem
from forum.meetups.models import Answer, Mode, Rsvp, StandingRsvp
from forum.meetups.recurrence import Rhythm
from forum.people.models import Person
from forum.roster.actions import leaving, leaving_kit, vacating
from forum.roster.actions.asking_for_all import offer_all
from forum.roster.models import LeavingItem, LeavingState
from forum.roster.queries.leaving import vacant_in
from forum.spaces.feature import obligations_of
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_leaving import after, ahead, filed, held, states
from tests.roster.test_leaving_rooms import hosted, offered, seconded, taken

AsPerson = Callable[[Person], Browserless]


def in_a_month() -> datetime:
    return (now() + timedelta(days=30)).replace(tzinfo=None, hour=10, minute=0, second=0, microsecond=0)


def attended(cast: Cast) -> tuple[int, int, int]:
    """The champion comes to a weekly meetup every time, has the only seat of another, and brings something to it."""
    weekly = factories.make_meetup(cast.champions, by=cast.organiser, title="Clinic", rhythm=Rhythm.WEEKLY)
    with transaction():
        come_always(standing(cast.champion), weekly.id, mode=Mode.ROOM)
    single = factories.make_meetup(
        cast.champions, by=cast.organiser, title="Show and tell", seats=1, start=in_a_month()
    )
    (one,) = factories.dates_of(single)
    factories.make_rsvp(one, cast.champion)
    factories.make_rsvp(one, cast.colleague, status=Answer.WAITING)
    with transaction():
        point = agenda.propose(standing(cast.champion), single.id, one.id, Proposal(title="From 31 fields to 9"))
    return weekly.id, one.id, point.id


@pytest.mark.both_databases
def test_what_is_put_forward_is_passed_on_and_seats_end_with_the_last_day(app: Flask, cast: Cast) -> None:
    """D7: an agenda item is a colleague's who takes it; what is nobody's but theirs is closed, never vacant, and the line moves."""
    with app.test_request_context("/"):
        weekly, date_id, point_id = attended(cast)
        assert {one.kind for one in obligations_of(cast.champion)} == {"agenda", "seat", "standing"}
        filed(cast.champion)
        taken(cast.colleague, offered(cast, "agenda", str(point_id), cast.colleague))
        assert db.session.get_one(AgendaItem, point_id, populate_existing=True).brought_by_id == cast.colleague.id
        with pytest.raises(RuleBroken), transaction():
            leaving_kit.offer(standing(cast.champion), cast.champion, "seat", str(date_id), cast.colleague)
        vacating.end_due(at=after(ahead()))
        found = db.session.execute(db.select(LeavingItem.kind, LeavingItem.state)).all()
        assert dict(sorted((kind, state) for kind, state in found)) == {
            "agenda": LeavingState.ACCEPTED,
            "seat": LeavingState.CLOSED,
            "standing": LeavingState.CLOSED,
        }
        assert vacant_in(standing(cast.organiser)) == []
        db.session.expire_all()
        assert db.session.get_one(Rsvp, (date_id, cast.colleague.id)).status is Answer.GOING
        assert db.session.get(StandingRsvp, (weekly, cast.champion.id)) is None


@pytest.mark.usefixtures("context")
def test_what_is_brought_and_nobody_takes_is_vacant_until_somebody_brings_it(cast: Cast) -> None:
    _weekly, _date, point_id = attended(cast)
    with transaction():
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=ahead())
    vacating.end_due(at=after(ahead()))
    found = vacant_in(standing(cast.organiser))
    assert [(one.kind, one.title) for one in found] == [("agenda", "From 31 fields to 9")]
    with transaction():
        db.session.get_one(AgendaItem, point_id).brought_by_id = cast.colleague.id
    assert vacant_in(standing(cast.organiser)) == []


@pytest.mark.both_databases
def test_one_person_is_asked_for_all_that_is_open(app: Flask, cast: Cast) -> None:
    """D7: duties with their handovers, meetups, accounts; what they can't be asked for stays open and is named; twice is once."""
    with app.test_request_context("/"):
        held(cast, title="Inbox")
        hosted(cast, cast.champion)
        seconded(cast, cast.champion)
        attended(cast)
        filed(cast.champion)
        with pytest.raises(Denied), transaction():
            offer_all(standing(cast.colleague), cast.champion, cast.colleague)
        with pytest.raises(RuleBroken, match="reads along"), transaction():
            offer_all(standing(cast.champion), cast.champion, cast.reader)
        assert LeavingState.OFFERED not in states(cast.champion).values()
        with transaction():
            asked, left = offer_all(standing(cast.organiser), cast.champion, cast.colleague)
        assert sorted(asked) == ["Clinic", "From 31 fields to 9", "Inbox", "Our page"]
        assert left == []
        with pytest.raises(RuleBroken, match="Nothing is open"), transaction():
            offer_all(standing(cast.organiser), cast.champion, cast.colleague)
        kinds = [row.kind for row in db.session.scalars(db.select(FactRow))]
        assert (kinds.count("leaving offered"), kinds.count("handover offered")) == (1, 0)


def test_the_page_says_who_is_away_and_asks_one_person_for_all(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        held(cast, title="Inbox")
        seconded(cast, cast.champion)
        attended(cast)
        factories.make_absence(cast.colleague)
        filed(cast.champion)
    champion, organiser = as_person(cast.champion), as_person(cast.organiser)
    page = champion.get("/me/leaving/").text
    for words in (
        "From 31 fields to 9",
        "Coming every time",
        "Seat at a meetup",
        "Colin Colleague (away until",
        "Ask for all of it",
    ):
        assert words in page, words
    assert champion.send("/me/leaving/settle", space="champions", all="1", person="").status_code == 409
    path = "/s/champions/roster/leaving/carla.champion"
    assert "Colin Colleague (away until" in organiser.get(path).text
    assert organiser.send(f"{path}/settle", space="champions", all="1", person="colin.colleague").status_code == 303
    assert "is asked to take 3 things" in organiser.get(path).text
