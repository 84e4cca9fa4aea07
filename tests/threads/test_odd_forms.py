"""Numbers and times in the forms of threads that no database holds."""

from collections.abc import Callable

import pytest

from forum.people.models import Person
from tests.cast import Browserless, Cast

pytestmark = pytest.mark.both_databases
HERE = "/s/champions/threads"


def test_a_version_too_large_for_the_database_is_a_form_that_is_behind(
    cast: Cast, as_person: Callable[[Person], Browserless]
) -> None:
    """B5: the draft isn't overwritten, and what was typed is on the page."""
    sent = as_person(cast.champion).send(
        f"{HERE}/new", keep="1", draft_version="9" * 30, body="Typed.", kind="question"
    )
    assert sent.status_code == 409
    assert "Typed." in sent.text


def test_a_moment_before_the_first_day_marks_what_is_there_as_read(
    cast: Cast, as_person: Callable[[Person], Browserless]
) -> None:
    """B3."""
    assert as_person(cast.champion).send(f"{HERE}/read", until="0001-01-01T00:00:00+14:00").status_code == 303
