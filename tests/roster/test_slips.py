"""What an organiser notes for somebody who is off today: as they would say it, and taken back when it was a mistake (D6)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Denied, Missing, RuleBroken
from forum.core.halves import Span
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import absences, covering, requesting, slips
from forum.roster.models import Absence, CoverState, Seen
from forum.roster.queries import who_holds
from forum.roster.queries.away import away_in, was_undone
from forum.roster.who import Why
from forum.spaces.models import LogEntry
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing
from tests.roster.test_absence_pages import filled, looked
from tests.roster.test_covering import as_it_is
from tests.roster.test_mails import mails

AsPerson = Callable[[Person], Browserless]
inside = pytest.mark.usefixtures("context")


def noted(cast: Cast, person: Person) -> Absence:
    """Let Oscar note that somebody is off today."""
    day = today(cast.champions.zone)
    with transaction():
        return absences.file_for(standing(cast.organiser), person, Span.of_days(day, day + timedelta(days=2)))


@inside
def test_others_are_told_no_more_of_it_than_the_person_tells_them(cast: Cast) -> None:
    """Who tells only organisers that they are away isn't shown to everybody because an organiser noted it."""
    assert noted(cast, cast.colleague).seen is Seen.MEMBERS
    factories.make_absence(cast.champion, days=2, starts=-20, seen=Seen.ORGANISERS)
    assert noted(cast, cast.champion).seen is Seen.ORGANISERS
    names = [one.person.name for one in away_in(standing(cast.reader))]
    assert names == [cast.colleague.name]


@inside
def test_a_mistake_is_taken_back_with_all_that_came_of_it_and_the_person_is_told(app: Flask, cast: Cast) -> None:
    """D5, D6: cover ends, its taker and the person hear of it once, and the log says who did it."""
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    absence = noted(cast, cast.champion)
    with transaction():
        (request,) = requesting.ask(standing(cast.organiser), duty, absence.span, away=cast.champion, absence=absence)
    with transaction():
        covering.take(standing(cast.colleague), request)
    for _press in range(2):
        with transaction():
            slips.take_back(standing(cast.organiser), absence)
    assert was_undone(absence, cast.champion.zone)
    assert who_holds(duty.id, now()).why is Why.HOLDER
    assert as_it_is(request).state is CoverState.ENDED
    (mail,) = mails(app)["absence taken back"]
    assert mail.to == cast.champion.email
    assert "Oscar Organiser had noted it" in mail.text
    assert mails(app)["absence filed"] == []
    row = db.session.scalars(select(LogEntry).where(LogEntry.verb == "took back absence")).one()
    assert (row.actor_id, row.person_id) == (cast.organiser.id, cast.champion.id)


@inside
def test_only_who_noted_it_takes_it_back_and_not_what_the_person_has_corrected(cast: Cast) -> None:
    absence = noted(cast, cast.champion)
    for other in (cast.steward, cast.champion):
        with pytest.raises((Missing, Denied)), transaction():
            slips.take_back(standing(other), absence)
    own = factories.make_absence(cast.organiser, days=1)
    with pytest.raises(Missing), transaction():
        slips.take_back(standing(cast.organiser), own)
    with transaction():
        absences.change(cast.champion, absence, absence.span, seen=Seen.ORGANISERS, version=1)
    with pytest.raises(RuleBroken, match="corrected"), transaction():
        slips.take_back(standing(cast.organiser), absence)
    assert [one.may_take_back for one in away_in(standing(cast.organiser)) if one.person.id == cast.champion.id] == [
        False
    ]


def test_it_is_undone_on_pages(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.organiser)
    form = filled(starts=0, days=1, person=cast.champion.handle)
    page = client.send("/s/champions/roster/off-today", **form)
    client.send("/s/champions/roster/off-today", **form, save="quiet", looked=looked(page.text))
    with app.app_context():
        key = db.session.scalars(select(Absence.id)).one()
    path = f"/s/champions/roster/off-today/{key}/take-back"
    shown = client.get("/s/champions/roster/cover").text
    assert shown.count(path) == 2, "in the banner, and beside the name"
    assert path not in as_person(cast.steward).get("/s/champions/roster/cover").text
    assert client.send(path).status_code == 303
    shown = client.get("/s/champions/roster/cover").text
    assert "It is taken back" in shown
    assert path not in shown
