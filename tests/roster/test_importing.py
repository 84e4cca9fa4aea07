"""Taking absences over from a calendar: chosen, looked at, noted; by a person for themselves and by an organiser for members."""

import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.core.db import Base, db, transaction
from forum.core.events import restore
from forum.core.halves import Half, Span
from forum.core.outbox import FactRow
from forum.core.time import now, today
from forum.people.models import Person
from forum.roster.actions.absences import change, come_back
from forum.roster.events import AbsencesTakenOver
from forum.roster.models import Absence, AbsencePlan, CoverRequest, CoverState
from forum.roster.tellers.ahead import for_whom, tell_taken_over
from forum.spaces.queries import membership_of
from tests import factories
from tests.cast import Browserless, Cast, csrf_token
from tests.factories.calendars import away_days, make_calendar

AsPerson = Callable[[Person], Browserless]
GIVE = "/s/champions/roster/calendar"
DAY = timedelta(days=1)


def soon(days: int) -> date:
    return today("Europe/London") + days * DAY


def give(client: Browserless, data: bytes, *, whose: str = "mine") -> TestResponse:
    # By hand: werkzeug's client leaves the file open in which it puts together a large form.
    head = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{csrf_token(client)}\r\n'
    head += f'--x\r\nContent-Disposition: form-data; name="whose"\r\n\r\n{whose}\r\n'
    head += '--x\r\nContent-Disposition: form-data; name="file"; filename="away.ics"\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    return client.post(
        f"{GIVE}/attach",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )


def take_over(client: Browserless, data: bytes, *, whose: str = "mine") -> TestResponse:
    """Give a file, look at it, and note everything that is ticked."""
    answer = give(client, data, whose=whose)
    assert answer.status_code == 303, answer.text
    page = client.get(answer.location)
    assert page.status_code == 200
    return client.post(answer.location, data={"csrf_token": csrf_token(client), "line": ticked(page.text)})


def ticked(page: str) -> list[str]:
    return re.findall(r'name="line" value="(\d+)" checked', page)


def absences(person: Person) -> list[tuple[date, date]]:
    rows = db.session.scalars(select(Absence).where(Absence.person_id == person.id).order_by(Absence.start_day))
    return [(row.start_day, row.end_day) for row in rows]


@pytest.mark.both_databases
def test_what_was_shown_is_noted_and_the_same_file_adds_nothing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """G2-like: one stored plan. Touching and overlapping ones are one; nothing but days is kept of the file (D6)."""
    client = as_person(cast.champion)
    data = make_calendar(
        away_days("a", soon(3), 2, "SUMMARY:Operation"),
        away_days("b", soon(5), 2, "DESCRIPTION:Operation"),
        away_days("c", soon(4), 2),
        away_days("d", soon(20), 1),
        away_days("e", soon(40), 1),
    )
    answer = give(client, data)
    with app.app_context():
        assert absences(cast.champion) == []
    page = client.get(answer.location)
    assert "Operation" not in page.text
    assert ticked(page.text) == ["0", "1", "2"]
    sent = {"csrf_token": csrf_token(client), "line": ["0", "1"]}
    for _press in range(2):
        assert client.post(answer.location, data=sent).status_code == 303
    with app.app_context():
        assert absences(cast.champion) == [(soon(3), soon(6)), (soon(20), soon(20))]
        tables = Base.metadata.tables.values()
        stored = " ".join(str(row) for table in tables for row in db.session.execute(select(table)))
        assert "Operation" not in stored
        (plan,) = db.session.scalars(select(AbsencePlan))
        assert plan.lines == ""
    assert "noted already" in client.get(answer.location).text
    again = give(client, data)
    assert ticked(client.get(again.location).text) == ["2"]
    unticked = client.post(again.location, data={"csrf_token": csrf_token(client)})
    assert unticked.status_code == 422
    with app.app_context():
        assert len(absences(cast.champion)) == 2


def test_overlaps_are_said_and_only_the_rest_is_noted_and_what_moved_moves(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        factories.make_absence(cast.champion, starts=10, days=2)
    client = as_person(cast.champion)
    first = make_calendar(away_days("a", soon(8), 6), away_days("m", soon(30), 2))
    answer = give(client, first)
    assert "A part is noted already" in client.get(answer.location).text
    take_over(client, first)
    noted = [(soon(8), soon(9)), (soon(10), soon(11)), (soon(12), soon(13)), (soon(30), soon(31))]
    with app.app_context():
        assert absences(cast.champion) == noted
    assert ticked(client.get(give(client, first).location).text) == []
    take_over(client, make_calendar(away_days("a", soon(8), 6), away_days("m", soon(33), 2)))
    with app.app_context():
        assert absences(cast.champion) == [*noted[:3], (soon(33), soon(34))]
    take_over(client, make_calendar(away_days("m", soon(33), 3)))
    with app.app_context(), transaction():
        row = db.session.scalars(select(Absence).where(Absence.start_day == soon(33))).one()
        assert row.span.last_day == soon(35)  # a calendar's second change counts like its first
        span = Span.of_days(soon(33), soon(34))
        change(cast.champion, row, span, seen=row.seen, version=row.version)
    page = client.get(give(client, make_calendar(away_days("m", soon(36), 2))).location).text
    assert "changed here since" in page
    with app.app_context(), transaction():
        row = db.session.scalars(select(Absence).where(Absence.start_day == soon(33))).one()
        come_back(cast.champion, row)
    assert ticked(client.get(give(client, make_calendar(away_days("m", soon(33), 2))).location).text) == []


def test_cover_follows_at_once(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """D3: whoever covers and is away by the calendar is let off, and others are asked anew."""
    with app.test_request_context("/"):
        absence = factories.make_absence(cast.colleague, starts=5, days=3)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.colleague)
        factories.make_cover_request(duty, away=cast.colleague, span=absence.span, taken_by=cast.champion)
    take_over(as_person(cast.champion), make_calendar(away_days("a", soon(4), 9)))
    with app.app_context():
        states = sorted(one.state.value for one in db.session.scalars(select(CoverRequest)))
        assert states == [CoverState.ENDED.value, CoverState.OPEN.value]


@pytest.mark.both_databases
def test_an_organiser_notes_for_members_by_address_and_they_are_told(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D6: who isn't a member is listed and nothing noted for them; several names and none are said."""
    organiser = as_person(cast.organiser)
    mailto = f"ATTENDEE:mailto:{str(cast.colleague.email).upper()}"
    data = make_calendar(
        away_days("a", soon(3), 2, mailto, "SUMMARY:Operation"),
        away_days("b", soon(9), 2, f"ORGANIZER:mailto:{cast.champion.email}"),
        away_days("c", soon(3), 2, f"ATTENDEE:mailto:{cast.outsider.email}"),
        away_days("d", soon(3), 2, "ATTENDEE:mailto:<script>@example.org"),
        away_days("e", soon(3), 2, mailto, "ATTENDEE:mailto:x@example.org"),
        away_days("f", soon(3), 2),
    )
    page = organiser.get(give(organiser, data, whose="members").location).text
    for words in (
        "Colin Colleague",
        "Carla Champion",
        str(cast.outsider.email),
        "names several people",
        "names nobody",
    ):
        assert words in page
    assert "<script>@" not in page
    assert str(cast.outsider.name) not in page
    take_over(organiser, data, whose="members")
    with app.test_request_context("/"):
        assert absences(cast.colleague) == [(soon(3), soon(4))]
        assert absences(cast.champion) == [(soon(9), soon(10))]
        assert absences(cast.outsider) == []
        kinds = {AbsencesTakenOver.kind(): AbsencesTakenOver}
        rows = db.session.scalars(select(FactRow).where(FactRow.kind == AbsencesTakenOver.kind()))
        facts: list[Any] = [restore(row, kinds) for row in rows]
        assert len(facts) == 2
        mail = next(
            tell_taken_over(fact, one) for fact in facts for one in for_whom(fact) if one.person_id == cast.colleague.id
        )
        assert mail is not None
        assert "correct them" in mail.text
        assert "Operation" not in mail.text


def test_only_organisers_note_for_others_and_a_plan_is_its_makers(cast: Cast, as_person: AsPerson) -> None:
    """A1, A2: seen to fail without the look at whose plan it is."""
    data = make_calendar(away_days("a", soon(3), 2, f"ATTENDEE:mailto:{cast.colleague.email}"))
    champion, organiser = as_person(cast.champion), as_person(cast.organiser)
    assert give(champion, data, whose="members").status_code == 403
    where = give(organiser, data, whose="members").location
    assert as_person(cast.steward).get(where).status_code == 404
    assert champion.send(where, line="0").status_code == 404
    assert organiser.get(where.replace("champions", "night-desk")).status_code == 404
    mine = give(champion, data)
    assert "about somebody else" in champion.get(mine.location).text


def test_what_is_no_calendar_says_so_and_changes_nothing(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Never a 500; whatever was sent before is still there."""
    client = as_person(cast.champion)
    cases = {
        b"": "Choose a calendar file",
        b"PK\x03\x04" + bytes(range(256)): "no calendar file",
        b"BEGIN:VCALENDAR\n" + b"X" * (3 << 20): "larger than 2 MB",
        b"BEGIN:VCALENDAR\x00\nBEGIN:VEVENT\nX": "",
    }
    for data, words in cases.items():
        answer = give(client, data)
        assert answer.status_code in {303, 422}
        if words:
            assert answer.status_code == 422
            assert words in answer.text
    assert client.send(f"{GIVE}/attach", file="words").status_code == 422
    answer = give(client, make_calendar(["UID:1", "DTSTART:20269999"]))
    page = client.get(answer.location).text
    assert "no absence in this file" in page
    assert "dates that make no sense" in page
    for line in ("x", "-1", "99999", "²", "1" * 50):
        assert client.send(answer.location, line=line).status_code in {303, 422}, line
    with app.app_context():
        assert db.session.scalar(select(Absence)) is None


def test_a_member_who_left_meanwhile_is_said(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    organiser = as_person(cast.organiser)
    where = give(
        organiser, make_calendar(away_days("a", soon(3), 2, f"ATTENDEE:mailto:{cast.colleague.email}")), whose="members"
    ).location
    with app.app_context(), transaction():
        membership = membership_of(cast.champions, cast.colleague)
        assert membership is not None
        membership.ended_at = now()
    assert organiser.send(where, line="0").status_code == 303
    assert "couldn’t be noted" in organiser.get("/s/champions/roster/weeks").text
    with app.app_context():
        assert absences(cast.colleague) == []


def test_halves_stay_halves(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    data = make_calendar(
        [
            "UID:1",
            f"DTSTART:{soon(3):%Y%m%d}T130000",
            f"DTEND:{soon(4):%Y%m%d}T120000",
        ]
    )
    take_over(as_person(cast.champion), data)
    with app.app_context():
        (row,) = db.session.scalars(select(Absence))
        assert row.span == Span(Half(soon(3).toordinal() * 2 + 1), Half(soon(4).toordinal() * 2))
