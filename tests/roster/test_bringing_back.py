"""What ended in a write that is undone is there again: covers, and what was asked for (D5, D7)."""

import contextlib
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import RuleBroken
from forum.core.halves import Span
from forum.core.outbox import DeliveryState
from forum.core.time import local, now
from forum.people.models import Person
from forum.roster.actions import absences, appointing, covering, duties, requesting, turns
from forum.roster.models import Absence, CoverRequest, CoverState, Duty
from forum.roster.queries import who_holds
from forum.roster.who import Why
from forum.spaces.actions.membership import end_membership
from forum.spaces.models import LogEntry, Space
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.meetups.test_endings import sent
from tests.roster.test_covering import as_it_is, take, week
from tests.roster.test_mails import mails
from tests.roster.test_turns import WEEK, now_monday, rotating
from tests.roster.test_turns import answer as answer_turn
from tests.roster.test_turns import ask as ask_turn

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


def covered(cast: Cast, *, starts: int = 7) -> tuple[Duty, Absence, CoverRequest]:
    """Let Oscar be away for a working week, and Colin cover, with a right that goes with the duty."""
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.organiser, powers=[Can.REMOVE_ANY_POST], title="Snow"
    )
    with transaction():
        absence = absences.file(cast.organiser, week(cast, starts=starts))
        (request,) = requesting.ask(standing(cast.organiser), duty, absence.span, away=cast.organiser, absence=absence)
    return duty, absence, take(cast.colleague, request)


def back_and_away(app: Flask, cast: Cast, absence: Absence) -> bool:
    with transaction():
        absences.come_back(cast.organiser, absence)
    sent(app, DeliveryState.DUE)
    with transaction():
        return absences.away_after_all(cast.organiser, absence)


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("starts", [7, 0, -2])
def test_an_undone_return_brings_back_the_cover_that_it_ended(app: Flask, cast: Cast, starts: int) -> None:
    """D5: who covers, what is lent, and no mail on an end that nobody was told of. Before: the days were a gap."""
    duty, absence, request = covered(cast, starts=starts)
    span = as_it_is(request).span
    assert back_and_away(app, cast, absence)
    assert as_it_is(request).state is CoverState.ACCEPTED
    assert as_it_is(request).span == span
    moment = now() + timedelta(days=max(starts, 0) + 1)
    assert (who_holds(duty.id, moment).person_id, who_holds(duty.id, moment).why) == (cast.colleague.id, Why.COVER)
    with time_machine.travel(moment, tick=False):
        assert standing(cast.colleague).may(Can.REMOVE_ANY_POST)
    assert (mails(app)["cover over"], mails(app)["cover goes on"]) == ([], [])


@inside
def test_who_was_told_that_it_is_over_is_told_that_it_goes_on(app: Flask, cast: Cast) -> None:
    """Once, and again only when told of another end."""
    _duty, absence, _request = covered(cast)
    with transaction():
        absences.come_back(cast.organiser, absence)
    sent(app, DeliveryState.SENT)
    with transaction():
        absences.away_after_all(cast.organiser, absence)
    (told,) = mails(app)["cover goes on"]
    assert (told.to, told.subject) == (cast.colleague.email, "You cover “Snow” after all")
    assert mails(app)["cover over"] == []
    sent(app, DeliveryState.SENT)
    assert back_and_away(app, cast, absence)
    assert mails(app)["cover goes on"] == []
    assert mails(app)["cover over"] == []


@inside
def test_what_was_asked_for_is_asked_again(app: Flask, cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser)
    absence = factories.make_absence(cast.organiser, week(cast, starts=7))
    request = factories.make_cover_request(
        duty, away=cast.organiser, span=absence.span, asked=[cast.colleague], to_all=False, absence=absence
    )
    other = factories.make_cover_request(duty, away=cast.organiser, span=absence.span, absence=absence)
    with transaction():
        requesting.withdraw(standing(cast.organiser), other)
    assert back_and_away(app, cast, absence)
    assert as_it_is(request).state is CoverState.OPEN
    assert as_it_is(other).state is CoverState.WITHDRAWN  # which something else had ended


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["away", "covers", "gone", "late"])
def test_nobody_is_bound_anew_who_cannot_and_nothing_returns_after_the_hour(cast: Cast, how: str) -> None:
    """Seen to fail without each of the questions."""
    duty, absence, request = covered(cast)
    with transaction():
        absences.come_back(cast.organiser, absence)
    if how == "away":
        factories.make_absence(cast.colleague, absence.span)
    elif how == "covers":
        other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
        factories.make_cover_request(other, away=cast.champion, span=absence.span, taken_by=cast.colleague)
    elif how == "gone":
        with transaction():
            end_membership(standing(cast.steward), cast.colleague)
    late = now() + (timedelta(minutes=61) if how == "late" else timedelta())
    with transaction():
        assert not absences.away_after_all(cast.organiser, absence, at=late)
    assert as_it_is(request).state is CoverState.ENDED
    assert who_holds(duty.id, now() + timedelta(days=8)).is_gap


@inside
def test_a_swap_of_turns_that_is_undone_brings_back_the_cover_of_the_turn(cast: Cast) -> None:
    """Before: whoever covered was told that it is over, and the days were a gap again."""
    duty, monday = rotating(cast), now_monday(cast)
    day, other_day = monday + 3 * WEEK, monday + WEEK
    absence = factories.make_absence(cast.champion, starts=(day - now().date()).days, days=2)
    request = factories.make_cover_request(
        duty, away=cast.champion, span=absence.span, taken_by=cast.organiser, absence=absence
    )
    swap = ask_turn(cast, duty, day=day, other_day=other_day)
    answer_turn(cast.colleague, swap, agrees=True)
    assert as_it_is(request).state is CoverState.ENDED
    with transaction():
        turns.undo_swap(standing(cast.colleague), swap, knowing=True)
    assert as_it_is(request).state is CoverState.ACCEPTED


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["ended", "of another", "closed"])
def test_a_cover_that_nobody_wants_any_more_isnt_brought_back(app: Flask, cast: Cast, how: str) -> None:
    """Nor told of: the duty ended or is another's by now, or its space is closed. Seen to fail: who covered heard twice of the end."""
    duty, absence, request = covered(cast)
    with transaction():
        absences.come_back(cast.organiser, absence)
    sent(app, DeliveryState.SENT)
    with transaction():
        if how == "ended":
            duties.end(standing(cast.organiser), duty, on=local(now(), cast.champions.zone).date())
        elif how == "closed":
            db.session.get_one(Space, cast.champions.id).archived_at = now()
        else:
            appointing.accept(standing(cast.champion), appointing.offer(standing(cast.organiser), duty, cast.champion))
    with transaction():
        assert absences.away_after_all(cast.organiser, absence) is False
    assert as_it_is(request).state is CoverState.ENDED
    verbs = list(db.session.scalars(select(LogEntry.verb).where(LogEntry.item_id == duty.id)))
    assert "brought back cover" not in verbs
    assert verbs.count("ended cover") == 1
    assert "cover goes on" not in mails(app)


@inside
@pytest.mark.both_databases
def test_who_gave_the_rest_of_a_cover_back_isnt_bound_to_it_again(cast: Cast) -> None:
    """The swap ended one turn of it, and they gave back the other: undoing the swap binds them to neither. Seen to fail."""
    duty, monday = rotating(cast, weeks=1), now_monday(cast)
    day, other_day = monday + 3 * WEEK, monday + WEEK
    absence = factories.make_absence(cast.champion, Span.of_days(day, day + timedelta(days=25)))
    request = factories.make_cover_request(
        duty, away=cast.champion, span=absence.span, taken_by=cast.organiser, absence=absence
    )
    swap = ask_turn(cast, duty, day=day, other_day=other_day)
    answer_turn(cast.colleague, swap, agrees=True, knowing=True)
    with transaction():
        covering.give_back(standing(cast.organiser), as_it_is(request))
    with transaction():
        turns.undo_swap(standing(cast.colleague), swap, knowing=True)
    assert as_it_is(request).state is CoverState.ENDED


def open_ones(duty: Duty) -> list[Span]:
    """Return what is asked for, and nobody has taken."""
    db.session.expire_all()
    asked = select(CoverRequest).where(CoverRequest.duty_id == duty.id, CoverRequest.state == CoverState.OPEN)
    return [one.span for one in db.session.scalars(asked.order_by(CoverRequest.start_day))]


@inside
@pytest.mark.both_databases
def test_what_was_asked_for_on_fewer_days_is_asked_for_on_all_again(cast: Cast) -> None:
    """A duty that was to end in the midst of it, and doesn't. Before: the last days were a gap that nobody was asked to fill."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    absence = factories.make_absence(cast.champion, week(cast, starts=7))
    request = factories.make_cover_request(
        duty, away=cast.champion, span=absence.span, asked=[cast.colleague], to_all=False, absence=absence
    )
    ends = absence.span.first_day + timedelta(days=2)
    with transaction():
        duties.end(standing(cast.organiser), duty, on=ends)
    assert open_ones(duty) == [Span.of_days(absence.span.first_day, ends - timedelta(days=1))]
    with transaction():
        assert duties.take_up_again(standing(cast.organiser), duty)
    assert open_ones(duty) == [absence.span]
    assert (as_it_is(request).to_all, as_it_is(request).state) == (False, CoverState.OPEN)


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("since", ["nothing", "part", "main", "all", "late"])
def test_what_was_asked_for_in_parts_is_one_request_again_unless_somebody_took_some(cast: Cast, since: str) -> None:
    """D2: no half-day is asked for twice, nor where somebody covers. Seen to fail without the look at who took some since."""
    duty, week_of = rotating(cast, cast.champion, cast.colleague), [now_monday(cast) + n * WEEK for n in range(8)]
    answer_turn(cast.colleague, ask_turn(cast, duty, day=week_of[6], other_day=week_of[3]), agrees=True)
    weeks = [Span.of_days(monday, monday + timedelta(days=6)) for monday in week_of]
    absence = factories.make_absence(cast.champion, Span(weeks[2].first, weeks[4].last))
    request = factories.make_cover_request(duty, away=cast.champion, span=absence.span, absence=absence)
    swap = ask_turn(cast, duty, day=week_of[3], other_day=week_of[5], knowing=True)
    answer_turn(cast.colleague, swap, agrees=True, knowing=True)
    assert open_ones(duty) == [weeks[2], weeks[4]]
    (part,) = db.session.scalars(select(CoverRequest).where(CoverRequest.rest_of_id == request.id))
    if since in {"main", "all"}:
        take(cast.organiser, request)
    if since in {"part", "all"}:
        take(cast.organiser, part)
    late = now() + timedelta(minutes=61 if since == "late" else 0)
    with contextlib.suppress(RuleBroken), transaction():
        turns.undo_swap(standing(cast.colleague), swap, knowing=True, at=late)
    expected = {
        "nothing": [absence.span],
        "part": [Span(weeks[2].first, weeks[3].last)],
        "main": [weeks[3], weeks[4]],
        "all": [weeks[3]],
        "late": [weeks[2], weeks[4]],
    }
    assert open_ones(duty) == expected[since]


def test_the_page_says_before_the_press_what_ends_and_undo_brings_it_back(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        _duty, absence, request = covered(cast)
        path, key = f"/me/away/{absence.id}", request.id
    client = as_person(cast.organiser)
    assert "Whoever covers for you is told that it is over" in client.get(path).text
    client.send(f"{path}/back")
    assert "what was covered or asked for is as before" in client.get(client.send(f"{path}/away").location).text
    with app.app_context():
        assert db.session.get_one(CoverRequest, key).state is CoverState.ACCEPTED
