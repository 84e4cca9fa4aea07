"""Who belongs to a space, and what organisers and stewards can change about that."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Missing
from forum.core.text import one_line
from forum.spaces import actions, queries
from forum.spaces.forms import RemoveForm, RoleForm
from forum.spaces.guard import Here, needs
from forum.spaces.models import Role
from forum.spaces.policy import Can
from forum.spaces.views import blueprint
from forum.spaces.views.addresses import number
from forum.spaces.words import ROLE_HINTS, ROLE_NAMES, WITH_ARTICLE
from forum.web.banners import banner
from forum.web.words import _

Page = str | Response | tuple[str, int]
LONGEST_SEARCH = 80


@blueprint.get("/s/<slug>/members")
@needs(Can.SEE_MEMBERS)
def members(here: Here) -> Page:
    """List the members, all or those looked for."""
    wanted, is_keeper = wanted_from_address(), here.may(Can.REMOVE_MEMBER)
    found = queries.members(here.space, wanted, with_closed=is_keeper, wish=request.args.get("page"))
    return render_template(
        "spaces/members.html",
        found=found,
        wanted=wanted,
        departments=queries.departments_of(here.space),
        role_names=ROLE_NAMES,
        asking=queries.how_many_ask(here.space) if here.may(Can.DECIDE_REQUEST) else 0,
        is_vacant=not queries.stewards_of(here.space.id),
        may_remove=lambda one: actions.why_not_remove(here, one.person, role=one.role) is None,
    )


def wanted_from_address() -> queries.Wanted:
    """Read from the address which members are looked for. What makes no sense there is left out."""
    role = request.args.get("role", "")
    return queries.Wanted(
        text=one_line(request.args.get("q", ""))[:LONGEST_SEARCH],
        department_id=number("department"),
        role=Role(role) if role in {known.value for known in ROLE_NAMES} else None,
    )


@blueprint.get("/s/<slug>/members/<handle>")
@needs(Can.REMOVE_MEMBER)
def member(here: Here, handle: str) -> Page:
    """Show what can be changed about somebody's membership."""
    return _member_page(here, _member(here, handle), role_form=None, remove_form=None)


@blueprint.post("/s/<slug>/members/<handle>/role")
@needs(Can.CHANGE_ROLE)
def change_role(here: Here, handle: str) -> Page:
    """Give a member another role."""
    one, form = _member(here, handle), RoleForm()
    form.role.offer(here.giveable, ROLE_NAMES)
    if not form.validate_on_submit():
        return _member_page(here, one, role_form=form, remove_form=None), 422
    with transaction():
        actions.change_role(here, one.person, role=form.role.word, reason=form.reason.data or "")
    role = WITH_ARTICLE[form.role.word]
    banner(_("%(name)s is %(role)s now.", name=one.person.name, role=str(role)))
    if one.person.id == here.actor.id:
        return redirect(url_for("spaces.members", slug=here.space.slug), 303)
    return redirect(url_for("spaces.member", slug=here.space.slug, handle=handle), 303)


@blueprint.post("/s/<slug>/members/<handle>/remove")
@needs(Can.REMOVE_MEMBER)
def remove(here: Here, handle: str) -> Page:
    """Remove a member, who is told why. Of two presses at once, both lead on."""
    form = RemoveForm()
    try:
        one = _member(here, handle)
        if not form.validate_on_submit():
            return _member_page(here, one, role_form=None, remove_form=form), 422
        with transaction():
            actions.end_membership(here, one.person, reason=form.reason.data or "")
        name = one.person.name
    except Missing:
        gone = queries.former_member(here.space, handle)
        if gone is None:
            raise
        name = gone.name
    banner(_("%(name)s is no longer a member.", name=name))
    return redirect(url_for("spaces.members", slug=here.space.slug), 303)


def _member(here: Here, handle: str) -> queries.Member:
    found = queries.member_by_handle(here.space, handle)
    if found is None:
        raise Missing
    return found


def _member_page(here: Here, one: queries.Member, *, role_form: RoleForm | None, remove_form: RemoveForm | None) -> str:
    if role_form is None:
        role_form = RoleForm(formdata=None, role=one.role.value)
        role_form.role.offer(here.giveable, ROLE_NAMES)
    shown = role_form if role_form.errors else remove_form
    remove_form = remove_form or RemoveForm(formdata=None)
    remove_form.reason.id = "remove-reason"  # the page has two fields of that name
    return render_template(
        "spaces/member.html",
        one=one,
        form=shown,
        role_form=role_form,
        remove_form=remove_form,
        why_not_remove=actions.why_not_remove(here, one.person, role=one.role),
        role_names=ROLE_NAMES,
        role_hints=ROLE_HINTS,
    )
