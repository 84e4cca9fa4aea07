"""Looking after the installation: its front page, and its people. Nothing here tells of private spaces."""

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forum.core.db import transaction
from forum.core.errors import Missing
from forum.core.text import one_line
from forum.people import neighbours
from forum.people.actions import standing
from forum.people.admin_pages import AdminPage
from forum.people.fields import said
from forum.people.forms import SuspendForm
from forum.people.models import Person, PersonState
from forum.people.queries import count_people, department_rows, people_page, person_at
from forum.people.sessions import me
from forum.people.views import answers, blueprint
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.words import _, _n

LONGEST_SEARCH = 80


@blueprint.get("/admin")
@admin_only
def admin() -> ResponseReturnValue:
    """Show what there is to look after: people, departments, and what other rooms registered."""
    number, departments = count_people(), sum(row.department.closed_at is None for row in department_rows())
    own = [
        AdminPage(
            label=_("People"),
            url=url_for("people.admin_people"),
            about=_n("One account that can be used.", "%(num)d accounts that can be used.", number),
        ),
        AdminPage(
            label=_("Departments"),
            url=url_for("people.admin_departments"),
            about=_n("One department to choose.", "%(num)d departments to choose.", departments),
        ),
    ]
    log = AdminPage(
        label=_("Log"), url=url_for("people.admin_log"), about=_("What was done to accounts and departments, and why.")
    )
    others = [page for room in current_app.extensions["baton"].features if room.admin for page in room.admin()]
    return render_template("people/admin.html", pages=[*own, *others, log])


@blueprint.get("/admin/log")
@admin_only
def admin_log() -> ResponseReturnValue:
    """Tell what was done to accounts and departments, by whom and why."""
    lines, page = neighbours.ask().log(request.args.get("page"))
    return render_template("people/admin_log.html", lines=lines, page=page)


@blueprint.get("/admin/people")
@admin_only
def admin_people() -> ResponseReturnValue:
    """List everybody with an account, found by name or address, fifty to a page."""
    search = one_line(request.args.get("q", ""))[:LONGEST_SEARCH]
    shown = people_page(search, wish=request.args.get("page"))
    return render_template("people/admin_people.html", found=shown, search=search)


@blueprint.get("/admin/people/<handle>")
@admin_only
def admin_person(handle: str) -> ResponseReturnValue:
    """Show an account and what can be done with it."""
    return _account(_person(handle), SuspendForm())


@blueprint.post("/admin/people/<handle>/suspend")
@admin_only
def suspend(handle: str) -> ResponseReturnValue:
    """Shut an account; whoever uses it is out at the next request."""
    found, form = _person(handle), SuspendForm()
    if not form.validate_on_submit():
        return _account(found, form)
    actor = me()
    with transaction():
        standing.suspend(actor, person=found, reason=said(form.reason))
    return _done(found, _("%(name)s is suspended and signed out everywhere.", name=found.name))


@blueprint.post("/admin/people/<handle>/restore")
@admin_only
def restore(handle: str) -> ResponseReturnValue:
    """Open a suspended account again."""
    found, actor = _person(handle), me()
    with transaction():
        standing.restore(actor, person=found)
    return _done(found, _("%(name)s can sign in again.", name=found.name))


@blueprint.post("/admin/people/<handle>/make-admin")
@admin_only
def make_admin(handle: str) -> ResponseReturnValue:
    """Let somebody look after the installation."""
    found, actor = _person(handle), me()
    with transaction():
        standing.make_admin(found, actor=actor)
    return _done(found, _("%(name)s is an admin.", name=found.name))


@blueprint.post("/admin/people/<handle>/take-admin")
@admin_only
def take_admin(handle: str) -> ResponseReturnValue:
    """End somebody's looking after the installation; oneself, too, while another is left."""
    found, actor = _person(handle), me()
    with transaction():
        standing.take_admin(actor, person=found)
    if found.id == actor.id:
        banner(_("You are no admin any more."))
        return redirect("/", 303)
    return _done(found, _("%(name)s is no admin any more.", name=found.name))


def _person(handle: str) -> Person:
    found = person_at(one_line(handle))
    if found is None or found.state == PersonState.CLOSED:
        raise Missing
    return found


def _account(found: Person, form: SuspendForm) -> ResponseReturnValue:
    return answers.page(
        "people/admin_person.html",
        form,
        person=found,
        department=found.department,
        is_me=found.id == me().id,
        spaces=neighbours.ask().spaces_in_sight(me(), found),
    )


def _done(found: Person, sentence: str) -> ResponseReturnValue:
    banner(sentence)
    return redirect(url_for("people.admin_person", handle=found.handle), 303)
