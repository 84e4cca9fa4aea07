"""When one is reminded of meetups."""

from flask import redirect, render_template, url_for

from forum.core.db import db, insert, transaction
from forum.meetups.forms import RemindersForm
from forum.meetups.models import ReminderChoice
from forum.meetups.views import Page, links
from forum.people.sessions import me
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.words import _


@links.get("/reminders")
@signed_in
def reminders() -> Page:
    """Show what is chosen: a day before, unless something else was."""
    chosen = db.session.get(ReminderChoice, me().id)
    form = RemindersForm(formdata=None, obj=chosen) if chosen else RemindersForm(formdata=None, day_before=True)
    return render_template("meetups/reminders.html", form=form)


@links.post("/reminders")
@signed_in
def choose_reminders() -> Page:
    """Choose when one is reminded; nothing ticked is never."""
    form = RemindersForm()
    values = {
        "week_before": bool(form.week_before.data),
        "day_before": bool(form.day_before.data),
        "hours_before": bool(form.hours_before.data),
    }
    person = me()
    with transaction():
        chosen = insert(ReminderChoice).values(person_id=person.id, **values)
        db.session.execute(chosen.on_conflict_do_update(index_elements=[ReminderChoice.person_id], set_=values))
    banner(_("Noted."))
    return redirect(url_for("meetup_links.reminders"), 303)
