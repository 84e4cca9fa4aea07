"""Other people's pages: for those who can see a space that the person is in (A3)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from forum.core.errors import Missing
from forum.core.text import one_line
from forum.people import neighbours
from forum.people.models import PersonState
from forum.people.queries import person_at
from forum.people.sessions import me
from forum.people.views import blueprint
from forum.web.access import signed_in


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
    return render_template("people/person.html", person=found, spaces=spaces, is_me=found.id == viewer.id)
