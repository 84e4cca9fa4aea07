"""Who was there: said by oneself, ticked by who leads the meetup, and as a table."""

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.meetups.access import occurrence_for, require_change
from forum.meetups.day.actions import attendance
from forum.meetups.day.forms import key_of
from forum.meetups.day.queries.minutes import attendance_of, listed_for
from forum.meetups.views import Page, blueprint
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.sheets import sheet
from forum.web.words import _, _n


@blueprint.post("/<ref>/<int:key>/there")
@needs(Can.TURN_UP)
def there(here: Here, ref: str, key: int) -> Response:
    """Say that one was there, or (`there` 0) wasn't."""
    one, series, _item = occurrence_for(here, ref, key)
    is_there = request.form.get("there") != "0"
    with transaction():
        attendance.say_there(here, series.id, one.id, is_there=is_there)
    banner(_("Noted: you were there.") if is_there else _("Noted: you were not there."))
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key, _anchor="there"), 303)


@blueprint.get("/<ref>/<int:key>/attendance")
@needs(Can.SEE_MEETUPS)
def attendance_list(here: Here, ref: str, key: int) -> Page:
    """Show the list to tick: who had said that they come first, and then everybody else."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    return render_template("meetups/attendance.html", one=one, item=item, groups=listed_for(here.space, one.id))


@blueprint.post("/<ref>/<int:key>/attendance")
@needs(Can.SEE_MEETUPS)
def keep_attendance(here: Here, ref: str, key: int) -> Response:
    """Note who was there; what others said meanwhile stays."""
    one, series, _item = occurrence_for(here, ref, key)
    keys = {
        name: {found for typed in request.form.getlist(name) if (found := key_of(typed))}
        for name in ("there", "before")
    }
    with transaction():
        number = attendance.keep_list(here, series.id, one.id, ticked=keys["there"], before=keys["before"])
    banner(_n("Noted: %(num)d person was there.", "Noted: %(num)d people were there.", number))
    return redirect(url_for("meetups.occurrence", slug=here.space.slug, ref=ref, key=key, _anchor="there"), 303)


@blueprint.get("/<ref>/<int:key>/attendance.csv")
@needs(Can.SEE_MEETUPS)
def attendance_sheet(here: Here, ref: str, key: int) -> FlaskResponse:
    """Give out who was there as a table, to who leads the meetup."""
    one, series, item = occurrence_for(here, ref, key)
    require_change(here, series, item, one)
    rows = [
        (found.person.name, found.department or "", _("themselves") if found.said_it else _("the list"))
        for found in attendance_of(one.id)
    ]
    head = (_("Name"), _("Department"), _("Noted by"))
    return sheet(f"attendance-{one.local_start:%Y-%m-%d}.csv", head, rows)
