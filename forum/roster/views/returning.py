"""The page on somebody's return: what was asked of them meanwhile, who dealt with it, and what is still open."""

from flask import redirect, render_template, url_for

from forum.core.db import transaction
from forum.people.sessions import me
from forum.roster.actions.returning import be_done, days_away, time_of
from forum.roster.tellers.common import days_of
from forum.roster.views import Page
from forum.roster.views import away as blueprint
from forum.roster.views.absences import NUMBER, own_absence
from forum.spaces.feature import brief_of
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.words import _


@blueprint.get(f"/me/away/<{NUMBER}:absence_id>/brief")
@signed_in
def brief(absence_id: int) -> Page:
    """Show what happened while one was away, up to now while one still is."""
    found, person = own_absence(absence_id), me()
    parts = brief_of(person, *time_of(found, person))
    return render_template(
        "roster/brief.html",
        absence=found,
        days=days_of(days_away(found, person)),
        parts=parts,
        still_open=sum(line.is_open for part in parts for line in part.lines),
    )


@blueprint.post(f"/me/away/<{NUMBER}:absence_id>/brief")
@signed_in
def end_brief(absence_id: int) -> Page:
    """Mark the rest as read."""
    found = own_absence(absence_id)
    with transaction():
        be_done(me(), found)
    banner(_("The rest is marked as read."))
    return redirect(url_for("away.brief", absence_id=found.id), 303)
