"""What Today says to organisers of this week's nudges."""

from flask import url_for

from forum.home.nudging.queries import nudges_for
from forum.spaces.guard import Here
from forum.spaces.parts import TodayPart
from forum.spaces.policy import Can

ORDER = 25
LISTED = 2


def parts(here: Here) -> list[TodayPart]:
    """Return the nudges that still hold. One query, for organisers only."""
    if not here.may(Can.TEND_COMMUNITY):
        return []
    found = nudges_for(here)
    if not found:
        return []
    values: dict[str, object] = {
        "nudges": found,
        "listed": LISTED,
        "url": url_for("community.nudges", slug=here.space.slug),
    }
    return [TodayPart(order=ORDER, template="community/today_nudges.html", values=values)]
