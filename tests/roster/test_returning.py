"""Coming back: what happened is told once somebody is back at work, all of it, and what was done for them counts."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.halves import Span, half_of
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions import absences, covering, requesting
from forum.roster.actions.returning import be_done, days_away, time_of, unread_return
from forum.roster.briefing import brief
from forum.roster.events import ReturnDue
from forum.roster.models import Absence, CoverRequest, CoverState, Duty
from forum.roster.queries import who_holds
from forum.roster.queries.away import span_taken
from forum.roster.queries.balance import balance_of
from forum.roster.tellers.common import days_of
from forum.roster.tellers.returning import tell_back
from forum.roster.who import Why
from forum.spaces.actions import end_membership
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.roster.test_covering import as_it_is, take

pytestmark = pytest.mark.usefixtures("context")
MONDAY = date(2031, 3, 3)
Clock = Callable[[date, int], None]


@pytest.fixture
def clock() -> Iterator[Clock]:
    """Let it be an hour of a day, in London."""
    with time_machine.travel(at(MONDAY, 8), tick=False) as traveller:
        yield lambda day, hour: traveller.move_to(at(day, hour))


def at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)


def week(number: int) -> Span:
    """Return Monday to Friday of a week."""
    first = MONDAY + timedelta(weeks=number)
    return Span.of_days(first, first + timedelta(days=4))


def told(absence: Absence, person: Person) -> bool:
    db.session.expire_all()
    fact = ReturnDue(absence_id=absence.id, version=absence.version)
    return tell_back(fact, Recipient(person_id=person.id)) is not None


def test_after_absences_with_no_working_day_between_all_of_it_is_told_at_the_end(cast: Cast, clock: Clock) -> None:
    """Two weeks off that were noted as one each: nothing on the Monday between, and nothing is left out afterwards."""
    with transaction():
        db.session.get_one(Person, cast.champion.id).working_days = 0b0011111
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    first, second = (factories.make_absence(cast.champion, week(number)) for number in (0, 1))
    factories.make_cover_request(duty, away=cast.champion, span=first.span, taken_by=cast.colleague)
    clock(MONDAY + timedelta(weeks=1), 9)
    assert not told(first, cast.champion)
    clock(MONDAY + timedelta(weeks=2), 9)
    assert told(second, cast.champion)
    assert time_of(second, cast.champion)[0] == at(MONDAY, 0)
    assert unread_return(cast.champion) == second
    with transaction():
        be_done(cast.champion, second)
    assert unread_return(cast.champion) is None
    assert not told(second, cast.champion)


def test_who_was_back_between_two_absences_reads_of_each_by_itself(cast: Cast, clock: Clock) -> None:
    first, second = (factories.make_absence(cast.champion, week(number)) for number in (0, 2))
    clock(MONDAY + timedelta(weeks=3), 9)
    assert time_of(second, cast.champion)[0] == at(MONDAY + timedelta(weeks=2), 0)
    assert time_of(first, cast.champion)[0] == at(MONDAY, 0)


def covered(cast: Cast, day: date, *, powers: Sequence[Can] = ()) -> tuple[Duty, Absence, CoverRequest]:
    """Let Oscar be away for a day, and Colin cover it."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, powers=powers)
    with transaction():
        absence = absences.file(cast.organiser, Span.of_days(day, day))
        (request,) = requesting.ask(standing(cast.organiser), duty, absence.span, away=cast.organiser, absence=absence)
    return duty, absence, take(cast.colleague, request)


def test_coming_back_in_the_evening_takes_nothing_from_who_covered_the_day(cast: Cast, clock: Clock) -> None:
    """What was lent ends all the same (D5), and the evening is the holder's."""
    duty, absence, request = covered(cast, MONDAY, powers=[Can.REMOVE_ANY_POST])
    clock(MONDAY, 23)
    with transaction():
        absences.come_back(cast.organiser, absence)
    assert balance_of(cast.colleague).given == 2
    assert who_holds(duty.id, now()).why is Why.HOLDER
    assert as_it_is(request).state is CoverState.ENDED
    assert as_it_is(request).span == Span.of_days(MONDAY, MONDAY)
    assert not standing(cast.colleague).may(Can.REMOVE_ANY_POST)


def test_coming_back_in_the_day_takes_over_what_is_left_of_it(cast: Cast, clock: Clock) -> None:
    """The morning stays with who covered it."""
    _duty, absence, request = covered(cast, MONDAY)
    clock(MONDAY, 14)
    with transaction():
        absences.come_back(cast.organiser, absence)
    assert balance_of(cast.colleague).given == 1
    assert as_it_is(request).span == Span(half_of(MONDAY), half_of(MONDAY))


def test_who_is_away_again_the_same_evening_is_covered_by_who_takes_it_then(cast: Cast, clock: Clock) -> None:
    """A cover that has ended is in nobody's way, whatever stays written down of it."""
    duty, absence, _request = covered(cast, MONDAY)
    clock(MONDAY, 18)
    with transaction():
        absences.come_back(cast.organiser, absence)
    clock(MONDAY, 19)
    with transaction():
        absences.away_after_all(cast.organiser, absence)
        end_membership(standing(cast.steward), cast.colleague, reason="")
    assert who_holds(duty.id, now()).is_gap
    with transaction():
        covering.take_now(standing(cast.champion), duty)
    assert who_holds(duty.id, now()).person_id == cast.champion.id


def said_to(cast: Cast, absence: Absence) -> list[str]:
    parts = brief(cast.organiser, *time_of(absence, cast.organiser))
    return [line.sentence for part in parts for line in part.lines]


def test_who_is_back_early_reads_of_the_days_that_they_were_away(cast: Cast, clock: Clock) -> None:
    """The real days, an evening after a whole one; and whoever covered or stood in as deputy by name."""
    covered_ = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, title="Inbox")
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, deputy=cast.steward, title="Banner")
    with transaction():
        absence = absences.file(cast.organiser, week(0))
        (request,) = requesting.ask(
            standing(cast.organiser), covered_, absence.span, away=cast.organiser, absence=absence
        )
    take(cast.colleague, request)
    clock(MONDAY + timedelta(days=2), 10)
    with transaction():
        absences.come_back(cast.organiser, absence)
    days = "Monday 3 March to Tuesday 4 March"
    assert said_to(cast, absence) == [
        f"Colin Colleague covered: {days}.",
        f"Stella Steward stood in as deputy: {days}.",
    ]
    for hours in (11, 14, 34):
        clock(MONDAY + timedelta(days=2 + hours // 24), hours % 24)
        assert said_to(cast, absence)[1] == f"Stella Steward stood in as deputy: {days}."
    assert days_of(days_away(absence, cast.organiser)) == days
    assert days_of(span_taken(absence, cast.organiser.zone)) == days
    clock(MONDAY + timedelta(days=2), 18)
    with transaction():
        absences.away_after_all(cast.organiser, absence)
        absences.come_back(cast.organiser, absence)
    assert days_of(span_taken(absence, cast.organiser.zone)) == "Monday 3 March to Wednesday 5 March"


def test_who_had_only_begun_to_cover_is_named(cast: Cast, clock: Clock) -> None:
    """Back in the half-day in which the absence began, nothing was covered yet; who had promised it all is told of."""
    _duty, absence, _request = covered(cast, MONDAY)
    clock(MONDAY, 10)
    with transaction():
        absences.come_back(cast.organiser, absence)
    assert said_to(cast, absence) == ["Colin Colleague had taken it, until you were back."]
