"""Ending a duty and taking it up again; taking an offer back; giving up what one has."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing
from forum.core.halves import Span
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.roster.actions import appointing, duties, turns
from forum.roster.actions.appointing import Gone
from forum.roster.models import CoverRequest, CoverState, Duty, Holding, HoldingState, Place
from forum.roster.queries import who_holds
from forum.roster.who import Why
from forum.spaces.models import LogEntry
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

pytestmark = pytest.mark.usefixtures("context")


def verbs(duty: Duty) -> list[str]:
    return list(db.session.scalars(select(LogEntry.verb).where(LogEntry.item_id == duty.id).order_by(LogEntry.id)))


def anew(row: Holding) -> Holding:
    return db.session.get_one(Holding, row.id, populate_existing=True)


def test_a_duty_that_ends_ends_its_offers_and_covers_and_is_there_again_with_what_was_promised(cast: Cast) -> None:
    """D7: within the hour it was a slip, so who held it and who covers are there again, and no offer; twice is once."""
    day = today(cast.champions.zone)
    ahead = day + timedelta(days=20)
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    span = Span.of_days(ahead, ahead)
    absence = factories.make_absence(cast.champion, span)
    request = factories.make_cover_request(
        duty, away=cast.champion, span=span, taken_by=cast.colleague, absence=absence
    )
    offered = factories.make_holding(duty, cast.colleague, place=Place.DEPUTY, state=HoldingState.OFFERED)
    with pytest.raises(Invalid) as refused, transaction():
        duties.end(standing(cast.organiser), duty, on=day - timedelta(days=1))
    assert "on" in refused.value.errors
    with pytest.raises(Denied), transaction():
        duties.end(standing(cast.champion), duty, on=day)
    for _press in range(2):
        with transaction():
            duties.end(standing(cast.organiser), duty, on=day, reason="  The page\nis closed. ")
    assert duty.end_reason == "The page is closed."
    assert who_holds(duty.id, now()).why is Why.RESTS
    assert anew(offered).state is HoldingState.WITHDRAWN
    assert db.session.get_one(CoverRequest, request.id, populate_existing=True).state is CoverState.ENDED
    for _press in range(2):
        with transaction():
            duties.take_up_again(standing(cast.organiser), duty)
    assert who_holds(duty.id, now()).person_id == cast.champion.id
    assert db.session.get_one(CoverRequest, request.id, populate_existing=True).state is CoverState.ACCEPTED
    assert anew(offered).state is HoldingState.WITHDRAWN
    assert verbs(duty).count("ended duty") == verbs(duty).count("took up duty") == 1
    with pytest.raises(Denied), transaction():
        duties.take_up_again(standing(cast.champion), duty)


def test_an_offer_is_taken_back_until_it_is_answered(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser)
    offered = factories.make_holding(duty, cast.champion, state=HoldingState.OFFERED)
    with pytest.raises(Denied), transaction():
        appointing.take_back(standing(cast.colleague), offered)
    for _press in range(2):
        with transaction():
            appointing.take_back(standing(cast.organiser), offered)
    assert anew(offered).state is HoldingState.WITHDRAWN
    with pytest.raises(Gone), transaction():
        appointing.accept(standing(cast.champion), offered)
    with transaction():
        other = appointing.offer(standing(cast.organiser), duty, cast.champion)
        appointing.accept(standing(cast.champion), other)
    with pytest.raises(Gone), transaction():
        appointing.take_back(standing(cast.organiser), other)


def test_a_duty_is_given_up_by_who_has_it_or_ended_by_an_organiser_who_says_so(cast: Cast) -> None:
    """D7: from that day it is vacant, and stays in the passport; whose it was is told, unless they did it."""
    day = today(cast.champions.zone)
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    held = db.session.scalars(select(Holding).where(Holding.duty_id == duty.id)).one()
    with pytest.raises(Denied), transaction():
        appointing.give_up(standing(cast.colleague), held)
    with pytest.raises(Invalid), transaction():
        appointing.give_up(standing(cast.champion), held, until=day - timedelta(days=1))
    with transaction():
        appointing.give_up(standing(cast.champion), held, until=day + timedelta(days=7))
    assert who_holds(duty.id, now()).person_id == cast.champion.id
    assert who_holds(duty.id, now() + timedelta(days=8)).why is Why.VACANT
    with transaction():
        appointing.give_up(standing(cast.organiser), held, reason="Swapped jobs.")
        appointing.give_up(standing(cast.organiser), held)
    assert who_holds(duty.id, now()).why is Why.VACANT
    assert anew(held).state is HoldingState.ACCEPTED
    told = db.session.scalars(select(FactRow).where(FactRow.kind == "duty left")).all()
    assert [row.payload["holding_id"] for row in told] == [held.id]
    offered = factories.make_holding(duty, cast.colleague, state=HoldingState.OFFERED)
    with pytest.raises(Missing), transaction():
        appointing.give_up(standing(cast.organiser), offered)


def test_a_duty_that_begins_to_rotate_is_nobodys_alone(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    offered = factories.make_holding(duty, cast.colleague, state=HoldingState.OFFERED)
    day = today(cast.champions.zone)
    with transaction():
        turns.set_turns(standing(cast.organiser), duty, [cast.colleague, cast.steward], weeks=1, from_day=day)
    assert who_holds(duty.id, now()).person_id == cast.colleague.id
    assert anew(offered).state is HoldingState.WITHDRAWN


def test_who_had_it_until_later_is_told_when_somebody_else_has_it_earlier(cast: Cast) -> None:
    """Carla gave it up in three weeks' time; Colin takes it on today, so it is hers no longer."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    held = db.session.scalars(select(Holding).where(Holding.duty_id == duty.id)).one()
    with transaction():
        appointing.give_up(standing(cast.champion), held, until=today(cast.champions.zone) + timedelta(days=21))
        offered = appointing.offer(standing(cast.organiser), duty, cast.colleague)
    with transaction():
        appointing.accept(standing(cast.colleague), offered)
    left = db.session.scalars(select(FactRow).where(FactRow.kind == "duty left")).all()
    assert [row.payload["holding_id"] for row in left] == [held.id]
    assert anew(held).until_day == today(cast.champions.zone)
