"""Pages of stories. Split by idea: lists, telling, reading one, its conversation, changing, using, keeping true, without a name."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("stories", __name__, url_prefix="/s/<slug>/stories")

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.stories.views import (  # noqa: E402
    changing,  # noqa: F401
    choices,  # noqa: F401
    conversation,  # noqa: F401
    follow_up,  # noqa: F401
    keeping,  # noqa: F401
    lists,  # noqa: F401
    meeting,  # noqa: F401
    order,  # noqa: F401
    reading,  # noqa: F401
    sharing,  # noqa: F401
    sorting,  # noqa: F401
    telling,  # noqa: F401
    unnamed,  # noqa: F401
    using,  # noqa: F401
    waiting,  # noqa: F401
)
