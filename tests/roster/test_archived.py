"""An archived space: what its roster says can be read, and nothing that can't be done there is offered."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.errors import Denied
from forum.core.halves import Span
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import absences, appointing, handing, leaving, leaving_kit, requesting, volunteering
from forum.roster.models import Place
from forum.spaces.models import Space
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]


def archive(cast: Cast) -> None:
    with transaction():
        db.session.get_one(Space, cast.champions.id).archived_at = now()


def furnish(cast: Cast) -> None:
    """Let something of everything wait for an answer, of Carla or of Colin."""
    day = today("Europe/London")
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, ref="snow")
    round_ = factories.make_duty(cast.champions, by=cast.organiser, ref="round")
    vacant = factories.make_duty(cast.champions, by=cast.organiser, ref="vacant")
    passed = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, ref="passed")
    factories.make_turns(round_, [cast.champion, cast.colleague])
    with transaction():
        absence = absences.file(cast.champion, Span.of_days(day, day))
        (wanted,) = requesting.ask(
            standing(cast.champion),
            duty,
            absence.span,
            away=cast.champion,
            people=[cast.colleague],
            absence=absence,
        )
        wanted.ref = "wanted"
        appointing.offer(standing(cast.organiser), round_, cast.colleague, place=Place.DEPUTY)
        handover = handing.start(standing(cast.champion), passed, cast.colleague, day=day)
        handover.ref = "handover"
        handing.offer(standing(cast.champion), handover)
        volunteering.put_forward(standing(cast.champion), vacant)
    factories.make_cover_request(
        passed, away=cast.champion, span=absence.span, taken_by=cast.colleague, ref="taken", absence=absence
    )


PAGES = (
    "",
    "weeks",
    "cover",
    "cover/wanted",
    "cover/taken",
    "duties/snow",
    "duties/round",
    "duties/round/turns",
    "duties/passed",
    "duties/passed/passport",
    "handovers/handover",
    "duties/vacant",
    "duties/vacant/volunteers",
    "leaving",
    "seats",
    "accounts",
)


def test_no_page_of_an_archived_space_offers_what_cannot_be_done_there(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """The pages are there, with what was agreed; calendars can still be followed."""
    with app.test_request_context("/"):
        furnish(cast)
        archive(cast)
    for person in (cast.champion, cast.colleague, cast.organiser):
        client = as_person(person)
        for path in PAGES:
            page = client.get(f"/s/champions/roster/{path}")
            assert page.status_code == 200, path
            forms = re.findall(r'action="(/s/champions/roster/[^"]*)"', page.text)
            assert [one for one in forms if "/feed" not in one] == [], (person.name, path)


@pytest.mark.usefixtures("context")
def test_a_leaving_kit_stays_as_it_is_in_an_archived_space(cast: Cast) -> None:
    day = today("Europe/London")
    away = factories.make_absence(cast.organiser, days=5)
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.organiser)
    factories.make_cover_request(duty, away=cast.organiser, span=away.span, taken_by=cast.champion, ref="promised")
    with transaction():
        leaving.file_own(cast.champion, last_day=day)
    archive(cast)
    with pytest.raises(Denied, match="closed"), transaction():
        leaving_kit.close(standing(cast.champion), cast.champion, "cover", "promised")
