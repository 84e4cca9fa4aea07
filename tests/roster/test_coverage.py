"""How the departments are covered: who is champion and deputy, where nobody is, and whom to ask then."""

import csv
import io
from collections.abc import Callable

from flask import Flask

from forum.core.db import db, transaction
from forum.people.models import Department, Person
from forum.roster.models import Duty, DutyKind, Seen
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting, counting  # noqa: F401  # a fixture

AsPerson = Callable[[Person], Browserless]
SEATS = "/s/champions/roster/seats"


def seat(cast: Cast, department: Department, *, holder: Person | None = None, deputy: Person | None = None) -> Duty:
    duty = factories.make_duty(
        cast.champions, by=cast.organiser, title=f"{department.name}’s champion", holder=holder, deputy=deputy
    )
    with transaction():
        row = db.session.get_one(Duty, duty.id)
        row.kind, row.department_id = DutyKind.SEAT, department.id
    return row


def furnish(cast: Cast) -> None:
    """Libraries are held, with a deputy; Waste has a seat and nobody; Parks has somebody who is away; Museums has none."""
    seat(cast, cast.libraries, holder=cast.champion, deputy=cast.colleague)
    seat(cast, factories.make_department(name="Waste"))
    seat(cast, factories.make_department(name="Parks"), holder=cast.steward)
    factories.make_department(name="Museums")


def row_of(page: str, department: str) -> str:
    rows = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0].split("<tr")
    return next(row for row in rows if department in row)


def test_a_reader_sees_where_nobody_is_and_whom_to_ask(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """In words and a sign, with the press that puts one forward; narrowed without script."""
    with app.test_request_context("/"):
        furnish(cast)
        factories.make_absence(cast.steward)
    client = as_person(cast.reader)
    page = client.get(SEATS).text
    assert "2 of 4 departments have a champion." in page
    for department, said in {
        "Libraries": "Deputy: Colin Colleague",
        "Waste": "Vacant",
        "Parks": "Nobody now",
        "Museums": "No seat yet",
    }.items():
        assert said in row_of(page, department)
    assert "2 members" in row_of(page, "Libraries")
    assert "no member yet" in row_of(page, "Waste")
    assert "Put me forward" in row_of(page, "Waste")
    assert "Put me forward" not in row_of(page, "Parks")
    for department in ("Waste", "Parks", "Museums"):
        assert ">Stella Steward</a>" in row_of(page, department)
    narrowed = client.get(f"{SEATS}?show=open").text
    assert "Libraries" not in narrowed.split("<tbody>")[1]
    assert "Museums" in narrowed


def test_the_table_to_take_along_says_no_more_than_the_page(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A3, A12: whose being away is for organisers isn't named to others; what would run is text."""
    with app.test_request_context("/"):
        furnish(cast)
        factories.make_department(name="=2+2")
        factories.make_absence(cast.steward, seen=Seen.ORGANISERS)

    def table(person: Person) -> dict[str, dict[str, str]]:
        got = as_person(person).get(f"{SEATS}.csv").data.decode("utf-8-sig")
        return {row["Department"]: row for row in csv.DictReader(io.StringIO(got))}

    told, kept = table(cast.organiser), table(cast.reader)
    assert (told["Parks"]["Champion"], told["Parks"]["Now"]) == ("Stella Steward", "Away, nobody covers")
    assert (kept["Parks"]["Champion"], kept["Parks"]["Now"]) == ("", "Nobody now")
    assert kept["Libraries"]["Champion"] == kept["Libraries"]["Whom to ask"] == "Carla Champion"
    assert kept["Waste"]["Now"] == "Vacant"
    assert "'=2+2" in kept
    page = as_person(cast.reader).get(SEATS).text
    assert "away" not in row_of(page, "Parks").lower()


def test_thirty_departments_cost_what_three_cost(
    app: Flask,
    cast: Cast,
    as_person: AsPerson,
    counting: Counting,  # noqa: F811  # the fixture
) -> None:
    with app.test_request_context("/"):
        furnish(cast)
        factories.make_absence(cast.steward)
    client = as_person(cast.organiser)
    client.get(SEATS)
    with counting() as few:
        client.get(SEATS)
    with app.test_request_context("/"):
        for _ in range(30):
            department = factories.make_department()
            person = factories.make_person(department=department)
            factories.make_membership(cast.champions, person)
            seat(cast, department, holder=person)
    with counting() as many:
        client.get(SEATS)
    assert len(few) == len(many), "\n".join(many)
