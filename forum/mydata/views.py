"""My data: the page with the download and the closing of one's account; and what admins do for those who left."""

from flask import Blueprint, current_app, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Missing, RuleBroken, TooMany
from forum.core.text import one_line
from forum.core.time import now
from forum.mydata import actions, closing
from forum.mydata.forms import CloseForm, CloseOtherForm
from forum.mydata.making import shelf
from forum.people.fields import said
from forum.people.models import Person, PersonState
from forum.people.owning import owns, stored_secret
from forum.people.queries import person_at
from forum.people.sessions import me
from forum.people.views import answers
from forum.web.access import admin_only, signed_in
from forum.web.banners import banner
from forum.web.files import zip_at
from forum.web.limits import wait
from forum.web.words import _

blueprint = Blueprint("mydata", __name__)
PAGE, CLOSE, CLOSE_OTHER = "mydata/my_data.html", "mydata/close.html", "mydata/close_other.html"
LONGEST_KEY = 36


@blueprint.get("/me/data")
@signed_in
def my_data() -> ResponseReturnValue:
    """Show what one can take along, how far that has come, and where one's account is closed."""
    person = me()
    settings = current_app.extensions["baton"].settings
    download = actions.newest(person)
    return answers.page(
        PAGE,
        CloseForm(has_password=False),
        download=download,
        is_ready=download is not None and shelf().find(download) is not None,
        days=shelf().days,
        closing_days=closing.days(),
        settings=settings,
        at=now(),
    )


@blueprint.post("/me/data/download")
@signed_in
def start_download() -> ResponseReturnValue:
    """Have everything of one's own put together. A second press while that is under way starts nothing."""
    person = me()
    try:
        with transaction():
            actions.ask(person)
    except TooMany as error:
        banner(_("You have asked for your data several times today.") + " " + wait(error), kind="care")
    return redirect(url_for("mydata.my_data"), 303)


@blueprint.post("/me/data/<key>/cancel")
@signed_in
def cancel_download(key: str) -> ResponseReturnValue:
    """Call a download off that is being made."""
    person = me()
    with transaction():
        actions.cancel(person, key[:LONGEST_KEY])
    return redirect(url_for("mydata.my_data"), 303)


@blueprint.get("/me/data/progress")
@signed_in
def progress() -> ResponseReturnValue:
    """Say how far the newest download has come."""
    found = actions.newest(me())
    if found is None:
        return jsonify(is_under_way=False, done=0, total=0)
    return jsonify(is_under_way=found.is_under_way, done=found.done, total=found.total)


@blueprint.get("/me/data/<key>/file")
@signed_in
def file(key: str) -> Response:
    """Give out one's own data while its time lasts; another person's is not found."""
    found = actions.own(me(), key[:LONGEST_KEY])
    path = shelf().find(found)
    if path is None:
        raise Missing
    return zip_at(path, f"my-data-{found.asked_at:%Y-%m-%d}")


@blueprint.route("/me/close", methods=["GET", "POST"])
@signed_in
def close() -> ResponseReturnValue:
    """Say what closing the account means, and have it closed in some days."""
    person = me()
    stored = stored_secret(person)
    form = CloseForm(has_password=stored is not None)
    shown = {"person": person, "days": closing.days(), "to_settle": closing.to_settle(person)}
    if person.closes_at is not None:
        return redirect(url_for("mydata.my_data"), 303)
    if not form.validate_on_submit():
        return answers.page(CLOSE, form, **shown)
    try:
        if not owns(person, form, stored):
            return answers.page(CLOSE, form, **shown)
        with transaction():
            closing.ask(person, person=person)
    except TooMany as error:
        return answers.held(CLOSE, form, error, **shown)
    except RuleBroken as error:
        return answers.refused(CLOSE, form, error, **shown)
    return redirect(url_for("mydata.my_data"), 303)


@blueprint.post("/me/keep")
@signed_in
def keep() -> ResponseReturnValue:
    """Keep one's account after all."""
    person = me()
    with transaction():
        kept = closing.keep(person, person=person)
    if kept:
        banner(_("Your account stays."))
    return redirect(url_for("mydata.my_data"), 303)


@blueprint.route("/admin/people/<handle>/close", methods=["GET", "POST"])
@admin_only
def close_other(handle: str) -> ResponseReturnValue:
    """Have the account of somebody who left closed in some days."""
    found, actor = _person(handle), me()
    form = CloseOtherForm()
    shown = {"person": found, "days": closing.days(), "to_settle": closing.to_settle(found)}
    if not form.validate_on_submit():
        return answers.page(CLOSE_OTHER, form, **shown)
    try:
        with transaction():
            closing.ask(actor, person=found, reason=said(form.reason))
    except RuleBroken as error:
        return answers.refused(CLOSE_OTHER, form, error, **shown)
    banner(_("The account of %(name)s will be closed. They are told by mail.", name=found.name))
    return redirect(url_for("people.admin_person", handle=found.handle), 303)


@blueprint.post("/admin/people/<handle>/keep")
@admin_only
def keep_other(handle: str) -> ResponseReturnValue:
    """Keep somebody's account after all."""
    found, actor = _person(handle), me()
    with transaction():
        kept = closing.keep(actor, person=found)
    if kept:
        banner(_("The account of %(name)s stays.", name=found.name))
    return redirect(url_for("people.admin_person", handle=found.handle), 303)


def _person(handle: str) -> Person:
    found = person_at(one_line(handle))
    if found is None or found.state == PersonState.CLOSED:
        raise Missing
    return found
