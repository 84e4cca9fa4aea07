"""One's own settings: profile, and where one is signed in."""

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.people import devices, sessions
from forum.people.actions.profile import describe
from forum.people.fields import said
from forum.people.forms import ProfileForm
from forum.people.models import Department, Person
from forum.people.queries import open_departments, sessions_of
from forum.people.sessions import me
from forum.people.views import answers, blueprint
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.words import _, _n

PROFILE = "people/profile.html"


@blueprint.get("/me")
@signed_in
def my_settings() -> ResponseReturnValue:
    """Lead to the first page of one's settings."""
    return redirect(url_for("people.profile"), 303)


@blueprint.route("/me/profile", methods=["GET", "POST"])
@signed_in
def profile() -> ResponseReturnValue:
    """Show and change what one says of oneself."""
    person = me()
    form = _profile_form(person)
    if not form.validate_on_submit():
        return answers.page(PROFILE, form)
    try:
        with transaction():
            describe(
                person,
                name=said(form.name),
                department_id=form.department.data or None,
                about=said(form.about),
                zone=form.zone.data,
                working_days=form.working_days.data or (),
                language=form.language.data if "language" in form else person.language,
            )
    except Invalid as problems:
        form.add_problems(problems)
        return answers.page(PROFILE, form)
    banner(_("Your profile is saved."))
    return redirect(url_for("people.profile"), 303)


def _profile_form(person: Person) -> ProfileForm:
    departments = [*open_departments()]
    own = db.session.get(Department, person.department_id) if person.department_id else None
    if own is not None and own not in departments:
        departments.append(own)
    return ProfileForm(
        departments=departments,
        name=person.name,
        department=person.department_id or 0,
        about=person.about,
        zone=person.zone,
        working_days=[day for day in range(7) if person.works_on(day)],
        language=person.language,
    )


@blueprint.get("/me/sessions")
@signed_in
def my_sessions() -> ResponseReturnValue:
    """List the browsers where one is signed in, this one first."""
    rows = sorted(sessions_of(me()), key=lambda row: row.id != current_user.session_id)
    return render_template(
        "people/sessions.html",
        rows=rows,
        this=current_user.session_id,
        words={row.id: device_words(row.device) for row in rows},
    )


def device_words(device: str) -> str:
    """Return what a person calls a browser: "Firefox on Windows"."""
    browser, system = devices.parts_of(device)
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("A browser of a kind we don’t know")


@blueprint.post("/me/sessions/<int(max=2147483647):session_id>/end")
@signed_in
def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out one of one's own browsers; another person's is not found."""
    if session_id == current_user.session_id:
        return redirect(url_for("people.my_sessions"), 303)
    person = me()
    with transaction():
        ended = sessions.end(person, session_id=session_id)
    if not ended:
        raise Missing
    banner(_("That browser is signed out."))
    return redirect(url_for("people.my_sessions"), 303)


@blueprint.post("/me/sessions/end-all")
@signed_in
def end_all_sessions() -> ResponseReturnValue:
    """Sign out everywhere, here too: every copy of a cookie stops working (A8)."""
    person = me()
    with transaction():
        number = sessions.end_all(person)
    session.clear()
    banner(_n("You are signed out.", "You are signed out on all %(num)d browsers.", number))
    return redirect(url_for("people.sign_in"), 303)
