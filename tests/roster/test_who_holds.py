"""Who holds a duty: the one rule, against a second telling of it, and the same on both databases (D1)."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from forum.core.db import db, transaction
from forum.core.halves import SECOND, Half, Span, begins, ends, half_at, half_of
from forum.core.time import now, today
from forum.people.models import PersonState
from forum.roster.models import Duty, Place
from forum.roster.queries import book_of, who_hold, who_holds
from forum.roster.who import Away, Book, DutyFacts, Hold, Slot, Why
from forum.spaces.models import ItemState, Membership, Space
from tests import factories
from tests.cast import Cast
from tests.content.steps import queries

DAY = date(2026, 10, 19)  # the Monday before the clocks change in London
HOLDER, DEPUTY, COVER, OTHER = 1, 2, 3, 4
ZONE = "Europe/London"
HALVES = st.integers(half_of(DAY), half_of(DAY + timedelta(days=13))).map(Half)
SPANS = st.tuples(HALVES, HALVES).map(lambda two: Span(min(two), max(two)))
INSTANTS = st.datetimes(
    datetime(2026, 10, 18),  # noqa: DTZ001  # hypothesis wants them naive
    datetime(2026, 11, 3),  # noqa: DTZ001  # likewise
    timezones=st.just(UTC),
)


def facts(**others: object) -> DutyFacts:
    """Return a duty of a holder with a deputy."""
    known: dict[str, object] = {
        "id": 1,
        "space_id": 1,
        "zone": ZONE,
        "midday": time(13),
        "first_day": DAY - timedelta(days=90),
        "last_day": None,
        "ended_on": None,
        "turn_weeks": None,
        "turns_from": None,
        "holders": [Hold(HOLDER, DAY - timedelta(days=90), None)],
        "deputies": [Hold(DEPUTY, DAY - timedelta(days=90), None)],
    }
    return DutyFacts(**{**known, **others})  # type: ignore[arg-type]  # as the test says


def at_noon(day: date, hour: int = 9) -> datetime:
    """Return a morning in UTC."""
    return datetime.combine(day, time(hour), UTC)


def is_away(absences: list[Away], half: Half, at: datetime) -> bool:
    return any(
        one.span.first <= half <= one.span.last and not (one.returned_at and one.returned_at <= at) for one in absences
    )


@given(
    holder_away=st.lists(st.tuples(SPANS, st.none() | INSTANTS), max_size=3),
    deputy_away=st.lists(SPANS, max_size=1),
    cover_away=st.lists(SPANS, max_size=1),
    slots=st.dictionaries(HALVES, st.sampled_from([HOLDER, OTHER]), max_size=12),
    until=st.none() | st.dates(DAY, DAY + timedelta(days=13)),
    at=INSTANTS,
    now_=INSTANTS,
)
def test_the_rule_is_the_one_that_is_told_and_runs_say_the_same(  # what hypothesis finds
    holder_away: list[tuple[Span, datetime | None]],
    deputy_away: list[Span],
    cover_away: list[Span],
    slots: dict[Half, int],
    until: date | None,
    at: datetime,
    now_: datetime,
) -> None:
    """D1: holder, else their cover, else the deputy, else nobody; and a run says what the instants in it say."""
    away = {
        HOLDER: [Away(span, back) for span, back in holder_away],
        DEPUTY: [Away(span, None) for span in deputy_away],
        COVER: [Away(span, None) for span in cover_away],
    }
    duty = facts(
        holders=[Hold(HOLDER, DAY - timedelta(days=90), until)],
        slots={half: Slot(COVER, away_id, 7, though_away=False) for half, away_id in slots.items()},
    )
    book = Book({1: duty}, away)
    half = half_at(at, zone=ZONE)
    owner = None if until and at.astimezone(UTC) >= begins(half_of(until), zone=ZONE) else HOLDER
    if owner and not is_away(away[HOLDER], half, at):
        expected = HOLDER
    elif owner and slots.get(half) == owner and not is_away(away[COVER], half, at):
        expected = COVER
    elif not is_away(away[DEPUTY], half, at):
        expected = DEPUTY
    else:
        expected = None
    held = book.at(1, at)
    assert held.person_id == expected
    assert held.owner_id == owner
    span = Span(half_of(DAY), half_of(DAY + timedelta(days=13), SECOND))
    runs = book.runs(1, span, now=now_)
    assert [run.span.first for run in runs[1:]] == [Half(run.span.last + 1) for run in runs[:-1]]
    assert (runs[0].span.first, runs[-1].span.last) == (span.first, span.last)
    current = half_at(now_, zone=ZONE)
    for run in runs:
        for one in run.span:
            assert book.at(1, now_ if one == current else begins(one, zone=ZONE)) == run.held
    gaps = book.gaps(1, span, now=now_)
    assert all(gap.span.first >= current and gap.held.person_id is None for gap in gaps)
    assert {one for gap in gaps for one in gap.span} == {
        one for run in runs if run.held.is_gap for one in run.span if one >= current
    }


def test_a_rotating_duty_goes_round_by_weeks_and_swaps_stand_above_the_order() -> None:
    """D1: a turn begins on Monday at midnight of the space, also in the week in which the clocks change."""
    duty = facts(
        holders=[],
        turn_weeks=1,
        turns_from=DAY,
        turns={1: HOLDER, 2: OTHER, 3: None},
        swapped={DAY + timedelta(days=28): COVER},
    )
    book = Book({1: duty}, {})
    week = timedelta(days=7)
    owners = [book.at(1, at_noon(DAY + number * week)).owner_id for number in range(6)]
    assert owners == [HOLDER, OTHER, None, HOLDER, COVER, None]
    boundary = ends(half_of(DAY + timedelta(days=6), SECOND), zone=ZONE)
    assert boundary == datetime(2026, 10, 26, 0, tzinfo=UTC)
    assert book.at(1, boundary - timedelta(microseconds=1)).owner_id == HOLDER
    assert book.at(1, boundary).owner_id == OTHER
    assert book.at(1, at_noon(DAY - week)).owner_id is None  # and before, as if it had always rotated
    assert book.at(1, at_noon(DAY + 2 * week)).why is Why.DEPUTY


def test_a_duty_rests_before_it_begins_and_after_it_has_ended() -> None:
    duty = facts(first_day=DAY, last_day=DAY + timedelta(days=5))
    book = Book({1: duty}, {})
    assert book.at(1, at_noon(DAY - timedelta(days=1))).why is Why.RESTS
    assert book.at(1, at_noon(DAY)).why is Why.HOLDER
    assert book.at(1, at_noon(DAY + timedelta(days=5), 22)).why is Why.HOLDER
    assert book.at(1, at_noon(DAY + timedelta(days=6))).why is Why.RESTS
    assert not book.gaps(1, Span.of_days(DAY, DAY + timedelta(days=20)), now=at_noon(DAY))


def test_a_person_in_two_spaces_is_away_in_each_by_its_days() -> None:
    """D1: Tuesday in Auckland begins while it is Monday in London."""
    tuesday = DAY + timedelta(days=1)
    away = {HOLDER: [Away(Span.of_days(tuesday, tuesday), None)]}
    book = Book({1: facts(deputies=[]), 2: facts(id=2, zone="Pacific/Auckland", deputies=[])}, away)
    monday_noon = at_noon(DAY, 12)
    assert book.at(1, monday_noon).person_id == HOLDER
    assert book.at(2, monday_noon).why is Why.AWAY
    tuesday_evening = at_noon(tuesday, 20)
    assert book.at(1, tuesday_evening).why is Why.AWAY
    assert book.at(2, tuesday_evening).person_id == HOLDER


# --- From the tables --------------------------------------------------------------------------------------------------


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_tables_say_who_holds_deputises_and_covers(cast: Cast) -> None:
    """D1: on both databases."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.steward)
    assert (who_holds(duty.id, now()).person_id, who_holds(duty.id, now()).why) == (cast.champion.id, Why.HOLDER)
    absence = factories.make_absence(cast.champion)
    assert (who_holds(duty.id, now()).person_id, who_holds(duty.id, now()).why) == (cast.steward.id, Why.DEPUTY)
    span = absence.span
    factories.make_cover_request(duty, away=cast.champion, span=span, taken_by=cast.colleague)
    held = who_holds(duty.id, now())
    assert (held.person_id, held.why, held.owner_id) == (cast.colleague.id, Why.COVER, cast.champion.id)
    after = ends(span.last, zone=cast.champions.zone)
    assert who_holds(duty.id, after).person_id == cast.champion.id
    with transaction():
        db.session.get_one(type(absence), absence.id).returned_at = now()
    assert who_holds(duty.id, now()).person_id == cast.champion.id


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_who_left_holds_nothing_and_nothing_returns_by_itself(cast: Cast) -> None:
    """D7: a holder who leaves leaves a vacant duty; coming back later doesn't bring it back."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    rotating = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_turns(rotating, [cast.champion, cast.colleague])
    with transaction():
        membership = (
            db.session.query(Membership).filter_by(person_id=cast.champion.id, space_id=cast.champions.id).one()
        )
        membership.ended_at = now()
    assert who_holds(duty.id, now()).why is Why.VACANT
    assert who_holds(rotating.id, now()).why is Why.VACANT
    assert who_holds(rotating.id, now() + timedelta(days=7)).person_id == cast.colleague.id
    factories.make_membership(cast.champions, cast.champion, joined_at=now())
    assert who_holds(duty.id, now()).why is Why.VACANT
    with transaction():
        db.session.get_one(type(cast.colleague), cast.colleague.id).state = PersonState.SUSPENDED
    assert who_holds(rotating.id, now() + timedelta(days=7)).why is Why.VACANT


@pytest.mark.usefixtures("context")
def test_an_offer_holds_nothing_and_a_hidden_duty_is_nowhere(cast: Cast) -> None:
    """A5 for duties: what isn't published has no holder."""
    from forum.roster.models import HoldingState  # noqa: PLC0415

    duty = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_holding(duty, cast.champion, state=HoldingState.OFFERED)
    assert who_holds(duty.id, now()).why is Why.VACANT
    hidden = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, state=ItemState.HIDDEN)
    assert who_hold([duty.id, hidden.id], now()).keys() == {duty.id}


@pytest.mark.both_databases
def test_a_thousand_duties_take_three_queries(app: Flask, cast: Cast) -> None:
    """Who holds them at one instant: as many queries as for one."""
    with app.test_request_context("/"):
        space = cast.champions
        with transaction():
            for number in range(1000):
                _make_row(space, cast, number)
        ids = [key for (key,) in db.session.query(Duty.id)]
        factories.make_absence(cast.champion)
        db.session.rollback()
        with queries(app) as sent:
            found = who_hold(ids, now())
        assert len(found) == 1000
        assert len(sent) <= 3
        assert {held.why for held in found.values()} == {Why.AWAY, Why.HOLDER}


def _make_row(space: Space, cast: Cast, number: int) -> None:
    from forum.roster.models import Holding, HoldingState  # noqa: PLC0415
    from forum.spaces.models import Item  # noqa: PLC0415

    at = now() - timedelta(days=9)
    item = Item(kind="duty", space_id=space.id, author_id=None, title=f"D{number}", created_at=at, last_at=at)
    db.session.add(item)
    db.session.flush()
    db.session.add(Duty(id=item.id, first_day=at.date()))
    person = cast.champion if number % 2 else cast.colleague
    db.session.flush()
    db.session.add(
        Holding(
            duty_id=item.id,
            person_id=person.id,
            place=Place.HOLDER,
            state=HoldingState.ACCEPTED,
            from_day=at.date(),
            offered_by_id=person.id,
            offered_at=at,
            answered_at=at,
        )
    )


@pytest.mark.usefixtures("context")
def test_a_book_reads_what_begins_and_ends_in_its_time(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    first = today(cast.champions.zone)
    factories.make_holding(duty, cast.champion, until_day=first + timedelta(days=10))
    factories.make_holding(duty, cast.colleague, from_day=first + timedelta(days=10))
    book = book_of(Duty.id == duty.id, first, first + timedelta(days=20))
    runs = book.runs(duty.id, Span.of_days(first, first + timedelta(days=20)), now=now())
    assert [run.held.person_id for run in runs] == [cast.champion.id, cast.colleague.id]
    assert runs[1].span.first_day == first + timedelta(days=10)
