"""What was promised follows what is true: who may cover, what is lent, whose turn it is (D1, D3, D5, D7)."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, RuleBroken
from forum.core.halves import Half, Span, ends, half_at, half_of, monday_of
from forum.core.time import now, today
from forum.people.models import Person, PersonState
from forum.roster.actions import (
    absences,
    appointing,
    covering,
    duties,
    escalating,
    handing,
    leaving,
    leaving_kit,
    passing,
    requesting,
    turns,
    volunteering,
)
from forum.roster.actions.duty_words import DutyWords
from forum.roster.actions.settling import settle_space
from forum.roster.models import (
    Absence,
    CoverRequest,
    CoverSlot,
    CoverState,
    Duty,
    Handover,
    Holding,
    Place,
    Seen,
    Volunteer,
    VolunteerState,
)
from forum.roster.queries import book_of, who_holds
from forum.roster.queries.turns import turns_shown
from forum.spaces.actions import end_membership, suspend
from forum.spaces.actions.describing import describe, settings_of
from forum.spaces.actions.membership import change_role
from forum.spaces.models import Grant, Item, LogEntry, Role, Space
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_covering import as_it_is, asked, take, week

AtOnce = Callable[..., list[Any]]
AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


def lending(cast: Cast, span: Span | None = None) -> tuple[Duty, Absence, CoverRequest]:
    """Let Oscar be away from a duty with which a right goes, and Colin cover."""
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.organiser, powers=[Can.REMOVE_ANY_POST], title="Snow"
    )
    with transaction():
        absence = absences.file(cast.organiser, span or week(cast))
        (request,) = requesting.ask(standing(cast.organiser), duty, absence.span, away=cast.organiser, absence=absence)
    return duty, absence, take(cast.colleague, request)


def stops(cast: Cast, how: str) -> None:
    with transaction():
        if how == "removed":
            end_membership(standing(cast.organiser), cast.colleague)
        elif how == "suspended here":
            suspend(standing(cast.organiser), cast.colleague, until=now() + timedelta(days=20), reason="x")
        elif how == "reader":
            change_role(standing(cast.steward), cast.colleague, role=Role.READER)
        else:
            db.session.get_one(Person, cast.colleague.id).state = PersonState.SUSPENDED


@inside
@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["removed", "suspended here", "reader", "account suspended"])
def test_whoever_may_no_longer_cover_does_not_and_others_take_it_at_once(cast: Cast, how: str) -> None:
    """D1, D5: nothing waits for a worker: it is a gap, can be taken and asked for, and nothing is lent."""
    duty, _absence, request = lending(cast)
    assert standing(cast.colleague).may(Can.REMOVE_ANY_POST)
    stops(cast, how)
    assert who_holds(duty.id, now()).is_gap
    if how != "account suspended":
        assert not standing(cast.colleague).may(Can.REMOVE_ANY_POST)
        assert as_it_is(request).state is CoverState.ENDED
    with transaction():
        covering.take_now(standing(cast.steward), duty)
    assert who_holds(duty.id, now()).person_id == cast.steward.id


@inside
@pytest.mark.parametrize("how", ["suspended here", "reader"])
def test_their_turn_is_nobodys_and_does_not_return_by_itself(cast: Cast, how: str) -> None:
    """D7."""
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_turns(duty, [cast.colleague, cast.champion])
    stops(cast, how)
    assert who_holds(duty.id, now()).is_gap
    with transaction():
        change_role(standing(cast.steward), cast.colleague, role=Role.READER)
        change_role(standing(cast.steward), cast.colleague, role=Role.CHAMPION)
    assert who_holds(duty.id, now()).is_gap


@inside
def test_a_cover_taken_though_away_is_kept_by_absences_of_other_days(cast: Cast) -> None:
    """D3: let off only who is newly away then."""
    away = factories.make_absence(cast.colleague, days=5)
    _duty, _absence, request = asked(cast)
    take(cast.colleague, request, knowing=True)
    with transaction():
        absences.file(cast.colleague, week(cast, starts=60, days=2))
        absences.change(cast.colleague, away, away.span, seen=Seen.ORGANISERS, version=away.version)
    assert as_it_is(request).state is CoverState.ACCEPTED


@inside
def test_what_goes_with_a_duty_is_lent_as_it_is_now(cast: Cast) -> None:
    """D5: a right that is taken off ends at once, one that is added is lent; the log says it of nobody who didn't do it."""
    duty, _absence, request = lending(cast)

    def powers(*wanted: Can) -> None:
        item = db.session.get_one(Item, duty.id)
        words = DutyWords(title="Snow", first_day=duty.first_day, powers=wanted)
        with transaction():
            duties.change(standing(cast.steward), duty, words, version=item.version)

    powers(Can.EDIT_ANY_POST)
    assert not standing(cast.colleague).may(Can.REMOVE_ANY_POST)
    assert standing(cast.colleague).may(Can.EDIT_ANY_POST)
    with transaction():
        covering.give_back(standing(cast.colleague), request)
    assert not standing(cast.colleague).may(Can.EDIT_ANY_POST)
    verbs = ("lent right", "right lent", "took back right", "right ended")
    ended = db.session.scalars(select(LogEntry).where(LogEntry.verb.in_(verbs))).all()
    assert {(entry.actor_id, entry.person_id) for entry in ended} == {(None, cast.colleague.id)}


@inside
def test_rights_follow_when_the_halves_of_the_days_do(cast: Cast) -> None:
    """D1, D5: pages and rights agree after a space has another midday."""
    tomorrow = today(cast.champions.zone) + timedelta(days=1)
    half = half_of(tomorrow, 0)
    lending(cast, Span(half, half))
    space = db.session.get_one(Space, cast.champions.id)
    wished = settings_of(space)
    wished = type(wished)(**{**vars(wished), "midday": "11:00"})
    with transaction():
        describe(standing(cast.steward), wished, about=None)
    lent = db.session.scalars(select(Grant).where(Grant.revoked_at.is_(None))).one()
    assert lent.ends_at == ends(half, zone=space.zone, midday=time(11))


@inside
def test_a_new_order_begins_when_it_begins(cast: Cast) -> None:
    """D1, D4: until then it is whose it was, by the order before, or nobody's; the page of turns says the same."""
    tess = factories.make_person(name="Tess Third")
    factories.make_membership(cast.champions, tess)
    duty, vacant = (factories.make_duty(cast.champions, by=cast.organiser) for _number in range(2))
    factories.make_turns(duty, [cast.colleague, cast.champion])
    day = today(cast.champions.zone)
    weeks = [day + timedelta(weeks=number) for number in range(4)]
    start = monday_of(day + timedelta(weeks=4))

    def owners(of: Duty) -> list[int | None]:
        facts = book_of(Duty.id == of.id, day - timedelta(days=1), day + timedelta(weeks=9)).duties[of.id]
        return [facts.owner_on(week) for week in weeks]

    before = owners(duty)
    for one in (duty, vacant):
        with transaction():
            turns.set_turns(standing(cast.organiser), one, [tess, cast.steward], weeks=2, from_day=start)
    assert owners(duty) == before
    assert owners(vacant) == [None] * 4
    facts = book_of(Duty.id == duty.id, day, start + timedelta(weeks=3)).duties[duty.id]
    assert [facts.owner_on(start), facts.owner_on(start + timedelta(weeks=2))] == [tess.id, cast.steward.id]
    assert who_holds(vacant.id, now()).is_gap
    assert not [turn for turn in turns_shown(standing(cast.champion), vacant).ahead if turn.is_now]


@inside
def test_a_turn_is_handed_over_in_its_midst_and_the_page_says_so(cast: Cast) -> None:
    """D1, D7: who leaves on a Wednesday leaves no gap until the next turn."""
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    monday = monday_of(today("Europe/London")) + timedelta(days=14)
    with transaction():
        turns.set_turns(standing(cast.organiser), duty, [cast.champion, cast.organiser], weeks=2, from_day=monday)
        leaving.file_own(cast.champion, last_day=monday + timedelta(days=2))
    with transaction():
        leaving_kit.offer(standing(cast.champion), cast.champion, "duty", str(duty.id), cast.colleague)
        handing.accept(standing(cast.colleague), db.session.scalars(select(Handover)).one())
    book = book_of(Duty.id == duty.id, monday - timedelta(days=1), monday + timedelta(days=20))
    at_turns = [book.in_half(duty.id, half_of(monday + timedelta(days=days))).owner_id for days in (0, 2, 3, 13)]
    assert at_turns == [cast.champion.id, cast.champion.id, cast.colleague.id, cast.colleague.id]
    span = Span.of_days(monday, monday + timedelta(days=13))
    runs = [(run.held.owner_id, len(run.span)) for run in book.runs(duty.id, span, now=now())]
    assert runs == [(cast.champion.id, 6), (cast.colleague.id, 22)]
    shown = turns_shown(standing(cast.champion), duty).ahead[0]
    assert shown.person is not None
    assert shown.person.id == cast.champion.id


@inside
def test_a_passed_cover_is_that_cover_and_no_more(cast: Cast) -> None:
    """D2, D7: what was split off before isn't passed with it; one that is over isn't passed at all."""
    _duty, absence, request = asked(cast, away=week(cast, starts=3, days=5))
    part = Span.of_days(absence.span.first_day, absence.span.first_day + timedelta(days=1))
    take(cast.colleague, request, part)
    with transaction():
        passing.pass_cover(request.ref, cast.colleague, cast.organiser)
    slots = db.session.scalars(select(CoverSlot).where(CoverSlot.person_id == cast.organiser.id)).all()
    assert sorted(slot.at for slot in slots) == list(part)
    with pytest.raises(RuleBroken, match="is over"), transaction():
        passing.pass_cover(request.ref, cast.colleague, cast.steward)


@inside
def test_a_handover_ends_when_the_duty_goes_another_way(cast: Cast) -> None:
    """D8: appointed, given turns, given up or ended meanwhile: it isn't offered any more, and nobody loses it without a word."""

    def offered() -> tuple[Duty, Handover]:
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
        with transaction():
            made = handing.start(standing(cast.champion), duty, cast.colleague, day=today(cast.champions.zone))
            handing.offer(standing(cast.champion), made)
        return duty, made

    def held(duty: Duty) -> Holding:
        return db.session.scalars(select(Holding).where(Holding.duty_id == duty.id)).one()

    day, keeper = today(cast.champions.zone), standing(cast.organiser)
    ways: list[Callable[[Duty], object]] = [
        lambda duty: appointing.offer(keeper, duty, cast.organiser),
        lambda duty: turns.set_turns(keeper, duty, [cast.organiser, cast.steward], weeks=1, from_day=day),
        lambda duty: appointing.give_up(standing(cast.champion), held(duty)),
        lambda duty: duties.end(keeper, duty, on=day),
    ]
    for way in ways:
        duty, made = offered()
        with transaction():
            way(duty)
        with pytest.raises(RuleBroken), transaction():
            handing.accept(standing(cast.colleague), made)


@inside
def test_an_offer_is_looked_at_again_when_it_is_accepted(cast: Cast) -> None:
    """D8: nobody is deputy of what they hold, and nothing begins after its end."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, last_day=today(cast.champions.zone))
    with transaction():
        deputy = appointing.offer(standing(cast.organiser), duty, cast.colleague, place=Place.DEPUTY)
        appointing.accept(standing(cast.colleague), appointing.offer(standing(cast.organiser), duty, cast.colleague))
    with pytest.raises(RuleBroken), transaction():
        appointing.accept(standing(cast.colleague), deputy)
    other = factories.make_duty(cast.champions, by=cast.organiser, last_day=today(cast.champions.zone))
    with transaction():
        late = appointing.offer(standing(cast.organiser), other, cast.colleague)
    with pytest.raises(RuleBroken), transaction():
        appointing.accept(standing(cast.colleague), late, at=now() + timedelta(days=3))


@inside
def test_a_cover_that_is_cut_keeps_what_was_done(cast: Cast) -> None:
    """The passport says from when to when somebody covered, also when it ended early."""
    first = today("Europe/London") - timedelta(days=3)
    for last in (5, None):
        with transaction():
            for row in db.session.scalars(select(Absence)):
                row.returned_at = now() - timedelta(days=30)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
        absence = factories.make_absence(cast.champion, Span.of_days(first, first + timedelta(days=9)))
        request = factories.make_cover_request(
            duty, away=cast.champion, span=absence.span, taken_by=cast.colleague, absence=absence
        )
        with transaction():
            if last:
                span = Span.of_days(first, first + timedelta(days=last))
                absences.change(cast.champion, absence, span, seen=Seen.MEMBERS, version=1)
            else:
                absences.come_back(cast.champion, absence)
        found = as_it_is(request)
        assert found.span.first_day == first
        assert found.span.last_day <= (first + timedelta(days=last) if last else today("Europe/London"))


@inside
@pytest.mark.postgres
def test_coming_back_while_somebody_takes_it_leaves_nothing_lent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, at_once: AtOnce
) -> None:
    """D5: whose it is is held, too; seen to fail without that, as one press read that they were away."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser, powers=[Can.REMOVE_ANY_POST])
    with transaction():
        absence = absences.file(cast.organiser, week(cast))
    reading, real = threading.Event(), covering._new_request

    def slow(*args: Any, **more: Any) -> CoverRequest:  # noqa: ANN401  # whatever it is called with
        reading.set()
        threading.Event().wait(1)
        return real(*args, **more)

    monkeypatch.setattr(covering, "_new_request", slow)

    def taker() -> None:
        with transaction():
            covering.take_now(standing(cast.colleague), db.session.get_one(Duty, duty.id))

    def returner() -> None:
        reading.wait(5)
        with transaction():
            absences.come_back(db.session.get_one(Person, cast.organiser.id), db.session.get_one(Absence, absence.id))

    at_once(taker, returner)
    db.session.expire_all()
    assert who_holds(duty.id, now()).person_id == cast.organiser.id
    assert not standing(cast.colleague).may(Can.REMOVE_ANY_POST)


@inside
def test_taking_it_now_keeps_the_rest_with_who_was_asked(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    with transaction():
        absence = absences.file(cast.champion, week(cast, days=6))
        requesting.ask(
            standing(cast.champion), duty, absence.span, away=cast.champion, people=[cast.steward], to_all=False,
            absence=absence,
        )  # fmt: skip
    until = Half(half_at(now(), zone="Europe/London") + 1)
    with transaction():
        covering.take_now(standing(cast.colleague), duty, until=until)
    rest = db.session.scalars(select(CoverRequest).where(CoverRequest.state == CoverState.OPEN)).all()
    assert rest
    assert not any(one.to_all for one in rest)


@inside
def test_nothing_changes_in_an_archived_space_and_what_was_asked_is_there_after_it(cast: Cast) -> None:
    duty, _absence, request = asked(cast)
    _other, _away, taken = lending(cast)
    held = db.session.scalars(select(Holding).where(Holding.duty_id == duty.id)).one()
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()
    for press in (
        lambda: covering.give_back(standing(cast.colleague), taken),
        lambda: appointing.give_up(standing(cast.champion), held),
        lambda: requesting.withdraw(standing(cast.champion), request),
    ):
        with pytest.raises(Denied), transaction():
            press()
    with transaction():
        settle_space(cast.champions.id, at=now())
    assert as_it_is(request).state is CoverState.OPEN


@inside
def test_who_takes_turns_asks_for_their_own_gaps_only(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_turns(duty, [cast.champion, cast.colleague])
    monday = monday_of(today("Europe/London"))
    factories.make_absence(cast.champion, Span.of_days(monday, monday + timedelta(days=6)))
    factories.make_absence(cast.colleague, Span.of_days(monday + timedelta(days=7), monday + timedelta(days=13)))
    with transaction():
        made = requesting.ask_for_gaps(standing(cast.champion), duty)
    assert [request.away_id for request in made] == [cast.champion.id]


@inside
def test_one_that_fails_keeps_no_other_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(datetime(2026, 10, 15, 9, tzinfo=UTC), tick=False):
        _duty, absence, bad = asked(cast, away=week(cast, starts=10))
        other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
        with transaction():
            (good,) = requesting.ask(standing(cast.champion), other, absence.span, away=cast.champion, absence=absence)
    real = escalating._organisers

    def broken(space: Space, request: CoverRequest, *, at: datetime) -> Any:  # noqa: ANN401  # as the real one
        if request.id == bad.id:
            raise ValueError
        return real(space, request, at=at)

    monkeypatch.setattr(escalating, "_organisers", broken)
    with time_machine.travel(datetime(2026, 10, 16, 12, tzinfo=UTC), tick=False):
        escalating.escalate_due()
    db.session.rollback()
    assert as_it_is(good).escalated == escalating.ORGANISERS_TOLD


@inside
def test_who_waits_to_be_agreed_hears_when_another_got_it(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    with transaction():
        first = volunteering.put_forward(standing(cast.champion), duty)
        second = volunteering.put_forward(standing(cast.colleague), duty)
        volunteering.agree(standing(cast.organiser), first)
    assert db.session.get_one(Volunteer, second.id, populate_existing=True).state is VolunteerState.DECLINED
    assert db.session.get_one(Volunteer, first.id, populate_existing=True).state is VolunteerState.AGREED


def test_an_organiser_notes_two_weeks_at_the_most_for_who_is_off_wherever_they_live(app: Flask, cast: Cast) -> None:
    """D6: for today, by the days of the space, though the colleague's clock is ahead. Seen to fail without each look."""
    with app.test_request_context("/"):
        with transaction():
            db.session.get_one(Person, cast.champion.id).zone = "Pacific/Auckland"
        with time_machine.travel(datetime(2026, 11, 26, 15, tzinfo=UTC), tick=False):
            day = today("Europe/London")
            with pytest.raises(Invalid), transaction():
                absences.file_for(standing(cast.organiser), cast.champion, Span.of_days(day, day + timedelta(days=14)))
            tomorrow = Span.of_days(day + timedelta(days=1), day + timedelta(days=1))
            with pytest.raises(Invalid, match="off today"), transaction():
                absences.file_for(standing(cast.organiser), cast.champion, tomorrow)
            with transaction():
                noted = absences.file_for(standing(cast.organiser), cast.champion, Span.of_days(day, day))
        assert noted.person_id == cast.champion.id
