"""Error pages within a space: who is inside stays inside, and learns whom to ask."""

from collections.abc import Callable

from forum.people.models import Person
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]


def test_who_is_refused_stays_in_the_space_and_learns_whom_to_ask(cast: Cast, as_person: AsPerson) -> None:
    """A1: the page keeps the space's name and rooms, and names who looks after it."""
    page = as_person(cast.reader).get("/s/champions/threads/new")
    assert page.status_code == 403
    for shown in ("Ask an organiser", "Back to Champions", "Rooms of Champions", "Oscar Organiser", "Stella Steward"):
        assert shown in page.text


def test_what_is_not_here_leads_back_to_the_space(cast: Cast, as_person: AsPerson) -> None:
    page = as_person(cast.reader).get("/s/champions/threads/0000000000/")
    assert page.status_code == 404
    assert "Back to Champions" in page.text


def test_of_a_space_that_one_may_not_know_of_nothing_is_shown(cast: Cast, as_person: AsPerson) -> None:
    """A1: neither its name, nor that one is somewhere."""
    page = as_person(cast.reader).get("/s/night-desk/threads/0000000000/")
    assert page.status_code == 404
    assert "Back to" not in page.text
    assert "Night desk" not in page.text
    assert "Rooms of" not in page.text
