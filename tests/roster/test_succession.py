"""A vacant seat looks for its next champion: colleagues of the department are asked, the sponsor is told (D7)."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied, RuleBroken
from forum.core.mail import Mail
from forum.core.outbox import FactRow
from forum.core.time import now
from forum.notify.book import book_of, fact_of
from forum.people.models import Person
from forum.roster.actions import appointing, seats, succession, volunteering
from forum.roster.models import Duty, Holding
from forum.spaces.actions import end_membership
from forum.spaces.models import Invitation, Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_seats import asked, seat

AsPerson = Callable[[Person], Browserless]


def told(app: Flask, kind: str) -> list[Mail]:
    book, found = book_of(app), []
    for row in db.session.scalars(db.select(FactRow).where(FactRow.kind == kind).order_by(FactRow.id)):
        fact = fact_of(row, book)
        found += [book[kind].compose(fact, one) for one in book[kind].recipients(fact)]
    return [mail for mail in found if mail is not None]


def of_libraries(cast: Cast, *people: Person) -> None:
    with transaction():
        for person in db.session.scalars(db.select(Person)):
            person.department_id = cast.libraries.id if person.id in {one.id for one in people} else None


@pytest.mark.both_databases
def test_colleagues_of_the_department_are_asked_once_and_let_in(app: Flask, cast: Cast) -> None:
    """A3: members read where to put themselves forward, others are invited as well; a second press asks nobody."""
    with app.test_request_context("/"):
        duty = seat(cast)
        outsider = factories.make_person(name="Nora Newcomer")
        of_libraries(cast, cast.champion, outsider)
        with pytest.raises(Denied), transaction():
            succession.call(standing(cast.champion), duty)
        for number in (2, 0):
            with transaction():
                assert succession.call(standing(cast.organiser), duty) == number
        mails = {mail.to: mail for mail in told(app, "seat called")}
        assert mails.keys() == {cast.champion.email, outsider.email}
        inside, outside = mails[cast.champion.email or ""], mails[outsider.email or ""]
        assert inside.subject == "Would you be the digital champion of Libraries?"
        assert f"/duties/{db.session.get_one(Item, duty.id).ref}/volunteers" in inside.text
        assert "another mail has your invitation" in outside.text
        assert "another mail" not in inside.text
        assert "asks the colleagues of Libraries" in inside.text.partition("\n-- \n")[2]
        assert db.session.scalars(db.select(Invitation.address)).all() == [outsider.email]
        with transaction():
            volunteering.agree(standing(cast.organiser), volunteering.put_forward(standing(cast.champion), duty))
        assert told(app, "seat called") == []
        with pytest.raises(RuleBroken, match="holds"), transaction():
            succession.call(standing(cast.organiser), duty)


@pytest.mark.usefixtures("context")
def test_nobody_is_asked_where_nobody_can_be(app: Flask, cast: Cast) -> None:
    duty = seat(cast)
    of_libraries(cast)
    with pytest.raises(RuleBroken, match="Invite somebody by address"), transaction():
        succession.call(standing(cast.organiser), duty)


def test_an_organiser_finds_somebody_on_the_page_and_others_do_not(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.test_request_context("/"):
        duty = seat(cast)
        of_libraries(cast, cast.champion)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
    organiser = as_person(cast.organiser)
    assert "Find somebody" in organiser.get("/s/champions/roster/seats").text
    assert "Ask the colleagues of Libraries" in organiser.get(f"{path}/volunteers").text
    assert "Ask the colleagues" not in as_person(cast.colleague).get(f"{path}/volunteers").text
    assert organiser.send(f"{path}/call").status_code == 303
    assert "1 colleague was asked" in organiser.get(f"{path}/volunteers").text
    assert as_person(cast.champion).send(f"{path}/call").status_code == 403


def given(cast: Cast, duty: Duty) -> None:
    token = asked(cast, duty)
    with transaction():
        seats.endorse(token, name="Bea Boss", post="Head of Libraries")


@pytest.mark.usefixtures("context")
def test_the_sponsor_is_told_when_the_seat_is_empty_and_when_it_is_somebodys(app: Flask, cast: Cast) -> None:
    """D7, A3: by the address at which they were asked, and only what still is so."""
    duty = seat(cast, cast.champion)
    given(cast, duty)
    with transaction():
        end_membership(standing(cast.steward), cast.champion)
    (empty,) = told(app, "seat changed")
    assert (empty.to, empty.subject) == ("boss@example.org", "Libraries needs a new digital champion")
    assert "Carla Champion isn’t the champion" in empty.text
    assert "tell Oscar Organiser" in empty.text
    with transaction():
        offered = appointing.offer(standing(cast.organiser), duty, cast.colleague)
        appointing.accept(standing(cast.colleague), offered)
    (taken,) = told(app, "seat changed")
    assert taken.subject == "Colin Colleague is the digital champion of Libraries"
    assert "you stand behind the champion" in taken.text.partition("\n-- \n")[2]
    held = db.session.scalars(db.select(Holding).where(Holding.person_id == cast.colleague.id)).one()
    with transaction():
        appointing.give_up(standing(cast.colleague), held, at=now())
    assert [mail.subject for mail in told(app, "seat changed")] == [
        "Libraries needs a new digital champion",
        "Libraries needs a new digital champion",
    ]


@pytest.mark.usefixtures("context")
def test_a_seat_without_a_sponsor_tells_nobody(app: Flask, cast: Cast) -> None:
    seat(cast, cast.champion)
    with transaction():
        end_membership(standing(cast.steward), cast.champion)
    assert told(app, "seat changed") == []
