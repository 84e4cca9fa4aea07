"""The members' page: who is there, found by name, topic, department and role."""

from collections.abc import Callable

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.people.models import Person, PersonState
from forum.spaces.models import Role, Space
from forum.spaces.queries import PAGE
from tests import factories
from tests.cast import Browserless, Cast
from tests.spaces.conftest import Counting

AsPerson = Callable[[Person], Browserless]
MEMBERS = "/s/champions/members"


def names_on(page: str) -> list[str]:
    rows = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
    return [part.split("</b>")[0] for part in rows.split("<b>")[1:]]


def test_members_stand_by_name_with_department_and_role(cast: Cast, as_person: AsPerson) -> None:
    page = as_person(cast.reader).get(MEMBERS).text
    assert names_on(page) == ["Carla Champion", "Colin Colleague", "Oscar Organiser", "Rita Reader", "Stella Steward"]
    assert "Libraries" in page
    assert "5 members" in page


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "query, found",
    [
        ("?q=CARLA", ["Carla Champion"]),
        ("?q=c+co", ["Colin Colleague"]),
        ("?q=bins", ["Colin Colleague"]),
        ("?q=100%25", ["Colin Colleague"]),
        ("?q=%25", ["Colin Colleague"]),
        ("?q=_", []),
        ("?q=nobody", []),
        ("?role=reader", ["Rita Reader"]),
        ("?department={department}", ["Carla Champion", "Stella Steward"]),
        ("?department={department}&role=steward", ["Stella Steward"]),
        ("?department=99999", []),
        ("?q=%00", None),
        ("?role=king&department=libraries&page=first", None),
        ("?department=99999999999999999999&page=-3", None),
    ],
)
def test_members_are_found_by_what_stands_in_the_address(
    cast: Cast, as_person: AsPerson, query: str, found: list[str] | None
) -> None:
    """What makes no sense there is left out, and is never an error."""
    client = as_person(cast.reader)
    with client.application.app_context(), transaction():
        db.session.get_one(Person, cast.colleague.id).about = "Bins, 100% of them"
    answer = client.get(MEMBERS + query.format(department=cast.libraries.id))
    assert answer.status_code == 200
    assert names_on(answer.text) == (
        ["Carla Champion", "Colin Colleague", "Oscar Organiser", "Rita Reader", "Stella Steward"]
        if found is None
        else found
    )


def test_what_was_looked_for_stays_in_the_fields_and_is_text(cast: Cast, as_person: AsPerson) -> None:
    """A12: also in an attribute."""
    page = as_person(cast.reader).get(MEMBERS, query_string={"q": '"><script>{{7*7}}', "role": "reader"}).text
    assert "&#34;&gt;&lt;script&gt;{{7*7}}" in page
    assert "<script>{{" not in page
    assert "Nobody here fits that." in page
    assert '<option value="reader" selected>' in page


def test_names_and_topics_are_text(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A12: what people say of themselves is never markup."""
    with app.app_context():
        factories.make_membership(
            cast.champions, factories.make_person(name="<i>Ida</i>", about="{{7*7}}<img src=x onerror=alert(1)>")
        )
    page = as_person(cast.reader).get(MEMBERS).text
    assert "&lt;i&gt;Ida&lt;/i&gt;" in page
    assert "{{7*7}}&lt;img" in page


@pytest.mark.parametrize("who, menus", [("organiser", 4), ("steward", 6), ("champion", 0), ("outsider", 0)])
def test_who_may_change_something_has_a_menu_for_it(cast: Cast, as_person: AsPerson, who: str, menus: int) -> None:
    """A1: the page asks the same rules as the action. Three champions (one out of use) and a reader are within an organiser's reach."""
    assert (
        as_person(getattr(cast, who)).get(MEMBERS).text.count(">Change<") == 2 * menus
    )  # in a column, and on a phone under the name


def test_accounts_out_of_use_are_shown_to_those_who_can_remove_them(cast: Cast, as_person: AsPerson) -> None:
    assert "Susan Suspended" not in as_person(cast.champion).get(MEMBERS).text
    page = as_person(cast.organiser).get(MEMBERS).text
    assert "Susan Suspended" in page
    assert "Account out of use" in page
    assert "and 1 account out of use" in page


def test_a_space_without_a_steward_says_so(cast: Cast, as_person: AsPerson) -> None:
    """A4: the role is vacant, and shown as such."""
    client = as_person(cast.reader)
    for page in (MEMBERS, "/s/champions/about"):
        assert "no steward at the moment" not in client.get(page).text
    with client.application.app_context(), transaction():
        db.session.get_one(Person, cast.steward.id).state = PersonState.CLOSED
    for page in (MEMBERS, "/s/champions/about"):
        assert "no steward at the moment" in client.get(page).text


def test_the_page_costs_the_same_for_one_member_and_for_thirty(
    app: Flask, cast: Cast, as_person: AsPerson, counting: Counting
) -> None:
    client = as_person(cast.insider)
    with counting() as few:
        assert names_on(client.get("/s/night-desk/members").text) == ["Ingrid Insider"]
    fill(app, cast.night_desk, number=29)
    with counting() as many:
        assert len(names_on(client.get("/s/night-desk/members").text)) == 30
    assert len(few) == len(many)


def test_many_members_are_numbered_pages(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    fill(app, cast.night_desk, number=PAGE + 5)
    client = as_person(cast.insider)
    first, second = (names_on(client.get(f"/s/night-desk/members?page={page}").text) for page in (1, 2))
    assert len(first) == PAGE
    assert len(second) == 6
    assert not set(first) & set(second)
    assert 'aria-label="Pages"' in client.get("/s/night-desk/members").text
    for beyond in ("3", "2147483647", "9" * 30):  # the nearest, as of every list; it said that nobody is here yet
        assert names_on(client.get(f"/s/night-desk/members?page={beyond}").text) == second


def fill(app: Flask, space: Space, *, number: int) -> None:
    with app.app_context():
        for _ in range(number):
            factories.make_membership(space, factories.make_person(), role=Role.READER)
