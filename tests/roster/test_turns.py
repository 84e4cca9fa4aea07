"""Duties that rotate: the order, whose turn it is, swaps; by actions and by pages."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.halves import Span, monday_of
from forum.core.time import today
from forum.people.models import Person
from forum.roster.actions import turns
from forum.roster.actions.appointing import Gone
from forum.roster.models import Duty, Holding, Seen, SwapState, TurnSwap
from forum.roster.queries import book_of
from forum.roster.queries.turns import turns_shown
from forum.roster.tellers.common import days_of
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]
AtOnce = Callable[..., list[Any]]
WEEK = timedelta(days=7)


def now_monday(cast: Cast) -> date:
    return monday_of(today(cast.champions.zone))


def rotating(cast: Cast, *people: Person, **more: Any) -> Duty:  # noqa: ANN401  # an order of any kind
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Hot water", holder=more.get("holder"))
    with transaction():
        turns.set_turns(
            standing(cast.organiser),
            duty,
            people or (cast.champion, cast.colleague, cast.organiser),
            weeks=more.get("weeks", 1),
            from_day=more.get("from_day", now_monday(cast)),
        )
    return duty


def owners(duty: Duty, days: list[date]) -> list[int | None]:
    db.session.expire_all()
    facts = book_of(Duty.id == duty.id, min(days), max(days)).duties[duty.id]
    return [facts.owner_on(day) for day in days]


def ask(cast: Cast, duty: Duty, *, day: date, other_day: date, knowing: bool = False) -> TurnSwap:
    with transaction():
        return turns.ask_swap(
            standing(cast.champion), duty, cast.colleague, day=day, other_day=other_day, knowing=knowing
        )


def answer(person: Person, swap: TurnSwap, *, agrees: bool, knowing: bool = False) -> None:
    with transaction():
        turns.answer_swap(standing(person), swap, agrees=agrees, knowing=knowing)


def test_turns_go_round_from_a_monday_and_the_page_says_the_same(app: Flask, cast: Cast) -> None:
    """D1: weekly and fortnightly; until the first turn whoever held it alone still does."""
    with app.test_request_context("/"):
        monday = now_monday(cast)
        duty = rotating(cast)
        people = [cast.champion.id, cast.colleague.id, cast.organiser.id]
        assert owners(duty, [monday, monday + timedelta(days=6), monday + WEEK, monday + 2 * WEEK, monday + 3 * WEEK]) == [
            people[0], people[0], people[1], people[2], people[0],
        ]  # fmt: skip
        shown = turns_shown(standing(cast.reader), duty)
        days = [turn.first_day for turn in shown.ahead]
        assert [turn.person and turn.person.id for turn in shown.ahead] == owners(duty, days)
        slow = rotating(cast, cast.champion, cast.colleague, weeks=2, from_day=monday + WEEK, holder=cast.steward)
        assert owners(slow, [monday + timedelta(days=6), monday + WEEK, monday + 2 * WEEK, monday + 3 * WEEK]) == [
            cast.steward.id, cast.champion.id, cast.champion.id, cast.colleague.id,
        ]  # fmt: skip
        holding = db.session.scalars(db.select(Holding).where(Holding.duty_id == slow.id)).one()
        assert holding.until_day == monday + WEEK


def test_an_order_needs_two_different_members_who_may_and_an_organiser_to_set_it(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        here = standing(cast.organiser)
        for people, weeks, name in (
            ([cast.champion], 1, "people"),
            ([cast.champion, cast.colleague, cast.champion], 1, "people"),
            ([cast.champion, cast.colleague], 3, "weeks"),
        ):
            with pytest.raises(Invalid) as refused, transaction():
                turns.set_turns(here, duty, people, weeks=weeks, from_day=monday)
            assert name in refused.value.errors
        with pytest.raises(RuleBroken), transaction():
            turns.set_turns(here, duty, [cast.champion, cast.reader], weeks=1, from_day=monday)
        with pytest.raises(Denied), transaction():
            turns.set_turns(standing(cast.champion), duty, [cast.champion, cast.colleague], weeks=1, from_day=monday)
        with pytest.raises(Denied), transaction():
            turns.stop_turns(standing(cast.champion), duty)
        with transaction():
            turns.stop_turns(here, duty)
            turns.stop_turns(here, duty)
        assert owners(duty, [monday]) == [None]


def test_a_swap_is_agreed_by_who_is_asked_and_nobody_else(app: Flask, cast: Cast) -> None:
    """Offered until accepted; twice is once; whoever asks, asks one colleague for one turn."""
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        mine, theirs = monday + 3 * WEEK, monday + WEEK
        swap = ask(cast, duty, day=mine, other_day=theirs)
        assert ask(cast, duty, day=mine, other_day=theirs).id == swap.id
        assert owners(duty, [mine, theirs]) == [cast.champion.id, cast.colleague.id]
        for other in (cast.champion, cast.organiser):
            with pytest.raises(Missing):
                answer(other, swap, agrees=True)
        for _press in range(2):
            answer(cast.colleague, swap, agrees=True)
        assert owners(duty, [mine, theirs]) == [cast.colleague.id, cast.champion.id]
        with pytest.raises(Gone):
            answer(cast.colleague, swap, agrees=False)
        with pytest.raises(Gone), transaction():
            turns.withdraw_swap(standing(cast.champion), swap)
        # swapped back: the second replaces the first
        back = ask(cast, duty, day=theirs, other_day=mine)
        answer(cast.colleague, back, agrees=True)
        assert owners(duty, [mine, theirs]) == [cast.champion.id, cast.colleague.id]


def test_a_swap_that_isnt_theirs_to_make_is_refused(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        mine, theirs = monday + 3 * WEEK, monday + WEEK
        for day, other_day, name in (
            (monday, theirs, "day"),  # it has begun
            (monday + 2 * WEEK, theirs, "day"),  # the organiser's
            (mine, monday + 2 * WEEK, "other_day"),
            (mine + timedelta(days=1), theirs, "day"),  # no turn begins then
        ):
            with pytest.raises(Invalid) as refused:
                ask(cast, duty, day=day, other_day=other_day)
            assert name in refused.value.errors
        with pytest.raises(RuleBroken), transaction():
            turns.ask_swap(standing(cast.champion), duty, cast.champion, day=mine, other_day=theirs)
        plain = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
        with pytest.raises((RuleBroken, Invalid)):
            ask(cast, plain, day=mine, other_day=theirs)


def test_a_new_order_voids_what_was_swapped_and_what_is_asked(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        answer(cast.colleague, ask(cast, duty, day=monday + 3 * WEEK, other_day=monday + WEEK), agrees=True)
        waiting = ask(cast, duty, day=monday + WEEK, other_day=monday + 3 * WEEK)
        with transaction():
            turns.set_turns(standing(cast.organiser), duty, [cast.colleague, cast.champion], weeks=1, from_day=monday)
        assert owners(duty, [monday + WEEK, monday + 3 * WEEK]) == [cast.champion.id] * 2
        assert db.session.get_one(TurnSwap, waiting.id, populate_existing=True).state is SwapState.WITHDRAWN
        with pytest.raises(Gone):
            answer(cast.colleague, waiting, agrees=True)


@pytest.mark.both_databases
def test_agreeing_and_taking_back_at_once_end_in_one_of_the_two(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        mine, theirs = monday + 3 * WEEK, monday + WEEK
        swap_id = ask(cast, duty, day=mine, other_day=theirs).id
        asker, asked = cast.champion.id, cast.colleague.id

    def agree() -> None:
        answer(db.session.get_one(Person, asked), db.session.get_one(TurnSwap, swap_id), agrees=True)

    def withdraw() -> None:
        with transaction():
            turns.withdraw_swap(standing(db.session.get_one(Person, asker)), db.session.get_one(TurnSwap, swap_id))

    outcome = at_once(agree, withdraw)
    assert sum(isinstance(one, Gone) for one in outcome) == 1
    assert outcome.count(None) == 1
    with app.test_request_context("/"):
        state = db.session.get_one(TurnSwap, swap_id).state
        swapped = owners(duty, [mine, theirs]) == [asked, asker]
        assert swapped is (state is SwapState.AGREED)


def test_the_order_is_previewed_saved_and_shown(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A preview changes nothing; what was typed wrong is still there; members see it and can't set it."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="Hot water", holder=cast.steward)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}/turns"
    organiser, champion = as_person(cast.organiser), as_person(cast.champion)
    assert "Let it go round" in organiser.get(path).text
    assert "Let it go round" not in champion.get(path).text
    form = {
        "weeks": "1",
        "from_day": today("Europe/London").isoformat(),
        "people-0": "carla.champion",
        "people-1": "",
        "people-2": "colin.colleague",
    }
    preview = organiser.send(path, **form, preview="1")
    assert "Nothing is saved yet" in preview.text
    assert "doesn’t go round" in champion.get(path).text
    alone = organiser.send(path, **(form | {"people-2": "nobody.here"}))
    assert alone.status_code == 422
    assert "at least two people" in alone.text
    assert 'value="carla.champion" selected' in alone.text or 'selected value="carla.champion"' in alone.text
    assert organiser.send(path, **form).status_code == 303
    page = champion.get(path).text
    assert "The next turns" in page
    assert "Colin Colleague" in page
    assert organiser.send(f"{path}/stop").status_code == 303


def test_a_swap_is_asked_for_and_agreed_on_the_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        duty, monday = rotating(cast, cast.champion, cast.colleague), now_monday(cast)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
    mine, theirs = monday + 2 * WEEK, monday + WEEK
    champion, colleague = as_person(cast.champion), as_person(cast.colleague)
    wrong = champion.send(f"{path}/swaps", **{"swap-day": mine.isoformat(), "swap-other_day": "tomorrow"})
    assert wrong.status_code == 422
    asked = champion.send(f"{path}/swaps", **{"swap-day": mine.isoformat(), "swap-other_day": theirs.isoformat()})
    assert asked.status_code == 303
    page = colleague.get(f"{path}/turns").text
    assert "asks to swap turns with you" in page
    agree = page.partition("/agree")[0].rpartition('action="')[2]
    assert champion.send(f"{agree}/agree").status_code == 404
    assert colleague.send(f"{agree}/agree").status_code == 303
    assert colleague.send(f"{agree}/decline").status_code == 409
    with app.test_request_context("/"):
        assert owners(duty, [mine, theirs]) == [cast.colleague.id, cast.champion.id]


@pytest.mark.usefixtures("context")
def test_a_turn_that_begins_today_is_not_swapped_any_more(cast: Cast) -> None:
    """D2: who has begun has it."""
    monday = monday_of(today("Europe/London")) + timedelta(weeks=5)
    with time_machine.travel(datetime(monday.year, monday.month, monday.day, 10, tzinfo=UTC), tick=False):
        duty = factories.make_duty(cast.champions, by=cast.organiser)
        factories.make_turns(duty, [cast.champion, cast.colleague], from_day=monday)
        with pytest.raises(Invalid) as refused, transaction():
            turns.ask_swap(
                standing(cast.champion), duty, cast.colleague, day=monday, other_day=monday + timedelta(weeks=1)
            )
        assert refused.value.errors.keys() == {"day"}


def test_a_swap_into_an_absence_is_warned_of_when_it_is_asked_and_when_it_is_agreed(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D3: with the days, as cover does, of what each may know; a warning of two turns is none of two others.

    Before: the days had nobody, and nobody had said so.
    """
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        day, other_day = monday + 3 * WEEK, monday + WEEK
        own = factories.make_absence(cast.champion, Span.of_days(other_day, other_day + timedelta(days=1)))
        hushed = Span.of_days(day + timedelta(days=2), day + timedelta(days=2))
        factories.make_absence(cast.colleague, hushed, seen=Seen.ORGANISERS)
        ref, named = db.session.get_one(Item, duty.id).ref, days_of(own.span)
    base, form = "/s/champions/roster", {"swap-day": day.isoformat(), "swap-other_day": other_day.isoformat()}
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    warned = carla.send(f"{base}/duties/{ref}/swaps", **form)
    assert warned.status_code == 409
    assert f"You are away yourself then: {named}." in warned.text
    assert "Colin Colleague is away" not in warned.text  # which is for organisers only
    assert "Ask all the same" in warned.text
    other_pair = f"{day.isoformat()} {(other_day + 3 * WEEK).isoformat()}"
    assert carla.send(f"{base}/duties/{ref}/swaps", **form, knowing=other_pair).status_code == 409
    (pair,) = re.findall(r'name="knowing" value="([^"]+)"', warned.text)
    assert carla.send(f"{base}/duties/{ref}/swaps", **form, knowing=pair).status_code == 303
    with app.app_context():
        (key,) = db.session.scalars(db.select(TurnSwap.id)).all()
    warned = colin.send(f"{base}/swaps/{key}/agree")
    assert warned.status_code == 409
    for words in ("You are away yourself then", f"Carla Champion is away then: {named}.", "Swap all the same"):
        assert words in warned.text, words
    assert colin.send(f"{base}/swaps/{key}/agree", knowing="1").status_code == 303


@pytest.mark.both_databases
def test_an_undone_swap_warns_of_who_is_away_in_their_own_turn(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D3: as the swap itself does, of what who undoes it may know; whoever says so once more undoes it. Before: nobody had said so."""
    with app.test_request_context("/"):
        duty, monday = rotating(cast), now_monday(cast)
        day, other_day = monday + 3 * WEEK, monday + WEEK
        swap = ask(cast, duty, day=day, other_day=other_day)
        answer(cast.colleague, swap, agrees=True)
        hers = factories.make_absence(cast.champion, Span.of_days(day, day + timedelta(days=1)))
        own = factories.make_absence(cast.colleague, Span.of_days(other_day, other_day))
        hushed = Span.of_days(day + timedelta(days=3), day + timedelta(days=3))
        factories.make_absence(cast.champion, hushed, seen=Seen.ORGANISERS)
        undo = f"/s/champions/roster/swaps/{swap.id}/undo"
        days, unsaid = (days_of(hers.span), days_of(own.span)), days_of(hushed)
    colin = as_person(cast.colleague)
    warned = colin.send(undo)
    assert warned.status_code == 409
    for words in (
        f"Carla Champion is away then: {days[0]}. You are away yourself then: {days[1]}.",
        "You can undo it all the same.",
        "Undo all the same",
    ):
        assert words in warned.text, words
    assert unsaid not in warned.text  # which is for organisers only
    with app.app_context():
        assert owners(duty, [day, other_day]) == [cast.colleague.id, cast.champion.id]
    assert colin.send(undo, knowing="1").status_code == 303
    with app.app_context():
        assert owners(duty, [day, other_day]) == [cast.champion.id, cast.colleague.id]
