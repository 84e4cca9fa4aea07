"""Other people's pages: for those who can see a space that the person is in (A3)."""

from babel.lists import format_list as babel_list
from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from forum.core.errors import Missing
from forum.core.text import one_line
from forum.people import neighbours
from forum.people.forms import WEEKDAYS
from forum.people.models import EVERY_WEEKDAY, Person, PersonState
from forum.people.queries import person_at
from forum.people.sessions import me
from forum.people.views import blueprint
from forum.web.access import signed_in
from forum.web.words import _


@blueprint.get("/people/<handle>")
@signed_in
def person(handle: str) -> ResponseReturnValue:
    """Show somebody to whoever can see a space they are in; to others the page doesn't exist."""
    viewer, found = me(), person_at(one_line(handle))
    if found is None or found.state == PersonState.CLOSED:
        raise Missing
    spaces = neighbours.ask().spaces_in_sight(viewer, found)
    if not spaces and found.id != viewer.id:
        raise Missing
    return render_template(
        "people/person.html",
        person=found,
        spaces=spaces,
        is_me=found.id == viewer.id,
        working_days=days_of(found),
    )


def days_of(person: Person) -> str:
    """Return a person's working days: "Monday to Friday", or each by its name."""
    if person.working_days == EVERY_WEEKDAY:
        return _("Monday to Friday")
    days = [str(name) for day, name in enumerate(WEEKDAYS) if person.works_on(day)]
    return babel_list(days, locale=get_locale()) if days else _("no fixed days")
