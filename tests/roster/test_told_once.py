"""What was undone and done again in the roster is told once, in its last words: each fact bears the version of what it tells."""

from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import transaction
from forum.core.halves import Span
from forum.core.outbox import DeliveryState
from forum.core.time import today
from forum.roster.actions import (
    absences,
    appointing,
    covering,
    duties,
    handing,
    leaving,
    leaving_kit,
    requesting,
    swapping,
    turns,
)
from forum.roster.models import HandoverState, Place
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.meetups.test_endings import sent
from tests.roster.test_cover_swaps import answer, ask, two
from tests.roster.test_leaving import ahead, asked, filed, held
from tests.roster.test_leaving_mails import mails as mails_of
from tests.roster.test_mails import mails
from tests.roster.test_turns import WEEK, now_monday, rotating
from tests.roster.test_turns import answer as answer_turn
from tests.roster.test_turns import ask as ask_turn

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("context")]


def test_a_swap_that_was_undone_is_told_in_its_last_words_once(app: Flask, cast: Cast) -> None:
    """Seen to fail without what became of it in the facts: “can’t swap” came twice, and who covers too."""
    mine, theirs = two(cast)
    swap = ask(cast, mine, theirs)
    answer(cast.colleague, swap)
    with transaction():
        swapping.undo(standing(cast.colleague), swap)
    (said,) = mails(app)["cover swap answered"]
    assert "can’t swap covers" in said.subject
    assert sorted(mail.subject for mail in mails(app)["cover taken"] if mail.to == cast.steward.email) == [
        "Colin Colleague covers “Banner”"
    ]
    duty, monday = rotating(cast), now_monday(cast)
    turn = ask_turn(cast, duty, day=monday + 3 * WEEK, other_day=monday + WEEK)
    answer_turn(cast.colleague, turn, agrees=True)
    with transaction():
        turns.undo_swap(standing(cast.colleague), turn)
    (said,) = mails(app)["swap answered"]
    assert "can’t swap turns" in said.subject


def test_a_duty_that_ended_by_mistake_and_goes_on_is_told_as_that(app: Flask, cast: Cast) -> None:
    """Whoever has it hears that it is theirs after all; of two ends only the last. Seen to fail without the version in the fact."""
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, title="Inbox", holder=cast.champion, deputy=cast.colleague
    )
    day = today(cast.champions.zone)
    with transaction():
        duties.end(standing(cast.organiser), duty, on=day)
    assert len(mails(app)["duty left"]) == 2
    with transaction():
        duties.take_up_again(standing(cast.organiser), duty)
    assert mails(app)["duty left"] == []
    told = {mail.to: mail for mail in mails(app)["duty taken up"]}
    assert told[cast.champion.email or ""].subject == "“Inbox” goes on"
    assert "It is yours as before." in told[cast.champion.email or ""].text
    assert "You are its deputy as before." in told[cast.colleague.email or ""].text
    with transaction():
        duties.end(standing(cast.organiser), duty, on=day)
    assert mails(app)["duty taken up"] == []
    assert sorted(mail.to for mail in mails(app)["duty left"]) == sorted(
        filter(None, [cast.champion.email, cast.colleague.email])
    )
    with transaction():
        duties.take_up_again(standing(cast.organiser), duty)
    assert len(mails(app)["duty taken up"]) == 2  # one for each, though it went on twice


def test_of_two_days_until_which_a_duty_is_somebodys_the_last_is_told(app: Flask, cast: Cast) -> None:
    """Seen to fail without the day in the fact."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Inbox", holder=cast.champion)
    holding = appointing.open_of(duty.id, Place.HOLDER)
    assert holding is not None
    for days in (10, 5):
        with transaction():
            until = today(cast.champions.zone) + timedelta(days=days)
            appointing.give_up(standing(cast.organiser), holding, until=until)
    assert len(mails(app)["duty left"]) == 1


def test_a_cover_that_becomes_shorter_twice_is_told_once(app: Flask, cast: Cast) -> None:
    """Seen to fail without the version of the request in the fact."""
    first = today(cast.champions.zone) + timedelta(days=7)
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Inbox", holder=cast.champion)
    absence = factories.make_absence(cast.champion, Span.of_days(first, first + timedelta(days=4)))
    with transaction():
        (request,) = requesting.ask(standing(cast.champion), duty, absence.span, away=cast.champion, absence=absence)
        covering.take(standing(cast.colleague), request)
    for days in (3, 2):
        with transaction():
            span = Span.of_days(first, first + timedelta(days=days))
            absences.change(cast.champion, absence, span, seen=absence.seen, version=absence.version)
    (said,) = mails(app)["cover over"]
    assert "shorter" in said.subject


def test_a_last_day_that_is_moved_and_taken_back_is_told_as_it_is_now(cast: Cast) -> None:
    """Seen to fail without the day in the facts: “You stay” came for each of them; and without the version, as a day came back."""
    here = standing(cast.organiser)
    for days in (6, 9):
        with transaction():
            leaving.file_for(here, cast.champion, last_day=ahead(days))
    (mail,) = mails_of("leaving filed")
    with transaction():
        leaving.file_for(here, cast.champion, last_day=ahead(6))
    (mail,) = mails_of("leaving filed")
    with transaction():
        leaving.take_back_for(here, cast.champion)
    (mail,) = mails_of("leaving filed")
    assert "You stay" in mail.subject


def test_an_undo_is_told_only_to_who_was_told_of_what_was_undone(app: Flask, cast: Cast) -> None:
    """Seen to fail without what was heard: “You stay”, “goes on” of what nobody knew; and “You stay” beside another last day."""
    here, duty = standing(cast.organiser), held(cast, title="Inbox")
    with app.test_request_context("/"):
        for state, told in ((DeliveryState.DUE, 0), (DeliveryState.SENT, 1)):
            with transaction():
                duties.end(here, duty, on=today(cast.champions.zone))
                leaving.file_for(here, cast.champion, last_day=ahead(6))
            sent(app, state)
            with transaction():
                duties.take_up_again(here, duty)
                leaving.take_back_for(here, cast.champion)
            sent(app, DeliveryState.DUE)
            assert len(mails(app)["duty taken up"]) == told
            assert ["You stay" in mail.subject for mail in mails_of("leaving filed")] == [True] * told
            sent(app, DeliveryState.DROPPED)
        with transaction():
            leaving.file_for(here, cast.champion, last_day=ahead(6))
        assert ["is noted" in mail.subject for mail in mails_of("leaving filed")] == [True]


def test_who_is_asked_instead_and_a_day_that_moves_twice_are_told_once(cast: Cast) -> None:
    """Seen to fail without who is asked, what they said, the day and the versions in the facts: X, Y, X asked X twice."""
    duty = held(cast, title="Inbox")
    thread = factories.make_thread(cast.champions, author=cast.champion, title="Who knows?", is_question=True)
    filed(cast.champion)
    here = standing(cast.champion)
    with transaction():
        left = leaving_kit.offer(here, cast.champion, "thread", str(thread.id), cast.colleague)
    with transaction():
        leaving_kit.answer(standing(cast.colleague), left.id, accepts=False)
    with transaction():
        leaving_kit.offer(here, cast.champion, "thread", str(thread.id), cast.steward)
    assert [mail.to for mail in mails_of("leaving offered")] == [cast.steward.email]
    with transaction():
        leaving_kit.offer(here, cast.champion, "thread", str(thread.id), cast.colleague)
    assert [mail.to for mail in mails_of("leaving offered")] == [cast.colleague.email]
    with transaction():
        leaving_kit.answer(standing(cast.colleague), left.id, accepts=True)
    assert [mail.subject for mail in mails_of("leaving answered")] == ["Colin Colleague takes “Who knows?”"]
    handover = asked(cast, duty, cast.colleague)
    with transaction():
        handing.accept(standing(cast.colleague), handover)
    assert handover.state is HandoverState.ACCEPTED
    for days in (4, 8, 4):
        filed(cast.champion, ahead(days))
    assert len(mails_of("handover moved")) == 1
