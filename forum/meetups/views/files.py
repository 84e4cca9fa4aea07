"""Meetups as files that calendar programmes open."""

from flask import request
from werkzeug.wrappers import Response

from forum.core.time import now
from forum.meetups import calendars
from forum.meetups.access import occurrence_for, series_for
from forum.meetups.calendars import calendar
from forum.meetups.models import Answer, Series
from forum.meetups.queries.calendars import KEPT, row_of, whole_of, wholes_of
from forum.meetups.queries.one import own_answer
from forum.meetups.views import blueprint
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can


@blueprint.get("/<ref>/<int:key>/meetup.ics")
@needs(Can.SEE_MEETUPS)
def file_of_date(here: Here, ref: str, key: int) -> Response:
    """Give out one date."""
    one, series, _item = occurrence_for(here, ref, key)
    row = row_of(series.id)
    mine = own_answer(one, here.actor)
    going = [one.id] if mine is not None and mine.status is Answer.GOING else []
    whole = whole_of(row, [one], going=going, always=False) if row else None
    text = calendars.dates_only(whole, whole.dates, at=one.changed_at) if whole else ""
    return _as_file(text, f"meetup-{one.local_start:%Y-%m-%d}.ics")


@blueprint.get("/<ref>/series.ics")
@needs(Can.SEE_MEETUPS)
def file_of_series(here: Here, ref: str) -> Response:
    """Give out a whole meetup as it is now."""
    series, item = series_for(here, ref)
    wholes = wholes_of(here.actor, Series.id == series.id, since=now() - KEPT)
    return _as_file(calendar(wholes, at=series.changed_at), f"meetup-{item.ref}.ics")


def _as_file(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.add_etag()
    return response.make_conditional(request)
