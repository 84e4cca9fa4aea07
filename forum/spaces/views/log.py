"""The log of a space, in sentences."""

from datetime import date
from itertools import groupby

from babel.dates import format_date
from flask import render_template
from flask_babel import get_locale

from forum.core.time import local
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.spaces.queries.logbook import log_page
from forum.spaces.sentences import Told, tell
from forum.spaces.views import blueprint
from forum.spaces.views.addresses import number


@blueprint.get("/s/<slug>/log")
@needs(Can.READ_LOG)
def log(here: Here) -> str:
    """Tell what was done in a space, month by month, newest first."""
    page = log_page(
        here.space,
        here.actor,
        keeps=here.is_keeper,
        before=number("before"),
        after=number("after"),
    )

    def month_of(line: Told) -> date:
        return local(line.at, here.actor.zone).date().replace(day=1)

    told = [tell(line) for line in page.lines]
    months = [
        (format_date(month, "LLLL y", locale=get_locale()), list(lines)) for month, lines in groupby(told, key=month_of)
    ]
    return render_template("spaces/log.html", months=months, older=page.older, newer=page.newer)
