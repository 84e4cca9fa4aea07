"""The words of threads: what is said about a post with one press, and spans of time such as "since Friday", "2 days"."""

from collections.abc import Mapping
from datetime import datetime

from babel.dates import format_date
from flask_babel import get_locale

from forum.content.models import ReactionKind
from forum.core.time import local, now
from forum.web.rendering import day_words, viewer_zone
from forum.web.words import LazyString, _, _l, _n

A_WEEK = 7
REACTIONS: Mapping[ReactionKind, LazyString] = {
    ReactionKind.THANKS: _l("Thanks"),
    ReactionKind.SAME_HERE: _l("Same here"),
    ReactionKind.WORKED: _l("Tried it: worked"),
    ReactionKind.FAILED: _l("Tried it: didn’t"),
}
"""What can be said about a post with one press, in the order in which it is offered."""


def day_name(moment: datetime) -> str:
    """Return "09:12", "yesterday", "Friday", or "23 Oct" for an instant before now, as it follows "since"."""
    zone = viewer_zone()
    there, this = local(moment, zone), local(now(), zone)
    days = (this.date() - there.date()).days
    if days <= 0:
        return f"{there:%H:%M}"
    if days == 1:
        return _("yesterday")
    if days < A_WEEK:
        return str(format_date(there.date(), "EEEE", locale=get_locale()))
    return day_words(there.date(), this.date())


def waited(moment: datetime) -> str:
    """Return how long ago `moment` was: "since today", "1 day", "6 days"."""
    zone = viewer_zone()
    days = (local(now(), zone).date() - local(moment, zone).date()).days
    return _("since today") if days <= 0 else _n("%(num)s day", "%(num)s days", days)
