"""The departments of the installation."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.people.actions import departments as actions
from forum.people.fields import said
from forum.people.forms import DepartmentForm, DepartmentsForm
from forum.people.models import Department
from forum.people.queries import department_rows
from forum.people.sessions import me
from forum.people.views import answers, blueprint
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.words import _, _n, listed

LIST, ONE = "people/admin_departments.html", "people/admin_department.html"


@blueprint.route("/admin/departments", methods=["GET", "POST"])
@admin_only
def admin_departments() -> ResponseReturnValue:
    """List the departments in their order, and add some."""
    form, actor = DepartmentsForm(), me()
    if not form.validate_on_submit():
        return answers.page(LIST, form, rows=department_rows())
    with transaction():
        added = [department.name for department in actions.add_departments(actor, names=form.names.names)]
    return _back(_added(added, others=[name for name in form.names.names if name not in added]))


def _added(names: list[str], *, others: list[str]) -> str:
    """Say what was added, and what was there already."""
    sentences = []
    if names:
        sentences.append(_n("%(names)s is added.", "Added: %(names)s.", len(names), names=listed(names)))
    if others:
        stands = _n(
            "%(names)s was in the list already.", "In the list already: %(names)s.", len(others), names=listed(others)
        )
        sentences.append(stands)
    return " ".join(sentences)


@blueprint.route("/admin/departments/<uuid:key>", methods=["GET", "POST"])
@admin_only
def admin_department(key: object) -> ResponseReturnValue:
    """Rename a department."""
    department, actor = _department(key), me()
    form = DepartmentForm(name=department.name)
    if not form.validate_on_submit():
        return answers.page(ONE, form, department=department)
    try:
        with transaction():
            actions.rename_department(actor, department=department, name=said(form.name))
    except Invalid as problems:
        form.add_problems(problems)
        return answers.page(ONE, form, department=department)
    return _back(_("It is called %(name)s now.", name=department.name))


@blueprint.post("/admin/departments/<uuid:key>/close")
@admin_only
def close_department(key: object) -> ResponseReturnValue:
    """Take a department from the choices."""
    department, actor = _department(key), me()
    with transaction():
        actions.close_department(actor, department=department)
    return _back(_("%(name)s can’t be chosen any more. Who is in it stays in it.", name=department.name))


@blueprint.post("/admin/departments/<uuid:key>/open")
@admin_only
def open_department(key: object) -> ResponseReturnValue:
    """Put a closed department back among the choices."""
    department, actor = _department(key), me()
    with transaction():
        actions.open_department(actor, department=department)
    return _back(_("%(name)s can be chosen again.", name=department.name))


@blueprint.post("/admin/departments/<uuid:key>/<any(up, down):way>")
@admin_only
def move_department(key: object, way: str) -> ResponseReturnValue:
    """Move a department one place up or down."""
    department = _department(key)
    with transaction():
        actions.move_department(department=department, by=-1 if way == "up" else 1)
    return redirect(url_for("people.admin_departments"), 303)


def _department(key: object) -> Department:
    found = db.session.scalar(select(Department).where(Department.uuid == str(key)))
    if found is None:
        raise Missing
    return found


def _back(sentence: str) -> ResponseReturnValue:
    banner(sentence)
    return redirect(url_for("people.admin_departments"), 303)
