"""The departments of the installation."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing
from forum.people.actions import departments as actions
from forum.people.fields import said
from forum.people.forms import DepartmentForm
from forum.people.models import Department
from forum.people.queries import department_rows
from forum.people.sessions import me
from forum.people.views import answers, blueprint
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.words import _

LIST, ONE = "people/admin_departments.html", "people/admin_department.html"


@blueprint.route("/admin/departments", methods=["GET", "POST"])
@admin_only
def admin_departments() -> ResponseReturnValue:
    """List the departments in their order, and add one."""
    form, actor = DepartmentForm(), me()
    if not form.validate_on_submit():
        return answers.page(LIST, form, rows=department_rows())
    try:
        with transaction():
            added = actions.add_department(actor, name=said(form.name))
    except Invalid as problems:
        form.add_problems(problems)
        return answers.page(LIST, form, rows=department_rows())
    banner(_("%(name)s is added.", name=added.name))
    return redirect(url_for("people.admin_departments"), 303)


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
