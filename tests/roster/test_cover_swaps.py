"""Swapping covers: offered to one colleague, agreed or not, both told, undone within the hour; by actions and by pages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Missing, RuleBroken
from forum.core.halves import Span
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import appointing, covering, handing, requesting, swapping, turns
from forum.roster.actions.appointing import Gone
from forum.roster.actions.covering import Warned
from forum.roster.models import CoverRequest, CoverSlot, CoverSwap, Seen, SwapState
from forum.roster.queries.book import who_holds
from forum.roster.queries.swaps import swaps_of, to_swap_for
from forum.spaces.models import Audience, Grant, Item, ItemPerson
from forum.spaces.policy import Can
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_turns import answer as answer_turn
from tests.roster.test_turns import ask as ask_turn
from tests.roster.test_turns import now_monday, owners, rotating

AsPerson = Callable[[Person], Browserless]
AtOnce = Callable[..., list[Any]]
WEEK = timedelta(weeks=1)


def promised(cast: Cast, away: Person, by: Person, *, weeks: int, title: str, **more: Any) -> CoverRequest:  # noqa: ANN401
    first = today(cast.champions.zone) + timedelta(weeks=weeks)
    absence = factories.make_absence(away, Span.of_days(first, first + timedelta(days=2)))
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=away, title=title, **more)
    return factories.make_cover_request(duty, away=away, span=absence.span, taken_by=by, absence=absence)


def two(cast: Cast, **more: Any) -> tuple[CoverRequest, CoverRequest]:  # noqa: ANN401  # words of the second duty
    """The champion covers for the organiser, the colleague for the steward a week later."""
    return (
        promised(cast, cast.organiser, cast.champion, weeks=1, title="Inbox"),
        promised(cast, cast.steward, cast.colleague, weeks=2, title="Banner", **more),
    )


def ask(cast: Cast, mine: CoverRequest, theirs: CoverRequest) -> CoverSwap:
    with transaction():
        return swapping.ask(standing(cast.champion), mine, theirs)


def answer(person: Person, swap: CoverSwap, *, agrees: bool = True) -> None:
    with transaction():
        swapping.answer(standing(person), swap, agrees=agrees)


def covers(*requests: CoverRequest) -> list[int | None]:
    db.session.expire_all()
    return [request.accepted_by_id for request in requests]


@pytest.mark.both_databases
def test_a_swap_is_agreed_by_who_is_asked_and_is_then_true_everywhere(app: Flask, cast: Cast) -> None:
    """D1, D5: offered until accepted; who holds the duty and the rights that go with it follow; twice is once; both are told."""
    with app.test_request_context("/"):
        mine, theirs = two(cast, powers=[Can.INVITE_MEMBER])
        swap = ask(cast, mine, theirs)
        assert ask(cast, mine, theirs).id == swap.id
        assert covers(mine, theirs) == [cast.champion.id, cast.colleague.id]
        for other in (cast.champion, cast.organiser):
            with pytest.raises(Missing):
                answer(other, swap)
        for _press in range(2):
            answer(cast.colleague, swap)
        assert covers(mine, theirs) == [cast.colleague.id, cast.champion.id]
        for request, person in ((mine, cast.colleague), (theirs, cast.champion)):
            assert {
                slot.person_id for slot in db.session.scalars(db.select(CoverSlot).filter_by(request_id=request.id))
            } == {person.id}
        assert who_holds(theirs.duty_id, now() + 2 * WEEK + timedelta(days=1)).person_id == cast.champion.id
        lent = db.session.scalars(db.select(Grant).where(Grant.revoked_at.is_(None))).all()
        assert [grant.person_id for grant in lent if grant.starts_at and grant.starts_at > now()] == [cast.champion.id]
        kinds = [row.kind for row in db.session.scalars(db.select(FactRow))]
        assert [kinds.count(kind) for kind in ("cover swap asked", "cover swap answered", "cover taken")] == [1, 1, 2]
        with pytest.raises(Gone):
            answer(cast.colleague, swap, agrees=False)


def test_who_agreed_takes_it_back_within_the_hour_and_nobody_else_does(app: Flask, cast: Cast) -> None:
    """Turns and covers alike."""
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        swap = ask(cast, mine, theirs)
        answer(cast.colleague, swap)
        with pytest.raises(Missing), transaction():
            swapping.undo(standing(cast.champion), swap)
        with pytest.raises(Gone), transaction():
            swapping.undo(standing(cast.colleague), swap, at=now() + timedelta(hours=2))
        for _press in range(2):
            with transaction():
                swapping.undo(standing(cast.colleague), swap)
        assert covers(mine, theirs) == [cast.champion.id, cast.colleague.id]
        assert db.session.get_one(CoverSwap, swap.id).state is SwapState.DECLINED

        duty, monday = rotating(cast), now_monday(cast)
        days = [monday + 3 * WEEK, monday + WEEK]
        turn = ask_turn(cast, duty, day=days[0], other_day=days[1])
        answer_turn(cast.colleague, turn, agrees=True)
        with pytest.raises(Missing), transaction():
            turns.undo_swap(standing(cast.champion), turn)
        with pytest.raises(Gone), transaction():
            turns.undo_swap(standing(cast.colleague), turn, at=now() + timedelta(hours=2))
        with transaction():
            turns.undo_swap(standing(cast.colleague), turn)
        assert owners(duty, days) == [cast.champion.id, cast.colleague.id]


def test_what_isnt_theirs_has_begun_or_is_for_themselves_isnt_swapped(app: Flask, cast: Cast) -> None:
    """D3: not for oneself, not while away, not of a strict duty when one covers something else."""
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        begun = promised(cast, cast.reader, cast.champion, weeks=0, title="Begun")
        with pytest.raises(Gone):
            ask(cast, begun, theirs)
        with pytest.raises(Missing):
            ask(cast, theirs, mine)
        own = promised(cast, cast.champion, cast.colleague, weeks=4, title="Own")
        with pytest.raises(RuleBroken):
            ask(cast, mine, own)
        promised(cast, cast.outsider, cast.champion, weeks=2, title="Busy then")
        with pytest.raises(Warned, match="You cover “Busy then” then"):
            ask(cast, mine, theirs)
        strict = promised(cast, cast.admin, cast.colleague, weeks=2, title="Strict", is_strict=True)
        with pytest.raises(RuleBroken, match="has the time"):
            ask(cast, mine, strict)
        factories.make_absence(cast.colleague, starts=7)
        with pytest.raises(RuleBroken, match="can’t take that one"):
            ask(cast, mine, promised(cast, cast.steward, cast.colleague, weeks=6, title="Later"))


def test_a_swap_isnt_undone_to_who_is_away_by_now(app: Flask, cast: Cast) -> None:
    """D1, D3: the cover would be nobody's, and nobody would be asked. Why they can't is theirs to say (A3)."""
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        swap = ask(cast, mine, theirs)
        answer(cast.colleague, swap)
        factories.make_absence(cast.champion, starts=7, days=21, seen=Seen.ORGANISERS)
        with pytest.raises(RuleBroken, match="can’t take that one"), transaction():
            swapping.undo(standing(cast.colleague), swap)
        assert covers(mine, theirs) == [cast.colleague.id, cast.champion.id]


@pytest.mark.both_databases
def test_nobody_is_asked_to_swap_for_what_they_cant_see(app: Flask, cast: Cast) -> None:
    """A3: neither a cover nor a turn; not offered, not agreed, not given back. Seen to fail without the look at who sees the duty."""
    with app.test_request_context("/"):
        mine = promised(cast, cast.steward, cast.organiser, weeks=1, title="Secret", audience=Audience.ORGANISERS)
        theirs = promised(cast, cast.steward, cast.colleague, weeks=2, title="Banner")
        with pytest.raises(RuleBroken, match="can’t see this"), transaction():
            swapping.ask(standing(cast.organiser), mine, theirs)
        assert to_swap_for(standing(cast.organiser), mine) == []
        swap = ask(cast, promised(cast, cast.steward, cast.champion, weeks=3, title="Inbox"), theirs)
        only_for(cast.colleague, theirs.duty_id)
        with pytest.raises(RuleBroken, match="can’t see this"):
            answer(cast.colleague, swap)
        assert covers(theirs) == [cast.colleague.id]

        duty, monday = rotating(cast), now_monday(cast)
        days = [monday + 3 * WEEK, monday + WEEK]
        asked = ask_turn(cast, duty, day=days[0], other_day=days[1])
        only_for(cast.colleague, duty.id)
        with pytest.raises(RuleBroken, match="can’t see this"):
            answer_turn(cast.colleague, asked, agrees=True)
        only_for(cast.champion, duty.id)
        with pytest.raises(RuleBroken, match="can’t see this"):
            ask_turn(cast, duty, day=days[0], other_day=days[1] + 3 * WEEK)
        assert owners(duty, days) == [cast.champion.id, cast.colleague.id]
    with app.test_request_context("/"):
        hidden = factories.make_duty(cast.champions, by=cast.organiser, audience=Audience.ORGANISERS)
        here, both = standing(cast.organiser), [cast.champion, cast.organiser]
        with pytest.raises(RuleBroken, match="can’t see this"), transaction():
            turns.set_turns(here, hidden, both, weeks=1, from_day=monday)
        with pytest.raises(RuleBroken, match="can’t see this"), transaction():
            appointing.offer(here, hidden, cast.champion)
        with pytest.raises(RuleBroken, match="can’t see this"), transaction():
            handing.start(here, hidden, cast.champion, day=today(cast.champions.zone))
        days_off = Span.of_days(monday, monday + timedelta(days=10))
        with pytest.raises(RuleBroken, match="can’t see this"), transaction():
            requesting.ask(here, hidden, days_off, away=None, people=[cast.champion])


def only_for(person: Person, duty_id: int) -> None:
    """Let a duty be for one person besides its organisers."""
    with transaction():
        db.session.get_one(Item, duty_id).audience = Audience.NAMED
        db.session.execute(db.delete(ItemPerson).where(ItemPerson.item_id == duty_id))
        db.session.add(ItemPerson(item_id=duty_id, person_id=person.id))


def test_a_cover_that_was_given_back_meanwhile_isnt_swapped(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        swap = ask(cast, mine, theirs)
        assert [one.swap.id for one in swaps_of(standing(cast.colleague))] == [swap.id]
        with transaction():
            covering.give_back(standing(cast.champion), mine)
        assert swaps_of(standing(cast.colleague)) == []
        with pytest.raises(Gone):
            answer(cast.colleague, swap)
        assert covers(theirs) == [cast.colleague.id]


@pytest.mark.both_databases
def test_of_two_swaps_of_one_cover_agreed_at_once_one_counts(app: Flask, cast: Cast, at_once: AtOnce) -> None:
    """D2: two colleagues ask for the same cover, and it is agreed to both in the same moment."""
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        third = promised(cast, cast.steward, cast.organiser, weeks=4, title="Third")
        first = ask(cast, mine, theirs)
        with transaction():
            second = swapping.ask(standing(cast.organiser), third, theirs)
        ids, who, places = [first.id, second.id], cast.colleague.id, [mine.id, theirs.id, third.id]

    def agree(number: int) -> Callable[[], None]:
        return lambda: answer(db.session.get_one(Person, who), db.session.get_one(CoverSwap, ids[number]))

    outcome = at_once(agree(0), agree(1))
    assert sum(isinstance(one, Gone) for one in outcome) == 1
    assert outcome.count(None) == 1
    with app.test_request_context("/"):
        requests = [db.session.get_one(CoverRequest, key) for key in places]
        assert sorted(filter(None, covers(*requests))) == sorted(
            [cast.champion.id, cast.colleague.id, cast.organiser.id]
        )


def test_the_pages_ask_answer_undo_and_say_what_is_wrong(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        mine, theirs = two(cast)
        refs = mine.ref, theirs.ref
    champion, colleague = as_person(cast.champion), as_person(cast.colleague)
    path = f"/s/champions/roster/cover/{refs[0]}"
    assert "Swap it with a colleague" in champion.get(path).text
    assert "Swap it with a colleague" not in colleague.get(path).text
    wrong = champion.send(f"{path}/swap", **{"swap-theirs": "nonsense"})
    assert wrong.status_code == 422
    assert "Choose a colleague’s cover." in wrong.text
    assert champion.send(f"{path}/swap", **{"swap-theirs": refs[1]}).status_code == 303
    assert "You asked Colin Colleague" in champion.get("/s/champions/roster/cover").text
    page = colleague.get("/s/champions/roster/cover").text
    assert "asks to swap covers with you" in page
    with app.app_context():
        swap_id = db.session.scalars(db.select(CoverSwap.id)).one()
    assert colleague.send(f"/s/champions/roster/cover-swaps/{swap_id}/agree").status_code == 303
    assert f"/cover-swaps/{swap_id}/undo" in colleague.get("/s/champions/roster/cover").text
    assert colleague.send(f"/s/champions/roster/cover-swaps/{swap_id}/undo").status_code == 303
    assert champion.send(f"/s/champions/roster/cover-swaps/{swap_id}/withdraw").status_code == 409
