"""Leaving and handing over by actions: D7, D8, A4."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.events import Recipient
from forum.core.halves import Span, monday_of
from forum.core.time import end_of_day, now, today
from forum.mydata import closing
from forum.mydata.erasing import close_due
from forum.people.models import Person, PersonState
from forum.roster.actions import duties, handing, leaving, leaving_kit, questioning, rehearsing, vacating
from forum.roster.actions.appointing import Gone
from forum.roster.actions.covering import take
from forum.roster.actions.passing import coming_of
from forum.roster.actions.requesting import ask_for_gaps
from forum.roster.actions.settling import settle_duty
from forum.roster.actions.turns import set_turns
from forum.roster.events import LeavingStuck
from forum.roster.models import (
    CoverRequest,
    CoverState,
    Duty,
    Handover,
    HandoverItem,
    HandoverState,
    Holding,
    Leaving,
    LeavingItem,
    LeavingState,
)
from forum.roster.queries import who_holds
from forum.roster.queries.asked import asked_of
from forum.roster.queries.duties import duties_of
from forum.roster.queries.grid import Looks, grid_of
from forum.roster.queries.leaving import kit_of, leavings_in, vacant_in
from forum.roster.queries.turns import turns_shown
from forum.roster.tellers.leaving import tell_stuck
from forum.roster.who import Held, Why
from forum.spaces.actions import end_membership, leave, suspend
from forum.spaces.models import Membership, Role
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.roster.test_covering import facts_of, week

AtOnce = Callable[..., list[Any]]


def ahead(days: int = 10) -> date:
    return today("Europe/London") + timedelta(days=days)


def after(day: date) -> datetime:
    return end_of_day(day, "Europe/London") + timedelta(hours=2)


def held(cast: Cast, **more: Any) -> Duty:  # noqa: ANN401  # what the factory takes
    return factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, **more)


def filed(person: Person, day: date | None = None) -> Leaving:
    with transaction():
        return leaving.file_own(person, last_day=day or ahead())


def asked(cast: Cast, duty: Duty, taker: Person) -> Handover:
    with transaction():
        leaving_kit.offer(standing(cast.champion), cast.champion, "duty", str(duty.id), taker)
    found = handing.open_of(duty.id)
    assert found is not None
    return found


def states(person: Person) -> dict[str, LeavingState]:
    rows = db.session.execute(
        select(LeavingItem.title, LeavingItem.state)
        .join(Leaving, Leaving.id == LeavingItem.leaving_id)
        .where(Leaving.person_id == person.id)
    )
    return {row.title: row.state for row in rows}


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_what_nobody_took_is_vacant_on_the_day_and_told_once(cast: Cast) -> None:
    """D7: one item for each obligation; accepted is the successor's, open is vacant; nothing is deleted. Two runs tell once."""
    inbox, banner = held(cast, title="Inbox"), held(cast, title="Banner")
    absence = factories.make_absence(cast.colleague, span=week(cast, starts=20))
    theirs = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, title="Bins")
    promised = factories.make_cover_request(theirs, away=cast.colleague, span=absence.span, taken_by=cast.champion)
    factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
    filed(cast.champion)
    assert states(cast.champion).keys() == {"Inbox", "Banner", "Bins", "Who knows?"}
    handover = asked(cast, inbox, cast.organiser)
    with transaction():
        handing.accept(standing(cast.organiser), handover)
        left = leaving_kit.offer(standing(cast.champion), cast.champion, "cover", promised.ref, cast.steward)
        leaving_kit.answer(standing(cast.steward), left.id, accepts=True)
        (thread,) = [row for row in db.session.scalars(select(LeavingItem)) if row.kind == "thread"]
        leaving_kit.close(standing(cast.champion), cast.champion, "thread", thread.key)
    assert who_holds(inbox.id, now()).person_id == cast.champion.id
    taken = db.session.scalars(select(CoverRequest).where(CoverRequest.state == CoverState.ACCEPTED)).one()
    assert taken.accepted_by_id == cast.steward.id
    at = after(ahead())
    assert vacating.end_due(at=at - timedelta(hours=4)) == 0
    assert vacating.end_due(at=at) == 1
    assert vacating.end_due(at=at) == 0
    assert states(cast.champion) == {
        "Inbox": LeavingState.ACCEPTED,
        "Banner": LeavingState.VACANT,
        "Bins": LeavingState.ACCEPTED,
        "Who knows?": LeavingState.CLOSED,
    }
    assert who_holds(inbox.id, at).person_id == cast.organiser.id
    assert who_holds(banner.id, at).owner_id is None
    assert len(facts_of("left vacant")) == 1
    assert close_due(at=at) == 1
    assert len(facts_of("left vacant")) == 1
    assert db.session.get_one(Person, cast.champion.id, populate_existing=True).state is PersonState.CLOSED
    assert len(db.session.scalars(select(Holding).where(Holding.person_id == cast.champion.id)).all()) == 2


@pytest.mark.usefixtures("context")
def test_the_day_can_be_moved_or_taken_back_and_what_comes_up_meanwhile_is_added(cast: Cast) -> None:
    """D7: what was accepted moves along; taken back, it stays the successor's: nothing returns by itself."""
    inbox = held(cast, title="Inbox")
    filed(cast.champion)
    handover = asked(cast, inbox, cast.colleague)
    with transaction():
        handing.accept(standing(cast.colleague), handover)
    held(cast, title="Banner")
    vacating.keep_up()
    assert states(cast.champion)["Banner"] is LeavingState.OPEN
    found = filed(cast.champion, ahead(4))
    person = db.session.get_one(Person, cast.champion.id, populate_existing=True)
    assert person.closes_at == end_of_day(ahead(4), person.zone)
    assert who_holds(inbox.id, after(ahead(4))).person_id == cast.colleague.id
    assert len(facts_of("handover moved")) == 1
    with transaction():
        assert [leaving.take_back(cast.champion) for _press in range(2)] == [True, False]
    assert found.is_taken_back
    assert not close_due(at=after(ahead(4)))
    assert vacating.end_due(at=after(ahead(4))) == 0
    assert who_holds(inbox.id, after(ahead(5))).person_id == cast.colleague.id
    with pytest.raises(Invalid), transaction():
        leaving.file_own(cast.champion, last_day=ahead(-1))


@pytest.mark.usefixtures("context")
def test_keeping_the_account_takes_the_last_day_back(cast: Cast) -> None:
    held(cast)
    filed(cast.champion)
    with transaction():
        assert closing.keep(cast.champion, person=cast.champion)
    assert coming_of(cast.champion.id) is None


@pytest.mark.usefixtures("context")
def test_who_goes_at_once_leaves_vacancies_that_organisers_are_told_of(cast: Cast) -> None:
    """D7: leaving a space, being removed, suspended there, or the account suspended; who comes back has nothing back."""
    for number, go in enumerate((_leave, _removed, _suspended, _account_suspended), start=1):
        person = factories.make_person()
        factories.make_membership(cast.champions, person)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=person, title=f"Duty {number}")
        go(cast, person)
        assert states(person) == {f"Duty {number}": LeavingState.VACANT}, go
        assert who_holds(duty.id, now()).owner_id is None
        assert len(facts_of("left vacant")) == number
        assert [one.title for one in vacant_in(standing(cast.reader)) if one.person.id == person.id]
        assert coming_of(person.id) is None


def _leave(_cast: Cast, person: Person) -> None:
    with transaction():
        leave(standing(person))


def _removed(cast: Cast, person: Person) -> None:
    with transaction():
        end_membership(standing(cast.steward), person)


def _suspended(cast: Cast, person: Person) -> None:
    with transaction():
        suspend(standing(cast.organiser), person, until=now() + timedelta(days=3), reason="Shouting.")


def _account_suspended(_cast: Cast, person: Person) -> None:
    with transaction():
        db.session.get_one(Person, person.id).state = PersonState.SUSPENDED
    vacating.keep_up()
    vacating.keep_up()


@pytest.mark.usefixtures("context")
def test_an_organiser_sets_a_last_day_for_the_space_only_and_only_whom_they_could_remove(cast: Cast) -> None:
    """A4: the account stays; a steward isn't an organiser's to send away, and the last steward stays."""
    held(cast, title="Inbox")
    with transaction():
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=ahead())
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=ahead())
    assert len(facts_of("leaving filed")) == 1
    with pytest.raises(Denied), transaction():
        leaving.file_for(standing(cast.organiser), cast.steward, last_day=ahead())
    with pytest.raises(Denied), transaction():
        leaving.file_for(standing(cast.colleague), cast.champion, last_day=ahead())
    assert vacating.end_due(at=after(ahead())) == 1
    assert membership_of(cast.champions, cast.champion) is None
    assert states(cast.champion) == {"Inbox": LeavingState.VACANT}
    person = db.session.get_one(Person, cast.champion.id, populate_existing=True)
    assert person.is_active
    assert person.closes_at is None


@pytest.mark.usefixtures("context")
def test_the_last_steward_of_a_space_stays_until_there_is_another(cast: Cast) -> None:
    """A4: their kit goes on meanwhile, and they hear once what keeps them."""
    other = factories.make_person(name="Sybil Second")
    membership = factories.make_membership(cast.champions, other)
    with transaction():
        leaving.file_for(standing(cast.organiser), other, last_day=ahead())
    with transaction():
        db.session.get_one(Membership, membership.id).role = Role.STEWARD
        db.session.delete(membership_of(cast.champions, cast.steward))
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=other)
    for _hour in range(2):
        assert vacating.end_due(at=after(ahead())) == 0
    assert membership_of(cast.champions, other) is not None
    (fact,) = facts_of("leaving stuck")
    told = tell_stuck(LeavingStuck(leaving_id=fact.payload["leaving_id"]), Recipient(person_id=other.id))
    assert told is not None
    assert "only steward" in told.text
    with time_machine.travel(after(ahead()) + timedelta(days=3), tick=False):
        with transaction():
            leaving_kit.offer(standing(cast.organiser), other, "duty", str(duty.id), cast.colleague)
        with transaction():
            running = handing.open_of(duty.id)
            assert running is not None
            handing.accept(standing(cast.colleague), running)
        assert who_holds(duty.id, now()).person_id == cast.colleague.id


@pytest.mark.usefixtures("context")
def test_a_handover_is_drafted_from_what_the_duty_was_asked_about_and_accepted_unfinished(cast: Cast) -> None:
    """D8."""
    duty = held(cast, title="Inbox", what="- Look twice a day\n- Answer", deputy=cast.steward)
    thread = factories.make_thread(cast.champions, author=cast.champion, title="The Inbox is full")
    factories.make_post(thread, author=cast.champion)
    with transaction():
        rehearsal = rehearsing.ask(standing(cast.champion), duty, day=ahead(0))
        rehearsing.note(standing(cast.steward), rehearsal, "The key to the cupboard")
        made = handing.start(standing(cast.champion), duty, cast.colleague, day=ahead(3))
        again = handing.start(standing(cast.organiser), duty, cast.organiser, day=ahead(5))
    assert again.id == made.id
    words = list(db.session.scalars(select(HandoverItem.words).order_by(HandoverItem.place)))
    for part in ("Look twice a day", "The key to the cupboard", "The Inbox is full", "Meet the deputy"):
        assert any(part in line for line in words), part
    assert not any("Stella" in line for line in words)  # A15: text stays when an account is erased
    with pytest.raises(Missing), transaction():
        handing.accept(standing(cast.colleague), made)
    with pytest.raises(Invalid, match="vault"), transaction():
        handing.write(standing(cast.champion), made, "Log in\nThe password is hunter22")
    with transaction():
        handing.write(standing(cast.champion), made, "Log in\nMeet the team")
        handing.offer(standing(cast.champion), made)
        handing.offer(standing(cast.champion), made)
    first, second = db.session.scalars(select(HandoverItem).order_by(HandoverItem.place)).all()
    with transaction():
        question = questioning.ask(standing(cast.colleague), first, "Where?")
        questioning.answer(standing(cast.champion), question, "In the vault.")
        handing.tick(standing(cast.champion), first, done=True)
    assert who_holds(duty.id, now()).person_id == cast.champion.id
    with pytest.raises(Missing), transaction():
        handing.accept(standing(cast.organiser), made)
    with transaction():
        handing.accept(standing(cast.colleague), made)
        handing.accept(standing(cast.colleague), made)
    db.session.refresh(first)
    db.session.refresh(second)
    assert first.risk_at is None
    assert second.risk_at is not None
    assert who_holds(duty.id, now()).person_id == cast.champion.id
    assert who_holds(duty.id, after(ahead(3))).person_id == cast.colleague.id
    assert [len(facts_of(kind)) for kind in ("handover offered", "handover answered", "line asked")] == [1, 1, 1]


@pytest.mark.usefixtures("context")
def test_a_handover_that_is_declined_leaves_the_duty_where_it_was_and_open_in_the_kit(cast: Cast) -> None:
    duty = held(cast, title="Inbox")
    filed(cast.champion)
    handover = asked(cast, duty, cast.colleague)
    assert states(cast.champion) == {"Inbox": LeavingState.OFFERED}
    with transaction():
        handing.decline(standing(cast.colleague), handover, reason="Too much.")
    assert states(cast.champion) == {"Inbox": LeavingState.OPEN}
    assert handing.open_of(duty.id) is None
    assert asked(cast, duty, cast.organiser).taker_id == cast.organiser.id


@pytest.mark.usefixtures("context")
def test_in_turns_the_taker_gets_the_place_from_the_day_on(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Desk")
    with transaction():
        set_turns(standing(cast.organiser), duty, [cast.champion, cast.colleague], weeks=1, from_day=ahead(0))
    filed(cast.champion, ahead(20))
    assert states(cast.champion) == {"Desk": LeavingState.OPEN}
    handover = asked(cast, duty, cast.steward)
    with transaction():
        handing.accept(standing(cast.steward), handover)
    owners = {who_holds(duty.id, now() + timedelta(weeks=week)).owner_id for week in range(3)}
    assert owners == {cast.champion.id, cast.colleague.id}
    later = {who_holds(duty.id, now() + timedelta(weeks=week)).owner_id for week in range(5, 8)}
    assert later == {cast.steward.id, cast.colleague.id}


@pytest.mark.both_databases
def test_accepting_at_the_last_minute_and_the_date_leave_one_truth(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D7: taken or vacant, never both."""
    with app.test_request_context("/"):
        duty = held(cast, title="Inbox")
        filed(cast.champion, ahead(0))
        handover = asked(cast, duty, cast.colleague)
        handover_id, duty_id = handover.id, duty.id
    late = after(ahead(0))

    def accepts() -> None:
        me = db.session.get_one(Person, cast.colleague.id)
        with transaction():
            handing.accept(standing(me), db.session.get_one(Handover, handover_id), at=late - timedelta(hours=3))

    results = at_once(accepts, lambda: vacating.end_due(at=late), lambda: vacating.end_due(at=late))
    assert [one for one in results[1:] if one] == [1], results
    with app.test_request_context("/"):
        (state,) = states(cast.champion).values()
        accepted = not isinstance(results[0], Gone)
        assert results[0] is None or isinstance(results[0], Gone), results
        assert state is (LeavingState.ACCEPTED if accepted else LeavingState.VACANT)
        owner = who_holds(duty_id, late + timedelta(days=1)).owner_id
        assert owner == (cast.colleague.id if accepted else None)
        assert len(facts_of("left vacant")) == (0 if accepted else 1)
        row = db.session.get_one(Handover, handover_id, populate_existing=True)
        assert row.state is (HandoverState.ACCEPTED if accepted else HandoverState.WITHDRAWN)


@pytest.mark.usefixtures("context")
def test_after_the_day_nothing_is_accepted_though_no_worker_ran(cast: Cast) -> None:
    duty = held(cast, title="Inbox")
    filed(cast.champion, ahead(0))
    handover = asked(cast, duty, cast.colleague)
    with pytest.raises(Gone, match="last day"), transaction():
        handing.accept(standing(cast.colleague), handover, at=after(ahead(0)))


@pytest.mark.usefixtures("context")
def test_organisers_see_what_is_left_in_their_space_and_nothing_else(cast: Cast) -> None:
    """A1: what stands in another space, or isn't for them to see, isn't in their view."""
    factories.make_membership(cast.night_desk, cast.champion)
    held(cast, title="Inbox")
    factories.make_duty(cast.night_desk, by=cast.insider, holder=cast.champion, title="Moon")
    found = filed(cast.champion)
    (kit,) = leavings_in(standing(cast.organiser))
    assert [line.title for line in kit.lines] == ["Inbox"]
    assert {line.title for line in kit_of(found, cast.champion, cast.champion).lines} == {"Inbox", "Moon"}
    moon = next(row.key for row in db.session.scalars(select(LeavingItem)) if row.title == "Moon")
    with pytest.raises(Missing), transaction():
        leaving_kit.offer(standing(cast.organiser), cast.champion, "duty", moon, cast.colleague)
    assert not asked_of(standing(cast.colleague))


@pytest.mark.usefixtures("context")
def test_the_day_counts_though_the_worker_came_late_and_leavers_were_told_nothing_else(cast: Cast) -> None:
    """D7: what somebody held is vacant from the day after the last, whenever a worker noticed."""
    duty = held(cast, title="Inbox")
    filed(cast.champion)
    assert vacating.end_due(at=after(ahead()) + timedelta(days=3)) == 1
    row = db.session.scalars(select(Holding).where(Holding.duty_id == duty.id)).one()
    assert row.until_day == ahead() + timedelta(days=1)


@pytest.mark.usefixtures("context")
def test_a_drafted_checklist_names_no_conversation_that_somebody_asked_for_a_colleague(cast: Cast) -> None:
    """A3: whose question it was isn't told by the way."""
    duty = held(cast, title="Inbox")
    for title, is_for_colleague in (("The Inbox is full", False), ("The Inbox of a colleague", True)):
        post = factories.make_post(
            factories.make_thread(cast.champions, author=cast.steward, title=title), author=cast.champion
        )
        with transaction():
            db.session.get_one(Post, post.id).for_colleague = is_for_colleague
    with transaction():
        handing.start(standing(cast.champion), duty, cast.colleague, day=ahead(3))
    words = " ".join(db.session.scalars(select(HandoverItem.words)))
    assert "The Inbox is full" in words
    assert "of a colleague" not in words


@pytest.mark.usefixtures("context")
def test_what_is_over_by_the_last_day_is_left_to_nobody(cast: Cast) -> None:
    """A campaign that ends before, and a duty that does: they aren't vacant afterwards."""
    held(cast, title="Campaign", last_day=ahead(5))
    ending = held(cast, title="Ending")
    held(cast, title="Inbox", last_day=ahead(11))
    with transaction():
        duties.end(standing(cast.organiser), ending, on=ahead(6))
    filed(cast.champion)
    assert states(cast.champion) == {"Inbox": LeavingState.OPEN}


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_the_plan_is_without_who_leaves_from_the_day_after_the_last(cast: Cast) -> None:
    """D1, D4, D7: what is held, deputised or goes round is planned as it will be, and the kit names it all the same."""
    here = standing(cast.organiser)
    inbox = held(cast, title="Inbox")
    factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague, deputy=cast.champion, title="Bins")
    factories.make_absence(cast.colleague, span=week(cast, starts=20))
    water = factories.make_duty(cast.champions, by=cast.organiser, title="Hot water")
    monday = monday_of(ahead(0))
    with transaction():
        set_turns(here, water, [cast.organiser, cast.colleague, cast.champion], weeks=1, from_day=monday)
    last = monday + timedelta(weeks=2, days=1)
    leaving_ = filed(cast.champion, last)
    assert states(cast.champion).keys() == {"Inbox", "Bins", "Hot water"}

    late = after(last) + timedelta(hours=9)
    grid = {
        row.title: [(cell.looks, cell.held.owner_id, cell.span.last_day) for cell in row.cells]
        for row in grid_of(here).rows
    }
    assert grid["Inbox"][0] == (Looks.HELD, cast.champion.id, last)
    assert [cell[:2] for cell in grid["Inbox"][1:]] == [(Looks.GAP, None)]
    looks = [cell[0] for cell in grid["Bins"]]
    assert looks == [Looks.HELD, Looks.GAP, Looks.HELD]
    for duty in (inbox, water):
        assert who_holds(duty.id, late - timedelta(days=1)).person_id == cast.champion.id
        assert who_holds(duty.id, late) == Held(None, Why.VACANT)
    gaps = {line.title: line.gap for line in duties_of(here).current}
    assert gaps["Inbox"] is not None
    assert gaps["Inbox"].span.first_day == last + timedelta(days=1)
    turns = [(turn.first_day, turn.person and turn.person.id) for turn in turns_shown(here, water).ahead]
    week_ = timedelta(weeks=1)
    assert turns[2:5] == [
        (monday + 2 * week_, cast.champion.id),
        (last + timedelta(days=1), None),
        (monday + 3 * week_, cast.organiser.id),
    ]
    assert (monday + 5 * week_, None) in turns
    assert states(cast.champion)["Hot water"] is LeavingState.OPEN
    vacating.keep_up()
    assert states(cast.champion)["Hot water"] is LeavingState.OPEN

    filed(cast.champion, last + week_)
    assert who_holds(inbox.id, late).person_id == cast.champion.id
    with transaction():
        leaving.take_back(cast.champion)
    assert leaving_.is_taken_back
    assert who_holds(inbox.id, after(last + 9 * week_)).person_id == cast.champion.id


@pytest.mark.usefixtures("context")
def test_cover_for_after_the_last_day_is_of_what_is_vacant(cast: Cast) -> None:
    """D7: who covers is let off for what isn't the leaver's any more; a vacancy ahead can be taken, until they stay after all."""
    inbox = held(cast, title="Inbox")
    span = week(cast, starts=8)
    absence = factories.make_absence(cast.champion, span=span)
    cover = factories.make_cover_request(inbox, away=cast.champion, span=absence.span, taken_by=cast.colleague)
    last = span.first_day + timedelta(days=2)
    filed(cast.champion, last)
    assert cover.span.last_day == last
    assert len(facts_of("cover over")) == 1
    with transaction():
        found = ask_for_gaps(standing(cast.organiser), inbox)
        (vacant,) = [one for one in found if one.away_id is None]
        take(standing(cast.organiser), vacant, Span.of_days(last + timedelta(days=1), last + timedelta(days=2)))
    assert who_holds(inbox.id, after(last) + timedelta(hours=9)).person_id == cast.organiser.id
    with transaction():
        leaving.take_back(cast.champion)
    assert [one.state for one in db.session.scalars(select(CoverRequest).where(CoverRequest.away_id.is_(None)))] == [
        CoverState.ENDED,
        CoverState.WITHDRAWN,
    ]
    assert who_holds(inbox.id, after(last) + timedelta(hours=9)).owner_id == cast.champion.id


@pytest.mark.usefixtures("context")
def test_who_covers_a_vacancy_ahead_keeps_it_though_the_worker_came_late(cast: Cast) -> None:
    """D1, D7: until whoever leaves has gone nothing is theirs again, on whichever clock their day ends."""
    inbox = held(cast, title="Inbox")
    with transaction():
        cast.champion.zone = "America/New_York"
    last = ahead()
    filed(cast.champion, last)
    with transaction():
        (vacant,) = [one for one in ask_for_gaps(standing(cast.organiser), inbox) if one.away_id is None]
        take(standing(cast.organiser), vacant, Span.of_days(last + timedelta(days=1), last + timedelta(days=3)))
    for hours in (1, 9, 30):
        with time_machine.travel(after(last) + timedelta(hours=hours)):
            with transaction():
                settle_duty(inbox.id, at=now())
            assert who_holds(inbox.id, now()).person_id == cast.organiser.id
    with time_machine.travel(after(last) + timedelta(hours=31)):
        assert vacating.end_due() == 1
        assert who_holds(inbox.id, now()).person_id == cast.organiser.id


@pytest.mark.usefixtures("context")
def test_the_plan_keeps_the_last_steward_while_there_is_no_other(cast: Cast) -> None:
    """A4, D1: they stay whatever their last day is; with another one what they hold is vacant from then on."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.steward)
    last, other = ahead(), membership_of(cast.champions, cast.organiser)
    assert other is not None
    with transaction():
        other.role = Role.STEWARD
    with transaction():
        leaving.file_for(standing(cast.organiser), cast.steward, last_day=last)
    assert who_holds(duty.id, after(last)) == Held(None, Why.VACANT)
    with transaction():
        other.role = Role.ORGANISER
    assert who_holds(duty.id, after(last)).person_id == cast.steward.id


@pytest.mark.usefixtures("context")
def test_nobody_promises_what_comes_after_their_last_day(cast: Cast) -> None:
    """D4: the plan would show as covered what is vacant on the day."""
    inbox, last = held(cast, title="Inbox"), ahead()
    filed(cast.champion, last)
    with transaction():
        (vacant,) = [one for one in ask_for_gaps(standing(cast.organiser), inbox) if one.away_id is None]
    with pytest.raises(RuleBroken, match="Your last day is"), transaction():
        take(standing(cast.champion), vacant, Span.of_days(last + timedelta(days=1), last + timedelta(days=2)))


@pytest.mark.usefixtures("context")
def test_the_rest_of_a_turn_is_whose_it_will_be(cast: Cast) -> None:
    """D1: a handover that was accepted counts from the day after the last day on, on the page of turns, too."""
    here, monday = standing(cast.organiser), monday_of(ahead(0))
    water = factories.make_duty(cast.champions, by=cast.organiser, title="Hot water")
    with transaction():
        set_turns(here, water, [cast.organiser, cast.champion], weeks=1, from_day=monday)
    last = monday + timedelta(weeks=1, days=1)
    filed(cast.champion, last)
    handover = asked(cast, water, cast.colleague)
    with transaction():
        handing.accept(standing(cast.colleague), handover)
    db.session.expire_all()
    day = last + timedelta(days=1)
    holder = who_holds(water.id, after(last) + timedelta(hours=9)).person_id
    shown = [turn.person and turn.person.id for turn in turns_shown(here, water).ahead if turn.first_day == day]
    assert shown == [holder] == [cast.colleague.id]


@pytest.mark.usefixtures("context")
def test_a_last_day_in_one_space_leaves_the_duties_of_another_alone(cast: Cast) -> None:
    """D1, D7: a membership ends there, and nowhere else."""
    here, last = held(cast, title="Inbox"), ahead()
    factories.make_membership(cast.night_desk, cast.champion)
    there = factories.make_duty(cast.night_desk, by=cast.insider, holder=cast.champion)
    with transaction():
        leaving.file_for(standing(cast.organiser), cast.champion, last_day=last)
    late = after(last) + timedelta(hours=9)
    assert who_holds(here.id, late) == Held(None, Why.VACANT)
    assert who_holds(there.id, late).person_id == cast.champion.id
