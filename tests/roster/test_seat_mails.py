"""The mails of sponsors, volunteers, accounts, untaken cover and returns: to whom, with what, why; not when it is settled."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.core.halves import Span
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.notify.book import book_of, fact_of
from forum.roster.actions import (
    absences,
    accounts,
    appointing,
    duties,
    escalating,
    requesting,
    seats,
    turns,
    volunteering,
)
from forum.roster.events import ReturnDue
from forum.roster.models import Account, DutyKind, Holding
from forum.roster.tellers.returning import tell_back
from tests import factories
from tests.cast import Cast
from tests.content.steps import standing
from tests.roster.test_covering import asked as asked_for_cover
from tests.roster.test_covering import take, week
from tests.roster.test_seats import asked, seat

pytestmark = pytest.mark.usefixtures("context")


def told(app: Flask, kind: str) -> list[Mail]:
    """Return what the facts of a kind would mail now."""
    book, found = book_of(app), []
    for row in db.session.scalars(db.select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)):
        fact = fact_of(row, book)
        found += [book[kind].compose(fact, one) for one in book[kind].recipients(fact)]
    return [mail for mail in found if mail is not None]


def footer(mail: Mail) -> str:
    return mail.text.partition("\n-- \n")[2]


def test_a_sponsor_is_asked_reminded_and_left_alone_once_they_answered(app: Flask, cast: Cast) -> None:
    """A7: the link stands in the mail alone; the footer names who wrote down the address."""
    duty = seat(cast, cast.champion)
    token = asked(cast, duty)
    (asks,) = told(app, "endorsement asked")
    assert (asks.to, asks.subject) == (
        "boss@example.org",
        "Would you stand behind the digital champion of Libraries?",
    )
    assert f"/sponsor/{token}" in asks.text
    assert "works once" in asks.text
    assert "because Oscar Organiser wrote down your address" in footer(asks)
    with transaction():
        seats.remind(at=now() + timedelta(days=8))
    assert told(app, "endorsement asked")[-1].subject.startswith("Still waiting for you")
    with transaction():
        seats.endorse(token, name="Bea Boss", post="Head of Libraries")
    assert told(app, "endorsement asked") == []
    given = told(app, "endorsement answered")
    assert {mail.to for mail in given} == {cast.organiser.email, cast.champion.email}
    assert all("Bea Boss, Head of Libraries." in mail.text for mail in given)
    assert all("because you asked, or because it is your seat" in footer(mail) for mail in given)


def test_a_sponsors_no_is_told_to_who_asked_alone(app: Flask, cast: Cast) -> None:
    with transaction():
        seats.decline(asked(cast, seat(cast, cast.champion)))
    (said,) = told(app, "endorsement answered")
    assert (said.to, said.subject) == (cast.organiser.email, "No sponsor yet for “Libraries’ champion”")


def test_organisers_hear_of_volunteers_and_volunteers_of_the_answer(app: Flask, cast: Cast) -> None:
    """A3: to keepers as they are now; not once it is answered; a no is kind."""
    duty = seat(cast)
    with transaction():
        mine = volunteering.put_forward(standing(cast.champion), duty, note="Mornings.")
        other = volunteering.put_forward(standing(cast.colleague), duty)
    came = told(app, "volunteer came")
    assert {mail.to for mail in came} == {cast.organiser.email, cast.steward.email}
    assert came[0].subject == "Carla Champion would take on “Libraries’ champion”"
    assert "Mornings." in came[0].text
    assert "/volunteers" in came[0].text
    assert "you look after the space" in footer(came[0])
    with transaction():
        volunteering.decline(standing(cast.organiser), other, answer="Next year?")
        volunteering.agree(standing(cast.organiser), mine)
    assert told(app, "volunteer came") == []
    answers = {mail.to: mail for mail in told(app, "volunteer answered")}
    yes, no = answers[cast.champion.email or ""], answers[cast.colleague.email or ""]
    assert yes.subject == "“Libraries’ champion” is yours. Thank you"
    assert no.subject.startswith("Thank you for offering")
    assert "Next year?" in no.text
    assert all("you put yourself forward" in footer(mail) for mail in (yes, no))


def test_an_account_is_asked_about_of_who_has_it_or_of_organisers_until_it_is_confirmed(app: Flask, cast: Cast) -> None:
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, holder=cast.champion, title="Our page", kind=DutyKind.ACCOUNT
    )
    with transaction():
        accounts.describe(standing(cast.champion), duty, accounts.AccountWords(platform="Facebook"))
        db.session.get_one(Account, duty.id).checked_on = today("Europe/London") - timedelta(days=200)
        accounts.ask_about_accounts(at=now())
    (mail,) = told(app, "account due")
    assert (mail.to, mail.subject) == (cast.champion.email, "Is this still right: “Our page”?")
    assert "You are asked once." in mail.text
    assert "you look after the account" in footer(mail)
    held = db.session.scalars(db.select(Holding)).one()
    with transaction():
        appointing.give_up(standing(cast.champion), held)
    assert {one.to for one in told(app, "account due")} == {cast.organiser.email, cast.steward.email}
    with transaction():
        accounts.confirm(standing(cast.organiser), duty)
    assert told(app, "account due") == []


def test_what_nobody_took_is_told_to_the_deputy_with_the_answer_link_then_to_organisers(app: Flask, cast: Cast) -> None:
    at = datetime(2026, 10, 15, 9, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        duty = factories.make_duty(
            cast.champions, by=cast.organiser, holder=cast.champion, deputy=cast.colleague, title="Inbox"
        )
        with transaction():
            absence = absences.file(cast.champion, week(cast, starts=10))
            (request,) = requesting.ask(
                standing(cast.champion), duty, absence.span, away=cast.champion, absence=absence, note="The map."
            )
    for days, people, link in ((1, {cast.colleague.email}, "/cover/"), (4, None, "/roster/cover/")):
        with time_machine.travel(at + timedelta(days=days, hours=3), tick=False):
            escalating.escalate_due()
            mail = told(app, "cover untaken")[-1]
            assert mail.subject == "Nobody covers “Inbox” yet"
            assert people is None or mail.to in people
            assert people is not None or mail.to in {cast.organiser.email, cast.steward.email}
            assert link in mail.text
            assert "The map." in mail.text
            assert "you are the deputy, or look after the space" in footer(mail)
    with time_machine.travel(at + timedelta(days=5), tick=False):
        take(cast.colleague, request)
        assert told(app, "cover untaken") == []


def test_a_return_is_told_once_back_and_not_while_away_again(app: Flask, cast: Cast) -> None:
    """Of two absences side by side the second welcomes them back."""
    first = today("Europe/London")
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    over = factories.make_absence(cast.champion, Span.of_days(first - timedelta(days=5), first - timedelta(days=1)))
    factories.make_cover_request(duty, away=cast.champion, span=over.span, taken_by=cast.colleague)
    fact, to = ReturnDue(absence_id=over.id, version=over.version), Recipient(person_id=cast.champion.id)
    mail = tell_back(fact, to)
    assert mail is not None
    assert (mail.to, mail.subject) == (cast.champion.email, "Welcome back: what happened while you were away")
    assert f"/away/{over.id}/" in mail.text
    assert "because you were away" in footer(mail)
    again = factories.make_absence(cast.champion, days=5)
    assert tell_back(fact, to) is None
    with transaction():
        absences.come_back(cast.champion, again)
    assert tell_back(ReturnDue(absence_id=over.id, version=over.version + 1), to) is None


def test_whoever_covers_is_mailed_when_it_begins_within_two_days(app: Flask, cast: Cast) -> None:
    _duty, _absence, request = asked_for_cover(cast, away=week(cast, starts=1))
    take(cast.colleague, request)
    mails = {mail.to: mail for mail in told(app, "cover taken")}
    assert mails.keys() == {cast.champion.email, cast.colleague.email}
    mine = mails[cast.colleague.email or ""]
    assert "begins soon" in mine.subject
    assert "every 8 to 24 hours" in mine.text
    assert "because you cover it" in footer(mine)


def test_whoever_covers_later_has_it_in_their_calendar(app: Flask, cast: Cast) -> None:
    _duty, _absence, request = asked_for_cover(cast, away=week(cast, starts=9))
    take(cast.colleague, request)
    assert {mail.to for mail in told(app, "cover taken")} == {cast.champion.email}


def test_who_loses_a_duty_or_a_turn_to_another_is_told_and_by_whom(app: Flask, cast: Cast) -> None:
    one, two, three = (
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title=title)
        for title in ("Inbox", "Bins", "Snow")
    )
    with transaction():
        appointing.accept(standing(cast.colleague), appointing.offer(standing(cast.organiser), one, cast.colleague))
        turns.set_turns(
            standing(cast.organiser), two, [cast.colleague, cast.steward], weeks=1, from_day=today("Europe/London")
        )
        duties.end(standing(cast.organiser), three, on=today("Europe/London"))
    left = {mail.subject: mail for mail in told(app, "duty left") if mail.to == cast.champion.email}
    assert left.keys() == {"“Inbox” is not yours any more", "“Snow” is not yours any more"}
    assert "Colin Colleague has it from" in left["“Inbox” is not yours any more"].text
    assert "Oscar Organiser has ended it" in left["“Snow” is not yours any more"].text
    turned = {mail.to: mail.subject for mail in told(app, "turns set")}
    assert turned[cast.champion.email or ""] == "You take no turns in “Bins” any more"
