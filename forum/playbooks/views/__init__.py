"""Pages of playbooks. Split by idea: the list, reading one, writing and changing, what is proposed, running, keeping."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("playbooks", __name__, url_prefix="/s/<slug>/playbooks")

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.playbooks.views import (  # noqa: E402
    changing,  # noqa: F401
    keeping,  # noqa: F401
    proposing,  # noqa: F401
    reading,  # noqa: F401
    running,  # noqa: F401
    writing,  # noqa: F401
)
