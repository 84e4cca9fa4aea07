"""Pages of meetups. Split by idea: lists, planning one, a meetup and its dates, turning up, changing, calendars, the link in a mail."""

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("meetups", __name__, url_prefix="/s/<slug>/meetups")
links = Blueprint("meetup_links", __name__, url_prefix="/meetups")

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]

# They add their routes.
from forum.meetups.views import (  # noqa: E402
    agenda,  # noqa: F401
    attendance,  # noqa: F401
    changing,  # noqa: F401
    feeds,  # noqa: F401
    files,  # noqa: F401
    follow_up,  # noqa: F401
    importing,  # noqa: F401
    lists,  # noqa: F401
    mine,  # noqa: F401
    minutes,  # noqa: F401
    pages,  # noqa: F401
    planning,  # noqa: F401
    poll_keeping,  # noqa: F401
    polls,  # noqa: F401
    reminders,  # noqa: F401
    series,  # noqa: F401
    talking,  # noqa: F401
    turning_up,  # noqa: F401
)
