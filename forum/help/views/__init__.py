"""Pages of help. Split by idea: asking, lists and choices, reading and changing a case, its talk, its presses, links in mail."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("help", __name__, url_prefix="/s/<slug>/help")
links = Blueprint("help_links", __name__, url_prefix="/help")

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.help.views import (  # noqa: E402
    answering,  # noqa: F401
    asking,  # noqa: F401
    changing,  # noqa: F401
    conversation,  # noqa: F401
    doing,  # noqa: F401
    lists,  # noqa: F401
    order,  # noqa: F401
    reading,  # noqa: F401
)
