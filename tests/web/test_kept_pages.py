"""Which answers may be kept by caches (A11)."""

from collections.abc import Callable

from forum.people.models import Person
from forum.web.rendering import version_of
from tests.cast import Browserless, Cast


def test_the_page_of_a_missing_file_is_not_kept(cast: Cast, as_person: Callable[[Person], Browserless]) -> None:
    """A11: it is a page like others, with the name of who is signed in on it; the files themselves are kept."""
    client = as_person(cast.steward)
    missing = client.get("/static/nothing.css")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")
    with client.get("/static/css/base.css") as there:
        assert there.headers["Cache-Control"] == "no-cache"
        version = version_of(there.data)
    with client.get(f"/static/css/base.css?v={version}") as there:
        assert "max-age" in there.headers["Cache-Control"]
    with client.get("/static/css/base.css?v=anything") as there:
        assert there.headers["Cache-Control"] == "no-cache"


def test_a_long_search_is_cut_instead_of_refused_by_the_database(
    cast: Cast, as_person: Callable[[Person], Browserless]
) -> None:
    assert as_person(cast.admin).get("/admin/people?q=" + "x" * 60_000).status_code == 200
