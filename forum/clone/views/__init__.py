"""Pages of showcases, and the steps to a space of one's own."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("clone", __name__)
Page = str | Response | tuple[str, int]

# They add their routes.
from forum.clone.views import (  # noqa: E402
    agreeing,  # noqa: F401
    archives,  # noqa: F401
    making,  # noqa: F401
    restores,  # noqa: F401
    showcases,  # noqa: F401
    showing,  # noqa: F401
    templates,  # noqa: F401
    upstream,  # noqa: F401
)
