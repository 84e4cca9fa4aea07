"""The log of a space, in sentences."""

from itertools import groupby

from flask import render_template

from forum.core.time import local
from forum.spaces.guard import Here, needs
from forum.spaces.policy import KEEPERS, Can
from forum.spaces.queries.logbook import log_page
from forum.spaces.sentences import Told, tell
from forum.spaces.views import blueprint
from forum.spaces.views.addresses import number


@blueprint.get("/s/<slug>/log")
@needs(Can.READ_LOG)
def log(here: Here) -> str:
    """Tell what was done in a space, day by day, newest first."""
    page = log_page(
        here.space,
        here.actor,
        keeps=here.role in KEEPERS,
        before=number("before"),
        after=number("after"),
    )

    def day_of(line: Told) -> object:
        return local(line.at, here.actor.zone).date()

    told = [tell(line) for line in page.lines]
    days = [(day, list(lines)) for day, lines in groupby(told, key=day_of)]
    return render_template("spaces/log.html", days=days, older=page.older, newer=page.newer)
