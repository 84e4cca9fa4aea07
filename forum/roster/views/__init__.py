"""Pages of the roster. Split by idea: the list and single duties, the grid, what a duty is, who holds it; absences; cover."""

from flask import Blueprint, g
from werkzeug.wrappers import Response

from forum.roster.queries.away import Hushed

blueprint = Blueprint("roster", __name__, url_prefix="/s/<slug>/roster")
links = Blueprint("sponsors", __name__)
"""Addresses that somebody opens who may have no account."""
away = Blueprint("away", __name__)
"""One's own absences, which are no space's, and answers from mail."""

leaving_blueprint = Blueprint("leaving", __name__, url_prefix="/me/leaving")
"""One's own leaving, which is of all spaces together."""

register = Blueprint("register", __name__, url_prefix="/ours")
"""Whether an account is really ours, asked of all spaces that one may see."""

Page = str | Response | tuple[str, int]


@blueprint.app_context_processor
def hushed() -> dict[str, object]:
    """Give templates whose being away isn't to be told to the reader: `person_id in hushed`."""
    return {"hushed": Hushed(g.here) if "here" in g else ()}


# They add their routes.
from forum.roster.views import (  # noqa: E402
    absences,  # noqa: F401
    accounts,  # noqa: F401
    answering,  # noqa: F401
    appointing,  # noqa: F401
    calendars,  # noqa: F401
    cover,  # noqa: F401
    duties,  # noqa: F401
    filing,  # noqa: F401
    grid,  # noqa: F401
    importing,  # noqa: F401
    leaving,  # noqa: F401
    passing,  # noqa: F401
    passport,  # noqa: F401
    returning,  # noqa: F401
    seats,  # noqa: F401
    swapping,  # noqa: F401
    turns,  # noqa: F401
    writing,  # noqa: F401
)
