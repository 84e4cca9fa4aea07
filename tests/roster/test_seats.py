"""Champions' seats: sponsors by link, volunteers, the register by department."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Missing, RuleBroken
from forum.core.outbox import FactRow
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions import duties, seats, volunteering
from forum.roster.actions.duty_words import DutyWords
from forum.roster.models import Duty, DutyKind, Endorsement, Volunteer, VolunteerState
from forum.roster.queries import who_holds
from forum.roster.tokens import endorsement_token
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]


def seat(cast: Cast, holder: Person | None = None) -> Duty:
    duty = factories.make_duty(cast.champions, by=cast.organiser, title="Libraries’ champion", holder=holder)
    with transaction():
        row = db.session.get_one(Duty, duty.id)
        row.kind, row.department_id = DutyKind.SEAT, cast.libraries.id
    return row


def asked(cast: Cast, duty: Duty, address: str = "boss@example.org") -> str:
    with transaction():
        return endorsement_token(seats.ask(standing(cast.organiser), duty, address).nonce)


def test_a_link_is_stored_as_a_hash_acts_once_expires_and_is_void_on_change(app: Flask, cast: Cast) -> None:
    """A7: bound to the address; asking another makes the first void, as does another name of the seat, or its end."""
    with app.test_request_context("/"):
        duty = seat(cast)
        first = asked(cast, duty)
        assert asked(cast, duty) == first
        row = db.session.scalars(db.select(Endorsement)).one()
        assert (row.token_hash, first in str(vars(row))) == (hashed(first), False)
        second = asked(cast, duty, "other@example.org")
        with pytest.raises(Missing):
            seats.opened(first)
        with pytest.raises(Missing):
            seats.opened(second, at=now() + timedelta(days=31))
        with transaction():
            words = DutyWords(title="Another", first_day=duty.first_day, kind=DutyKind.SEAT, department=cast.libraries)
            version = db.session.get_one(Item, duty.id).version
            duties.change(standing(cast.organiser), duty, words, version=version)
        with pytest.raises(Missing):
            seats.opened(second)
        third = asked(cast, duty)
        for _press in range(2):
            with transaction():
                seats.endorse(third, name="Bea Boss", post="Head of Libraries")
        with pytest.raises(RuleBroken), transaction():
            seats.decline(third)
        with transaction():
            duties.end(standing(cast.organiser), duty, on=now().date())
        with pytest.raises(Missing):
            seats.opened(third)


def test_a_sponsor_opens_a_page_with_a_button_and_needs_no_account(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A7, A10: opening changes nothing; only the POST acts; a dead link says the same whatever the reason."""
    with app.test_request_context("/"):
        duty = seat(cast, cast.champion)
        token = asked(cast, duty)
    app.test_client_class = Browserless
    nobody = app.test_client()
    assert isinstance(nobody, Browserless)
    assert "I stand behind it" in nobody.get(f"/sponsor/{token}").text
    assert "I stand behind it" in nobody.get(f"/sponsor/{token}").text
    assert nobody.get("/sponsor/nonsense").status_code == 404
    wrong = nobody.send(f"/sponsor/{token}", name="Bea Boss", post="")
    assert wrong.status_code == 422
    assert "Bea Boss" in wrong.text
    assert nobody.send(f"/sponsor/{token}", name="Bea Boss", post="Head of Libraries").status_code == 303
    assert "Thank you, Bea Boss" in nobody.get(f"/sponsor/{token}").text
    assert nobody.send(f"/sponsor/{token}/no").status_code == 409
    page = as_person(cast.reader).get("/s/champions/roster/seats").text
    assert "Head of Libraries" in page
    assert "boss@example.org" not in page


def test_a_sponsor_is_reminded_once(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        asked(cast, seat(cast))
        for _run in range(2):
            with transaction():
                seats.remind(at=now() + timedelta(days=8))
        kinds = [row.payload["again"] for row in db.session.scalars(db.select(FactRow).order_by(FactRow.id))]
        assert kinds == [False, True]


def test_a_volunteer_is_agreed_by_an_organiser_or_told_kindly(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        duty = seat(cast)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}/volunteers"
    champion, organiser = as_person(cast.champion), as_person(cast.organiser)
    assert "Put me forward" in champion.get("/s/champions/roster/seats").text
    for _press in range(2):
        assert champion.send(path, note="Mornings.").status_code == 303
    assert as_person(cast.colleague).send(path).status_code == 303
    with app.test_request_context("/"):
        first, second = db.session.scalars(db.select(Volunteer).order_by(Volunteer.id))
        ids = first.id, second.id
    assert champion.send(f"/s/champions/roster/volunteers/{ids[0]}/agree").status_code == 403
    assert "Mornings." in organiser.get(path).text
    assert "Mornings." not in as_person(cast.colleague).get(path).text
    assert organiser.send(f"/s/champions/roster/volunteers/{ids[0]}/agree").status_code == 303
    assert organiser.send(f"/s/champions/roster/volunteers/{ids[1]}/agree").status_code == 409
    assert organiser.send(f"/s/champions/roster/volunteers/{ids[1]}/decline", answer="Next year?").status_code == 303
    with app.test_request_context("/"):
        assert who_holds(duty.id, now()).person_id == cast.champion.id
        assert db.session.get_one(Volunteer, ids[1]).state is VolunteerState.DECLINED


def test_a_reader_who_volunteers_cant_hold_it_until_they_are_a_champion(app: Flask, cast: Cast) -> None:
    with app.test_request_context("/"):
        duty = seat(cast)
        with transaction():
            volunteer = volunteering.put_forward(standing(cast.reader), duty)
        with pytest.raises(RuleBroken), transaction():
            volunteering.agree(standing(cast.organiser), volunteer)
