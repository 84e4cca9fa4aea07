"""Pages of threads. Split by idea: lists, starting one, reading one, replying, single posts, sections."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("threads", __name__, url_prefix="/s/<slug>/threads")

Page = str | Response | tuple[str, int]

from forum.threads.views import lists, posts, reactions, reading, replying, sections, starting  # noqa: E402, F401  # they add their routes
