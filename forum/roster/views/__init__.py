"""Pages of the roster. Split by idea: the list and single duties, saying what a duty is, who holds it; absences; cover."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("roster", __name__, url_prefix="/s/<slug>/roster")
away = Blueprint("away", __name__)
"""One's own absences, which are no space's, and answers from mail."""

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.roster.views import absences, answering, appointing, cover, duties, filing, returning, writing  # noqa: E402, F401  # noqa: E402, F401, I001
