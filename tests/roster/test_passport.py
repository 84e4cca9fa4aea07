"""A duty's passport: what happened to it, and what its handover note said before."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from forum.content.naming import text_for
from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions import appointing, duties, noting
from forum.roster.actions.duty_words import DutyWords
from forum.roster.models import DutyEntry, EntryKind
from forum.spaces.models import Item
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import standing

AsPerson = Callable[[Person], Browserless]


def test_who_has_a_duty_or_covers_it_notes_what_happened_and_it_stays(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D8: no password; every line is kept with its day and who noted it; a second press is one line."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        absence = factories.make_absence(cast.champion)
        factories.make_cover_request(duty, away=cast.champion, span=absence.span, taken_by=cast.colleague)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
        ids = duty.id
    colin, day = as_person(cast.colleague), today("Europe/London")
    assert "Note what happened" in colin.get(f"{path}/passport").text
    form = {"incident-words": "The inbox was full.", "incident-day": day.isoformat()}
    for _press in range(2):
        assert colin.send(f"{path}/incidents", **form).status_code == 303
    for wrong, said in (
        ({"incident-words": ""}, "Say in a sentence what happened."),
        ({"incident-words": "The password is hunter22"}, "vault"),
        ({"incident-day": (day + timedelta(days=3)).isoformat()}, "still to come"),
        ({"incident-words": "x" * 2001}, "2000"),
    ):
        answer = colin.send(f"{path}/incidents", **{**form, **wrong})
        assert (answer.status_code, said in answer.text) == (422, True), said
    page = as_person(cast.reader).get(f"{path}/passport").text
    assert "The inbox was full." in page
    assert "noted by Colin Colleague" in page
    assert "Note what happened" not in page
    assert as_person(cast.reader).send(f"{path}/incidents", **form).status_code == 403
    with app.test_request_context("/"):
        assert len(db.session.scalars(db.select(DutyEntry).where(DutyEntry.duty_id == ids)).all()) == 1


@pytest.mark.usefixtures("context")
def test_who_neither_has_it_nor_covers_notes_nothing(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion)
    with pytest.raises(Denied), transaction():
        noting.note_incident(standing(cast.colleague), duty, "It broke.", day=now().date())
    with pytest.raises(Invalid), transaction():
        noting.note_incident(standing(cast.champion), duty, " ", day=now().date())


@pytest.mark.usefixtures("context")
def test_what_the_handover_note_said_before_is_kept(cast: Cast) -> None:
    duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")

    def say(text: str) -> None:
        words = DutyWords(title="Inbox", first_day=duty.first_day, note=text_for(cast.champions, text))
        version = db.session.get_one(Item, duty.id).version
        with transaction():
            duties.change(standing(cast.champion), duty, words, version=version)

    for text in ("Ring Bea.", "Ring Bea.", "Ring Tom."):
        say(text)
    kept = db.session.scalars(db.select(DutyEntry)).all()
    assert [(one.kind, one.words, one.by_id) for one in kept] == [(EntryKind.NOTE, "Ring Bea.", cast.champion.id)]


def test_a_passport_says_until_before_which_day_and_names_nobody_who_had_it_for_a_moment(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Seen to fail on the page of the duty, which said that two people had it on the day on which it passed."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        for person in (cast.colleague, cast.steward):
            with transaction():
                holding = appointing.offer(standing(cast.organiser), duty, person)
            with transaction():
                appointing.accept(standing(person), holding)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
    reader, day = as_person(cast.reader), today("Europe/London")
    for page in (reader.get(path).text, reader.get(f"{path}/passport").text):
        said = page[page.index("Passport" if page.count("Passport") == 1 else "<main") :]
        assert f'until before <time datetime="{day.isoformat()}"' in said
        assert "Carla Champion" in said
        assert "Stella Steward" in said
        assert "<b>Colin Colleague</b>" not in said


def test_who_is_asked_to_take_a_duty_on_isnt_asked_to_come_forward_too(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, title="Inbox")
        with transaction():
            appointing.offer(standing(cast.organiser), duty, cast.champion)
        path = f"/s/champions/roster/duties/{db.session.get_one(Item, duty.id).ref}"
    assert "Put me forward" not in as_person(cast.champion).get(path).text
    assert "Put me forward" in as_person(cast.colleague).get(path).text
