"""Pages of the roster. Split by idea: the list and single duties, saying what a duty is, who holds it."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("roster", __name__, url_prefix="/s/<slug>/roster")

leaving_blueprint = Blueprint("leaving", __name__, url_prefix="/me/leaving")
"""One's own leaving, which is of all spaces together."""

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.roster.views import appointing, duties, leaving, passing, writing  # noqa: E402, F401
