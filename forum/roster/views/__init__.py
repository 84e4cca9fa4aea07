"""Pages of the roster. Split by idea: the list and single duties, the grid, saying what a duty is, who holds it."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("roster", __name__, url_prefix="/s/<slug>/roster")
links = Blueprint("sponsors", __name__)
"""Addresses that somebody opens who may have no account."""

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.roster.views import accounts, appointing, calendars, duties, grid, importing, seats, turns, writing  # noqa: E402, F401
