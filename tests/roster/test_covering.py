"""Absence, cover, and what ends with them: D2 to D6, by actions."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.halves import Half, Span, half_at
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import absences, covering, requesting
from forum.roster.actions.covering import Taken, Warned
from forum.roster.models import Absence, CoverRequest, CoverSlot, CoverState, Duty, Seen
from forum.roster.queries import book_of, who_holds
from forum.roster.queries.breaking import breaks
from forum.roster.who import Why
from forum.spaces.guard import here_for
from forum.spaces.models import Grant, Item, ItemState
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

AtOnce = Callable[..., list[Any]]


def week(cast: Cast, *, starts: int = 0, days: int = 5) -> Span:
    """Return whole days in the space's zone."""
    first = today(cast.champions.zone) + timedelta(days=starts)
    return Span.of_days(first, first + timedelta(days=days - 1))


def asked(cast: Cast, *, away: Span | None = None, powers: Sequence[Can] = ()) -> tuple[Duty, Absence, CoverRequest]:
    """Return a duty of Carla's, who is away and has asked for cover."""
    row = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, powers=powers)
    with transaction():
        absence = absences.file(cast.champion, away or week(cast))
        (request,) = requesting.ask(standing(cast.champion), row, absence.span, away=cast.champion, absence=absence)
    return row, absence, request


def take(person: Person, request: CoverRequest, span: Span | None = None, *, knowing: bool = False) -> CoverRequest:
    with transaction():
        return covering.take(standing(person), request, span, knowing=knowing)


def facts_of(kind: str) -> list[FactRow]:
    return list(db.session.scalars(select(FactRow).where(FactRow.kind == kind)))


def as_it_is(request: CoverRequest) -> CoverRequest:
    return db.session.get_one(CoverRequest, request.id, populate_existing=True)


@pytest.mark.usefixtures("context")
def test_who_takes_cover_holds_the_duty_and_everybody_concerned_is_told_once(cast: Cast) -> None:
    duty, absence, request = asked(cast)
    assert who_holds(duty.id, now()).why is Why.AWAY
    take(cast.colleague, request)
    held = who_holds(duty.id, now())
    assert (held.person_id, held.why) == (cast.colleague.id, Why.COVER)
    take(cast.colleague, request)  # a second press
    assert len(facts_of("cover taken")) == 1
    current = half_at(now(), zone=cast.champions.zone)
    slots = db.session.scalars(select(CoverSlot).where(CoverSlot.duty_id == duty.id)).all()
    assert sorted(slot.at for slot in slots) == [half for half in absence.span if half >= current]


@pytest.mark.usefixtures("context")
def test_the_second_is_told_who_was_first(cast: Cast) -> None:
    """D2: 409 with the winner's name."""
    _duty, _absence, request = asked(cast)
    take(cast.colleague, request)
    with pytest.raises(Taken, match="Colin Colleague"):
        take(cast.organiser, request)


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_parts_may_be_taken_by_different_people(cast: Cast) -> None:
    """D2: what is left stays asked for, and no half-day has two covers."""
    duty, _absence, request = asked(cast, away=week(cast, starts=3))
    middle = week(cast, starts=4, days=2)
    take(cast.colleague, request, middle)
    rest = db.session.scalars(
        select(CoverRequest).where(CoverRequest.state == CoverState.OPEN).order_by(CoverRequest.start_day)
    ).all()
    assert [one.span for one in rest] == week(cast, starts=3).without(middle)
    take(cast.organiser, rest[1])
    with pytest.raises(Invalid):
        take(cast.steward, rest[0], middle)
    book = book_of(Duty.id == duty.id, middle.first_day - timedelta(days=5), middle.last_day + timedelta(days=9))
    runs = book.runs(duty.id, week(cast, starts=3), now=now())
    assert [run.held.person_id for run in runs] == [None, cast.colleague.id, cast.organiser.id]


@pytest.mark.usefixtures("context")
def test_nobody_covers_for_themselves(cast: Cast) -> None:
    """D3."""
    duty, absence, request = asked(cast)
    with pytest.raises(RuleBroken, match="themselves"):
        take(cast.champion, request)
    with pytest.raises(RuleBroken, match="themselves"), transaction():
        requesting.ask(standing(cast.champion), duty, absence.span, away=cast.champion, people=[cast.champion])


@pytest.mark.usefixtures("context")
def test_covering_while_away_or_twice_warns_or_is_refused_as_the_duty_says(cast: Cast) -> None:
    """D3: warned, it can be done when one says so; then they hold it although they are away."""
    duty, absence, request = asked(cast)
    with transaction():
        absences.file(cast.colleague, absence.span)
    with pytest.raises(Warned, match="away"):
        take(cast.colleague, request)
    take(cast.colleague, request, knowing=True)
    assert who_holds(duty.id, now()).person_id == cast.colleague.id
    strict = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Phone", is_strict=True)
    with transaction():
        (refused,) = requesting.ask(standing(cast.champion), strict, absence.span, away=cast.champion)
    with pytest.raises(RuleBroken, match="away"):
        take(cast.colleague, refused, knowing=True)
    take(cast.organiser, refused)
    third = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    with transaction():
        (again,) = requesting.ask(standing(cast.champion), third, absence.span, away=cast.champion)
    with pytest.raises(Warned, match="You cover “Phone” then"):
        take(cast.organiser, again)
    with transaction():
        db.session.get_one(Item, strict.id).state = ItemState.HIDDEN
    with pytest.raises(Warned, match="You cover something else then"):
        take(cast.organiser, again)


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_when_the_cover_falls_ill_somebody_else_is_looked_for_the_duty_itself(cast: Cast) -> None:
    """D3: no chains: the new request is for Carla's duty, not for Colin's cover."""
    duty, _absence, request = asked(cast, away=week(cast, days=6))
    take(cast.colleague, request)
    ill = week(cast, starts=2, days=2)
    with transaction():
        absences.file(cast.colleague, ill)
    again = db.session.scalars(select(CoverRequest).where(CoverRequest.rest_of_id == request.id)).one()
    assert (again.state, again.away_id, again.span) == (CoverState.OPEN, cast.champion.id, ill)
    assert as_it_is(request).state is CoverState.ACCEPTED
    take(cast.organiser, again)
    book = book_of(Duty.id == duty.id, ill.first_day, ill.last_day + timedelta(days=1))
    assert [run.held.person_id for run in book.runs(duty.id, ill, now=now())] == [cast.organiser.id]
    assert len(facts_of("cover lost")) == 1


@pytest.mark.usefixtures("context")
def test_who_covers_though_away_is_let_off_when_they_say_anew_that_they_are(cast: Cast) -> None:
    """D3: what was said of one absence isn't said of the next."""
    _duty, absence, request = asked(cast, away=week(cast, days=4))
    with transaction():
        absences.file(cast.colleague, week(cast, days=2))
    take(cast.colleague, request, knowing=True)
    with transaction():
        absences.file(cast.colleague, week(cast, starts=2, days=2))
    assert as_it_is(request).state is CoverState.ENDED
    again = db.session.scalars(select(CoverRequest).where(CoverRequest.rest_of_id == request.id)).all()
    assert [one.span.last for one in again] == [absence.span.last]


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_coming_back_early_ends_cover_and_lent_rights_at_once(cast: Cast) -> None:
    """D5: at the instant, also in the midst of a half-day; with no worker running."""
    row = factories.make_duty(cast.champions, by=cast.steward, holder=cast.organiser, powers=[Can.REMOVE_ANY_POST])
    with transaction():
        absence = absences.file(cast.organiser, week(cast))
        (request,) = requesting.ask(standing(cast.organiser), row, absence.span, away=cast.organiser, absence=absence)
    assert not here_for(cast.colleague, "champions").may(Can.REMOVE_ANY_POST)
    take(cast.colleague, request)
    lent = here_for(cast.colleague, "champions")
    assert lent.may(Can.REMOVE_ANY_POST)
    giver = lent.on_behalf_of(Can.REMOVE_ANY_POST)
    assert giver is not None
    assert giver.id == cast.organiser.id
    with transaction():
        absences.come_back(cast.organiser, absence)
    assert not here_for(cast.colleague, "champions").may(Can.REMOVE_ANY_POST)
    assert who_holds(row.id, now()).person_id == cast.organiser.id
    assert as_it_is(request).state is CoverState.ENDED
    assert len(facts_of("cover over")) == 1


@pytest.mark.usefixtures("context")
def test_rights_are_lent_from_start_to_end_and_never_more_than_the_giver_holds(cast: Cast) -> None:
    """D5: a champion has no right to remove posts, so none is lent."""
    row, _absence, request = asked(cast, powers=[Can.REMOVE_ANY_POST])
    take(cast.colleague, request)
    assert db.session.scalars(select(Grant)).all() == []
    duty = factories.make_duty(cast.champions, by=cast.steward, holder=cast.organiser, powers=[Can.EDIT_ANY_POST])
    ahead = week(cast, starts=5)
    with transaction():
        absences.file(cast.organiser, ahead)
        (later,) = requesting.ask(standing(cast.organiser), duty, ahead, away=cast.organiser)
    take(cast.colleague, later)
    grant = db.session.scalars(select(Grant)).one()
    zone = cast.champions.zone
    assert (half_at(grant.starts_at, zone=zone), half_at(grant.ends_at, zone=zone)) == (ahead.first, ahead.last + 1)
    assert not here_for(cast.colleague, "champions").may(Can.EDIT_ANY_POST)
    del row


@pytest.mark.usefixtures("context")
def test_an_absence_is_corrected_and_cover_follows(cast: Cast) -> None:
    """D6: also one that an organiser filed."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    with transaction():
        absence = absences.file_for(standing(cast.organiser), cast.champion, week(cast, days=4))
        (request,) = requesting.ask(standing(cast.organiser), duty, absence.span, away=cast.champion)
    assert len(facts_of("absence filed")) == 1
    take(cast.colleague, request)
    with transaction():
        absences.change(cast.champion, absence, week(cast, days=2), seen=Seen.ORGANISERS, version=1)
    assert as_it_is(request).span.last == week(cast, days=2).last
    with pytest.raises(Missing), transaction():
        absences.change(cast.organiser, absence, week(cast), seen=Seen.MEMBERS, version=2)
    with pytest.raises(RuleBroken, match="changed"), transaction():
        absences.change(cast.champion, absence, week(cast), seen=Seen.MEMBERS, version=1)


def test_an_absence_has_no_field_for_a_reason() -> None:
    """D6: a column that could hold one is thought about here first."""
    texts = {column.name for column in Absence.__table__.columns if column.type.python_type is str}
    assert texts <= {"seen", "uid", "once"}


@pytest.mark.usefixtures("context")
def test_absences_are_well_formed_and_never_overlap(cast: Cast) -> None:
    first = week(cast, starts=2, days=3)
    with transaction():
        absences.file(cast.champion, first, once="1" * 32)
        absences.file(cast.champion, first, once="1" * 32)
    assert len(db.session.scalars(select(Absence)).all()) == 1
    for wrong, error in (
        (first, RuleBroken),
        (Span(first.last, Half(first.last + 3)), RuleBroken),
        (Span(first.last, Half(first.last - 1)), Invalid),
        (week(cast, starts=-9, days=3), Invalid),
        (week(cast, starts=-30, days=40), Invalid),
        (week(cast, starts=6, days=600), Invalid),
    ):
        with pytest.raises(error), transaction():
            absences.file(cast.champion, wrong)
    with transaction():
        absences.file(cast.champion, Span(Half(first.last + 1), Half(first.last + 1)))
    with pytest.raises(Invalid), transaction():
        absences.file_for(standing(cast.organiser), cast.colleague, week(cast, starts=1))
    with pytest.raises(Denied), transaction():
        absences.file_for(standing(cast.colleague), cast.champion, week(cast))
    with pytest.raises(Missing), transaction():
        absences.file_for(standing(cast.organiser), cast.insider, week(cast))


@pytest.mark.usefixtures("context")
def test_what_breaks_is_each_duty_of_mine_in_every_space_as_if_i_were_away(cast: Cast) -> None:
    elsewhere = factories.make_space(name="Elsewhere")
    factories.make_membership(elsewhere, cast.champion)
    one = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.steward)
    two = factories.make_duty(elsewhere, by=cast.champion, holder=cast.champion)
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague)
    rotating = factories.make_duty(cast.champions, by=cast.organiser)
    factories.make_turns(rotating, [cast.champion, cast.colleague])
    ahead = week(cast, starts=14, days=14)
    found = breaks(cast.champion, ahead)
    assert {one_.duty_id for one_ in found} == {one.id, two.id, rotating.id}
    assert {(line.duty_id, line.why) for line in found if line.duty_id != rotating.id} == {
        (one.id, Why.DEPUTY),
        (two.id, Why.AWAY),
    }
    assert sum(len(line.span) for line in found if line.duty_id == rotating.id) < len(ahead)


@pytest.mark.usefixtures("context")
def test_asking_twice_asks_once_and_only_for_what_is_theirs(cast: Cast) -> None:
    duty, absence, request = asked(cast)
    with transaction():
        assert requesting.ask(standing(cast.champion), duty, absence.span, away=cast.champion) == []
    other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser)
    with transaction():
        assert requesting.ask(standing(cast.organiser), other, absence.span, away=cast.champion) == []
    with pytest.raises(Denied), transaction():
        requesting.ask(standing(cast.colleague), duty, absence.span, away=cast.champion)
    del request


@pytest.mark.usefixtures("context")
def test_who_is_asked_may_decline_and_then_everybody_is_asked(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    with transaction():
        absence = absences.file(cast.champion, week(cast))
        (request,) = requesting.ask(
            standing(cast.champion), duty, absence.span, away=cast.champion, people=[cast.colleague], to_all=False
        )
    factories.make_membership(cast.champions, cast.outsider)
    with pytest.raises(Denied):
        take(cast.outsider, request)
    with pytest.raises(Missing), transaction():
        covering.decline(standing(cast.outsider), request)
    with transaction():
        covering.decline(standing(cast.colleague), request)
        covering.decline(standing(cast.colleague), request)
    assert as_it_is(request).to_all
    assert len(facts_of("cover declined")) == 1
    take(cast.outsider, request)
    with pytest.raises(Taken, match="Otto"), transaction():
        requesting.withdraw(standing(cast.champion), request)


@pytest.mark.usefixtures("context")
def test_what_nobody_holds_can_be_taken_now_and_given_back(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    with transaction():
        request = covering.take_now(standing(cast.colleague), duty)
    assert who_holds(duty.id, now()).person_id == cast.colleague.id
    with pytest.raises(Taken, match="Colin"), transaction():
        covering.take_now(standing(cast.champion), duty)
    with pytest.raises(Missing), transaction():
        covering.give_back(standing(cast.champion), request)
    with transaction():
        (again,) = covering.give_back(standing(cast.colleague), request)
    assert again.state is CoverState.OPEN
    assert who_holds(duty.id, now()).why is Why.VACANT


@pytest.mark.usefixtures("context")
def test_rows_of_another_space_are_not_found(cast: Cast) -> None:
    """A2: by ref and by key."""
    _duty, _absence, request = asked(cast)
    with pytest.raises(Missing):
        take_in(cast.insider, "night-desk", request)


def take_in(person: Person, slug: str, request: CoverRequest) -> None:
    with transaction():
        covering.take(here_for(person, slug), request)


@pytest.mark.both_databases
def test_of_many_who_take_one_request_one_wins(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D2: one cover, one set of notifications; the others read who it is. Seen to fail without the look at the state and the count."""
    with app.test_request_context("/"):
        duty, _absence, request = asked(cast)
        people = [factories.make_person(name=f"Cover {number}") for number in range(8)]
        for person in people:
            factories.make_membership(cast.champions, person)
        keys = [person.id for person in people]

    def press(person_id: int) -> int:
        person = db.session.get_one(Person, person_id)
        return take(person, db.session.get_one(CoverRequest, request.id)).id

    results = at_once(*(lambda key=key: press(key) for key in keys))
    won = [result for result in results if not isinstance(result, Exception)]
    assert len(won) == 1, results
    assert all(isinstance(result, Taken) and "Cover " in result.why for result in results if result not in won)
    with app.test_request_context("/"):
        assert len(facts_of("cover taken")) == 1
        assert {slot.request_id for slot in db.session.scalars(select(CoverSlot))} == {request.id}
        assert who_holds(duty.id, now()).why is Why.COVER


@pytest.mark.both_databases
def test_a_person_who_takes_two_at_once_is_warned_of_the_second(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D3: seen to fail without the lock on the person."""
    with app.test_request_context("/"):
        requests = []
        elsewhere = factories.make_space(name="Elsewhere")
        for person in (cast.champion, cast.colleague):
            factories.make_membership(elsewhere, person)
        absence = factories.make_absence(cast.champion)
        for space in (cast.champions, elsewhere):
            duty = factories.make_duty(space, by=cast.organiser, holder=cast.champion)
            requests.append(factories.make_cover_request(duty, away=cast.champion, span=absence.span).id)

    def press(slug: str, key: int) -> int:
        here = here_for(db.session.get_one(Person, cast.colleague.id), slug)
        with transaction():
            return covering.take(here, db.session.get_one(CoverRequest, key)).id

    results = at_once(lambda: press("champions", requests[0]), lambda: press("elsewhere", requests[1]))
    assert sum(isinstance(result, Warned) for result in results) == 1, results


@pytest.mark.both_databases
def test_two_absences_filed_at_once_never_overlap(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """Half-days twice: seen to fail without the lock on the person."""
    span = week(cast, starts=3)

    def press() -> int:
        person = db.session.get_one(Person, cast.champion.id)
        with transaction():
            return absences.file(person, span).id

    results = at_once(press, press, press)
    assert sum(isinstance(result, RuleBroken) for result in results) == 2, results
    with app.test_request_context("/"):
        assert len(db.session.scalars(select(Absence)).all()) == 1
