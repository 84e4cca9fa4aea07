"""Pages of threads. Split by idea: lists, starting one, reading one, replying, single posts, organising one, sections."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("threads", __name__, url_prefix="/s/<slug>/threads")

Page = str | Response | tuple[str, int]

# They add their routes.
from forum.threads.views import (  # noqa: E402
    asked,  # noqa: F401
    feeds,  # noqa: F401
    lists,  # noqa: F401
    long,  # noqa: F401
    merging,  # noqa: F401
    organising,  # noqa: F401
    polls,  # noqa: F401
    posts,  # noqa: F401
    reading,  # noqa: F401
    replying,  # noqa: F401
    sections,  # noqa: F401
    single,  # noqa: F401
    splitting,  # noqa: F401
    starting,  # noqa: F401
    tags,  # noqa: F401
    told,  # noqa: F401
    watching,  # noqa: F401
)
