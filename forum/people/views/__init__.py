"""Pages of accounts. Split by idea: coming in, a new password, joining, one's own settings, other people, the installation."""

from flask import Blueprint, Response

from forum.people.sessions import note_seen

blueprint = Blueprint("people", __name__)


@blueprint.after_app_request
def note_that_it_was_used(response: Response) -> Response:
    """Note on the session's row that it was used, when the answer stands."""
    note_seen()
    return response


from forum.people.views import (  # noqa: E402  # they add their routes to the blueprint
    admin,
    departments,
    directory,
    joining,
    me,
    reset,
    secrets,
    sign_in,
)

__all__ = ["admin", "blueprint", "departments", "directory", "joining", "me", "reset", "secrets", "sign_in"]
