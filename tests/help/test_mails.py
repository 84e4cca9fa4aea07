"""Every mail of help: who gets it, at once, what it says; and that it isn't written when it isn't true any more (A3)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Teller
from forum.core.mail import Mail
from forum.core.outbox import Delivery, FactRow
from forum.help.actions import closing, taking
from forum.help.models import ON_DUTY, Case, CaseState
from forum.notify.book import book_of, fact_of
from forum.notify.expansion import claim_facts, expand
from forum.notify.models import MailChoice, MailRhythm
from forum.people.models import Person
from forum.spaces.models import Audience, Membership
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import said, standing
from tests.help.steps import asked_by, friday, on_duty

AsPerson = Callable[[Person], Browserless]


def mails(app: Flask, kind: str) -> list[Mail]:
    """Return what the facts of a kind so far would have mailed now. It is a call for help in each, as on the pages."""
    book = book_of(app)
    found: list[Mail] = []
    for row in db.session.scalars(db.select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)):
        teller: Teller = book[row.kind]
        fact = fact_of(row, book)
        found += [mail for one in teller.recipients(fact) if (mail := teller.compose(fact, one))]
    assert not [mail for mail in found if re.search(r"\bcase\b", str(mail))]
    return found


@pytest.mark.usefixtures("context")
def test_who_is_paged_reads_what_happened_until_somebody_has_it(app: Flask, cast: Cast) -> None:
    on_duty(cast, cast.colleague)
    until = friday()
    case = asked_by(cast.champion, affects="Everybody & all", tried="A restart", until=until)
    (mail,) = mails(app, "help paged")
    assert (mail.to, mail.subject) == (cast.colleague.email, "Help now: The home page is blank")
    for words in ("Carla Champion asks: All white.", "Everybody & all", "A restart", "/help/"):
        assert words in mail.text
    assert "Everybody &amp; all" in mail.html
    with transaction():
        taking.take(standing(cast.organiser), case.id)
    assert mails(app, "help paged") == []
    taken = {str(mail.to): mail for mail in mails(app, "help taken")}
    assert set(taken) == {cast.champion.email, cast.colleague.email}
    assert "Oscar Organiser took it at" in taken[str(cast.champion.email)].text
    assert "needn’t do anything" in taken[str(cast.colleague.email)].text
    with transaction():
        taking.offer(standing(cast.organiser), case.id, person_id=cast.colleague.id)
    assert [mail.to for mail in mails(app, "help offered")] == [cast.colleague.email]
    with transaction():
        taking.decline(standing(cast.colleague), case.id)
    assert [mail.to for mail in mails(app, "help declined")] == [cast.organiser.email]
    assert mails(app, "help offered") == []
    with transaction():
        taking.give_back(standing(cast.organiser), case.id)
    assert mails(app, "help taken") == []
    assert [mail.to for mail in mails(app, "help asked anew")] == [cast.champion.email]
    with transaction():
        closing.close(standing(cast.organiser), case.id, text=said("Turned it on."))
    closed = {str(mail.to): mail for mail in mails(app, "help closed")}
    assert set(closed) == {cast.champion.email, cast.colleague.email}
    assert "What helped: Turned it on." in closed[str(cast.champion.email)].text


@pytest.mark.usefixtures("context")
def test_who_left_or_may_not_see_it_any_more_is_not_mailed(app: Flask, cast: Cast) -> None:
    """A3: access is asked again at sending."""
    on_duty(cast, cast.colleague)
    asked_by(cast.champion, audience=Audience.ON_DUTY)
    assert len(mails(app, "help paged")) == 1
    with transaction():
        query = db.select(Membership).where(Membership.person_id == cast.colleague.id)
        db.session.scalars(query).one().ended_at = friday()
    assert mails(app, "help paged") == []


@pytest.mark.usefixtures("context")
def test_who_is_away_by_the_time_it_is_sent_is_not_asked(app: Flask, cast: Cast) -> None:
    """I1, I3, D9: whoever is away isn't asked, also when that was said between the press and the mail."""
    on_duty(cast, cast.colleague)
    case = asked_by(cast.champion)
    with transaction():
        taking.take(standing(cast.organiser), case.id)
        taking.offer(standing(cast.organiser), case.id, person_id=cast.colleague.id)
    other = asked_by(cast.champion, title="Another")
    assert [mail.subject for mail in mails(app, "help paged")] == ["Help now: Another"]
    assert len(mails(app, "help offered")) == 1
    factories.make_absence(cast.colleague)
    assert mails(app, "help paged") == []
    assert mails(app, "help offered") == []
    assert (other.state, other.step) == (CaseState.OPEN, ON_DUTY), "it goes further in its time"


@pytest.mark.usefixtures("context")
def test_a_drill_says_so_in_every_subject(app: Flask, cast: Cast) -> None:
    """I4."""
    on_duty(cast, cast.colleague)
    case = asked_by(cast.organiser, is_drill=True)
    with transaction():
        taking.take(standing(cast.colleague), case.id)
    (taken,) = mails(app, "help taken")
    with transaction():
        closing.sort_out(standing(cast.organiser), case.id)
    for mail in (taken, *mails(app, "help closed")):
        assert mail.subject.endswith(": Drill: The home page is blank")
        assert "This is a drill." in mail.text
    assert mails(app, "help asked") == [], "who hears of everything hears nothing of a drill"


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
def test_neither_quiet_hours_nor_days_off_nor_a_digest_hold_it_back(app: Flask, cast: Cast) -> None:
    """I3: their week is over and their hours are; whoever is on duty has the mail at once all the same."""
    on_duty(cast, cast.colleague)
    with transaction():
        colin = db.session.get_one(Person, cast.colleague.id)
        colin.working_days = 0b0001111  # Monday to Thursday
        db.session.add(
            MailChoice(
                person_id=colin.id, rhythm=MailRhythm.WEEKLY, hour=8, weekday=0, from_hour=9, to_hour=12,
                next_at=friday() + timedelta(days=3),
            )
        )  # fmt: skip
    at = friday() + timedelta(hours=6)
    with time_machine.travel(at, tick=False):
        case = asked_by(cast.champion)
        for fact_id in claim_facts(limit=50):
            expand(fact_id, book=book_of(app))
    due = {
        row.person_id: row.due_at
        for row in db.session.scalars(
            db.select(Delivery).join(FactRow, FactRow.id == Delivery.fact_id).where(FactRow.item_id == case.id)
        )
    }
    assert due == {cast.colleague.id: at}


def link_in(app: Flask) -> str:
    with app.test_request_context("/"):
        (mail,) = mails(app, "help paged")
        return "/help/" + mail.text.partition("/help/")[2].split()[0]


@pytest.mark.both_databases
def test_it_is_taken_from_mail_with_a_button_and_looking_does_nothing(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """I3: the link needs no sign-in; who comes second reads who has it; a link of an earlier round opens for who was asked."""
    with app.test_request_context("/"):
        on_duty(cast, cast.colleague)
        case_id = asked_by(cast.champion).id
    link = link_in(app)
    browser = app.test_client()
    page = browser.get(link).get_data(as_text=True)
    assert "I’ve got this" in page
    assert "You answer as Colin Colleague." in page
    assert "This link was sent to" not in page
    assert "This link was sent to" not in as_person(cast.colleague).get(link).get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Case, case_id).holder_id is None
    other = as_person(cast.outsider)
    page = other.get(link).get_data(as_text=True)
    assert f"This link was sent to Colin Colleague.</b> You are signed in as {cast.outsider.name}." in page
    answer = other.send(link)
    assert answer.status_code == 200
    assert "Colin Colleague has got this." in answer.get_data(as_text=True)
    assert "You have got this." in browser.get(link).get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Case, case_id).holder_id == cast.colleague.id
    assert as_person(cast.outsider).send(link).status_code == 200
    assert browser.get(link[:-3] + ("AAA" if link[-3:] != "AAA" else "BBB")).status_code == 404
    with app.test_request_context("/"), transaction():
        taking.give_back(standing(cast.colleague), case_id)
    with app.test_request_context("/"), transaction():
        taking.take(standing(cast.organiser), case_id)
    second = as_person(cast.outsider).send(link)
    assert second.status_code == 409
    assert "Oscar Organiser has got this" in second.get_data(as_text=True)
    with time_machine.travel(friday() + timedelta(days=30)):
        assert browser.get(link).status_code == 404
