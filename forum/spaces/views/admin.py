"""What admins of the installation see of spaces: names, stewards, numbers. Never what stands in them (A4)."""

from flask import redirect, render_template, url_for
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Missing
from forum.people.models import Person, PersonState
from forum.people.sessions import me
from forum.spaces import actions, queries
from forum.spaces.forms import AppointForm, OrganisationForm
from forum.spaces.installation import forget_name, organisation_name, rename_organisation
from forum.spaces.models import Space
from forum.spaces.views import blueprint
from forum.spaces.words import VISIBILITY_NAMES
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.words import _

Page = str | Response | tuple[str, int]


@blueprint.get("/admin/organisation")
@admin_only
def organisation() -> Page:
    """Show what the organisation is called, to be changed: as it is now, and not as this process has it in mind."""
    forget_name()
    return _organisation(OrganisationForm(formdata=None, organisation=organisation_name()))


@blueprint.post("/admin/organisation")
@admin_only
def change_organisation() -> Page:
    """Give the organisation another name."""
    form, actor = OrganisationForm(), me()
    if not form.validate_on_submit():
        return _organisation(form), 422
    with transaction():
        rename_organisation(actor, name=form.organisation.data or "")
    forget_name()
    banner(_("The organisation is called %(name)s now.", name=form.organisation.data))
    return redirect(url_for("people.admin"), 303)


def _organisation(form: OrganisationForm) -> str:
    return render_template("spaces/organisation.html", form=form)


@blueprint.get("/admin/spaces")
@admin_only
def oversee() -> Page:
    """List every space with its stewards, those without one first."""
    return render_template("spaces/admin.html", spaces=queries.all_spaces(), visibility_names=VISIBILITY_NAMES)


@blueprint.get("/admin/spaces/<slug>")
@admin_only
def oversee_one(slug: str) -> Page:
    """Show the form to appoint a steward, for a space without one."""
    return _page(_overseen(slug), AppointForm(formdata=None))


@blueprint.post("/admin/spaces/<slug>")
@admin_only
def appoint(slug: str) -> Page:
    """Appoint a steward for a space without one."""
    overseen, form = _overseen(slug), AppointForm()
    if not form.validate_on_submit():
        return _page(overseen, form), 422
    person = _person(form.person.data or "")
    if person is None:
        form.person.errors = [*form.person.errors, _("Nobody with an account has this handle or address.")]
        return _page(overseen, form), 422
    with transaction():
        space = db.session.scalars(select(Space).where(Space.slug == slug)).one()
        actions.appoint(me(), space, person, reason=form.reason.data or "")
    banner(_("%(name)s is steward of %(space)s now.", name=person.name, space=overseen.name))
    return redirect(url_for("spaces.oversee"), 303)


def _overseen(slug: str) -> queries.Overseen:
    found = next((space for space in queries.all_spaces() if space.slug == slug), None)
    if found is None:
        raise Missing
    return found


def _person(written: str) -> Person | None:
    wanted = written.removeprefix("@").lower()
    return db.session.scalar(
        select(Person).where(
            Person.state == PersonState.ACTIVE, or_(Person.handle == wanted, func.lower(Person.email) == wanted)
        )
    )


def _page(overseen: queries.Overseen, form: AppointForm) -> str:
    return render_template("spaces/appoint.html", space=overseen, form=form)
