"""Every mail of the roster: who gets it, what it says, where it leads; and that it isn't written when it isn't true any more (A3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Teller
from forum.core.halves import Span, monday_of
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.notify.book import book_of, fact_of
from forum.people.models import Person
from forum.roster.actions import absences, appointing, covering, requesting, turns
from forum.roster.models import Absence, CoverRequest, Duty, Holding, Place, TurnSwap
from forum.spaces.models import Item, ItemState, Membership
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing

pytestmark = pytest.mark.usefixtures("context")
NEWS = ("duty", "cover", "swap", "turns", "absence", "endorsement", "volunteer", "account")


def mails(app: Flask) -> dict[str, list[Mail]]:
    """Return what the facts so far would have mailed now, by kind."""
    book = book_of(app)
    found: dict[str, list[Mail]] = {}
    for row in db.session.scalars(db.select(FactRow).order_by(FactRow.id)):
        if row.kind.startswith(NEWS):
            teller: Teller = book[row.kind]
            fact = fact_of(row, book)
            written = [teller.compose(fact, one) for one in teller.recipients(fact)]
            found.setdefault(row.kind, []).extend(mail for mail in written if mail)
    return found


def newest(app: Flask, kind: str) -> Mail:
    return mails(app)[kind][-1]


def hide(duty: Duty) -> None:
    with transaction():
        db.session.get_one(Item, duty.id).state = ItemState.HELD


def offered(cast: Cast, *, place: Place = Place.HOLDER) -> tuple[Duty, Holding]:
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Snow & ice")
    with transaction():
        return duty, appointing.offer(standing(cast.organiser), duty, cast.champion, place=place)


def test_an_offer_asks_until_it_is_answered_and_the_answer_goes_back(app: Flask, cast: Cast) -> None:
    duty, holding = offered(cast)
    asks = newest(app, "duty offered")
    assert asks.to == cast.champion.email
    assert asks.subject == "Would you take on “Snow & ice”?"
    assert "isn’t yours until you say yes" in asks.text
    assert f"/duties/{db.session.get_one(Item, duty.id).ref}" in asks.text
    assert "Snow &amp; ice" in asks.html
    with transaction():
        appointing.accept(standing(cast.champion), holding)
    assert mails(app)["duty offered"] == []
    answer = newest(app, "duty answered")
    assert (answer.to, answer.subject) == (cast.organiser.email, "Carla Champion takes on “Snow & ice”")
    _deputy, other = offered(cast, place=Place.DEPUTY)
    assert "be the deputy from" in newest(app, "duty offered").text
    with transaction():
        appointing.decline(standing(cast.champion), other, reason="Too much on.")
    said_no = newest(app, "duty answered")
    assert "can’t take on" in said_no.subject
    assert "Too much on." in said_no.text
    with transaction():
        appointing.give_up(standing(cast.organiser), holding, reason="Swapped jobs.")
    left = newest(app, "duty left")
    assert left.to == cast.champion.email
    assert "Swapped jobs." in left.text
    hide(duty)
    assert mails(app)["duty left"] == []


def test_turns_and_swaps_are_told_and_lead_to_the_turns(app: Flask, cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Hot water")
    monday = monday_of(today(cast.champions.zone))
    mine, theirs = monday + timedelta(days=14), monday + timedelta(days=7)
    with transaction():
        turns.set_turns(
            standing(cast.organiser), duty, [cast.champion, cast.colleague, cast.organiser], weeks=1, from_day=monday
        )
    assert {mail.to for mail in mails(app)["turns set"]} == {cast.champion.email, cast.colleague.email}
    with transaction():
        turns.set_turns(standing(cast.organiser), duty, [cast.champion, cast.colleague], weeks=1, from_day=monday)
    assert len(mails(app)["turns set"]) == 2  # who had a turn before isn't told again

    def swap() -> TurnSwap:
        with transaction():
            return turns.ask_swap(standing(cast.champion), duty, cast.colleague, day=mine, other_day=theirs)

    for agrees, said in ((False, "can’t swap turns"), (True, "swaps turns with you")):
        asked = swap()
        mail = newest(app, "swap asked")
        assert mail.to == cast.colleague.email
        assert "/turns" in mail.text
        with transaction():
            turns.answer_swap(standing(cast.colleague), asked, agrees=agrees)
        assert mails(app)["swap asked"] == []
        answer = newest(app, "swap answered")
        assert answer.to == cast.champion.email
        assert said in answer.subject
    with transaction():
        turns.stop_turns(standing(cast.organiser), duty)
    told = mails(app)["turns set"]
    assert {mail.to for mail in told} == {cast.champion.email, cast.colleague.email}
    assert {mail.subject for mail in told} == {"You take no turns in “Hot water” any more"}
    assert all("because you had a turn" in mail.text for mail in told)


def covered(cast: Cast, *people: Person) -> tuple[Duty, Absence, CoverRequest]:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
    first = today(cast.champions.zone) + timedelta(days=3)
    with transaction():
        absence = absences.file(cast.champion, Span.of_days(first, first + timedelta(days=4)))
        (request,) = requesting.ask(
            standing(cast.champion), duty, absence.span, away=cast.champion, people=people, note="Mind the cat."
        )
    return duty, absence, request


def act(what: Callable[..., object], person: Person, *args: object) -> None:
    with transaction():
        what(standing(person), *args)


def test_cover_is_asked_for_taken_shortened_lost_and_over_by_mail(app: Flask, cast: Cast) -> None:
    """D2, D3: each once, to whom it concerns, for as long as it is so."""
    duty, absence, request = covered(cast, cast.colleague, cast.steward)
    asks = mails(app)["cover asked"]
    assert {mail.to for mail in asks} == {cast.colleague.email, cast.steward.email}
    assert all("Mind the cat." in mail.text for mail in asks)
    act(covering.decline, cast.steward, request)
    assert [mail.to for mail in mails(app)["cover asked"]] == [cast.colleague.email]
    said_no = newest(app, "cover declined")
    assert said_no.to == cast.champion.email
    assert "Stella Steward can’t cover" in said_no.subject
    act(covering.take, cast.colleague, request)
    assert mails(app)["cover asked"] == mails(app)["cover declined"] == []
    assert newest(app, "cover taken").subject == "Colin Colleague covers “Inbox”"
    span = absence.span
    with transaction():
        absences.change(
            cast.champion,
            absence,
            Span.of_days(span.first_day, span.first_day),
            seen=absence.seen,
            version=absence.version,
        )
    assert "has become shorter" in newest(app, "cover over").subject
    act(covering.give_back, cast.colleague, request)
    lost = newest(app, "cover lost")
    assert lost.to == cast.champion.email
    assert "Colin Colleague can’t cover “Inbox” after all" in lost.subject
    again = db.session.scalars(db.select(CoverRequest).where(CoverRequest.state == "open")).one()
    act(covering.take, cast.colleague, again)
    assert mails(app)["cover lost"] == []
    with transaction():
        absences.change(
            cast.champion,
            absence,
            Span.of_days(span.last_day, span.last_day),
            seen=absence.seen,
            version=absence.version,
        )
    over = newest(app, "cover over")
    assert "is over" in over.subject
    assert over.to == cast.colleague.email
    hide(duty)
    assert not any(mails(app).values())


def test_who_was_noted_as_away_is_told_and_by_whom(app: Flask, cast: Cast) -> None:
    """D6: nothing about why; not once they are back, or their account is out of use."""
    day = today(cast.champions.zone)
    with transaction():
        absence = absences.file_for(standing(cast.organiser), cast.champion, Span.of_days(day, day))
    mail = newest(app, "absence filed")
    assert mail.to == cast.champion.email
    assert "Oscar Organiser noted it for you" in mail.text
    assert "Nothing is noted about why" in mail.text
    with transaction():
        absences.come_back(cast.champion, absence)
    assert mails(app)["absence filed"] == []


def test_nobody_is_told_of_a_duty_who_left_its_space(app: Flask, cast: Cast) -> None:
    """A3: seen to fail without the look at the membership in `reader_of`."""
    offered(cast)
    with transaction():
        rows = db.session.scalars(db.select(Membership).where(Membership.person_id == cast.champion.id))
        for row in rows:
            row.ended_at = now()
    assert mails(app)["duty offered"] == []
