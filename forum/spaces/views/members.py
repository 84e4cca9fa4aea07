"""Who belongs to a space, and what organisers and stewards can change about that."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.core.time import end_of_day, local, now, today
from forum.spaces import actions, queries
from forum.spaces.feature import away_now, obligation_kinds, stand_ins
from forum.spaces.forms import EndSuspensionForm, RemoveForm, RoleForm, SuspendForm
from forum.spaces.gathering import held_by, left_by
from forum.spaces.guard import Here, needs
from forum.spaces.models import Role, Suspension
from forum.spaces.policy import POWERS, Can
from forum.spaces.views import blueprint
from forum.spaces.views.addresses import number
from forum.spaces.words import ROLE_HINTS, ROLE_NAMES, WITH_ARTICLE
from forum.web.banners import banner
from forum.web.rendering import long_day
from forum.web.sheets import sheet
from forum.web.words import _

Page = str | Response | tuple[str, int]
LONGEST_SEARCH = 80
MOST_PRINTED = 5_000
"""How many members a printed list or a table has at the most."""
AWAY = "away"
SUSPEND, END = "suspend", "end"
"""What the fields of forms begin with that stand on one page."""
LAST_DAY = date(9000, 1, 1)
"""Beyond it no zone can be reckoned with. What is so far away is refused anyway."""


@blueprint.get("/s/<slug>/members")
@needs(Can.SEE_MEMBERS)
def members(here: Here) -> Page:
    """List the members, all or those looked for; to organisers on one page too, to be printed."""
    is_keeper = here.may(Can.REMOVE_MEMBER)
    wants_all = is_keeper and "all" in request.args
    wanted, is_away = wanted_from_address(here)
    found = queries.members(
        here.space,
        wanted,
        with_closed=is_keeper,
        wish=request.args.get("page"),
        size=MOST_PRINTED if wants_all else queries.PAGE,
    )
    ids = {one.person.id for one in found.members}
    return render_template(
        "spaces/members.html",
        found=found,
        away=stand_ins(here, ids),
        holds=held_by(here, ids),
        wanted=wanted,
        is_away=is_away,
        wants_all=wants_all,
        departments=queries.departments_of(here.space),
        role_names=ROLE_NAMES,
        asking=queries.how_many_ask(here.space) if here.may(Can.DECIDE_REQUEST) else 0,
        is_vacant=not queries.stewards_of(here.space.id),
        may_remove=lambda one: actions.why_not_remove(here, one.person, role=one.role) is None,
    )


@blueprint.get("/s/<slug>/members.csv")
@needs(Can.REMOVE_MEMBER)
def members_sheet(here: Here) -> Response:
    """Give the members that were looked for as a table (A12). It holds what the page shows, and no address (A3)."""
    wanted, _is_away = wanted_from_address(here)
    found = queries.members(here.space, wanted, with_closed=True, size=MOST_PRINTED).members
    ids = {one.person.id for one in found}
    away, holds = stand_ins(here, ids), held_by(here, ids)
    head = [
        _("Name"), _("Department"), _("Ask me about"), _("Holds"), _("Away now"), _("Role"), _("Here since"), _("Account"),
    ]  # fmt: skip
    rows = [
        [
            one.person.name,
            one.department,
            one.person.about,
            "; ".join(line.words for line in holds.get(one.person.id, ())),
            away[one.person.id].sentence if one.person.id in away else "",
            str(ROLE_NAMES[one.role]),
            local(one.joined_at, here.space.zone).date(),
            "" if one.is_active else _("Account out of use"),
        ]
        for one in found
    ]
    return sheet(f"members-{here.space.slug}-{today(here.space.zone)}.csv", head, rows)


def wanted_from_address(here: Here) -> tuple[queries.Wanted, bool]:
    """Read from the address which members are looked for, and whether only those who are away now. What makes no sense is left out."""
    role = request.args.get("role", "")
    is_away = request.args.get("now") == AWAY and here.may(Can.SEE_ROSTER)
    wanted = queries.Wanted(
        text=one_line(request.args.get("q", ""))[:LONGEST_SEARCH],
        department_id=number("department"),
        role=Role(role) if role in {known.value for known in ROLE_NAMES} else None,
        among=away_now(here) if is_away else None,
    )
    return replace(wanted, holders=_holders(here, wanted.words)), is_away


def _holders(here: Here, words: Sequence[str]) -> dict[str, set[int]]:
    """Return who holds something, as far as one may see it, with each of the words in its title."""
    held = held_by(here, queries.keys_of_members(here.space)) if words else {}
    titles = {id_: " ".join(line.title for line in lines).casefold() for id_, lines in held.items()}
    return {word: {id_ for id_, said in titles.items() if word.casefold() in said} for word in words}


@blueprint.get("/s/<slug>/members/<handle>")
@needs(Can.REMOVE_MEMBER)
def member(here: Here, handle: str) -> Page:
    """Show what can be changed about somebody's membership."""
    return _member_page(here, _member(here, handle))


@blueprint.post("/s/<slug>/members/<handle>/role")
@needs(Can.CHANGE_ROLE)
def change_role(here: Here, handle: str) -> Page:
    """Give a member another role."""
    one, form = _member(here, handle), RoleForm()
    form.role.offer(here.giveable, ROLE_NAMES)
    if not form.validate_on_submit():
        return _member_page(here, one, role_form=form), 422
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
            return _member_page(here, one, remove_form=form), 422
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


@blueprint.post("/s/<slug>/members/<handle>/suspend")
@needs(Can.SUSPEND_MEMBER)
def suspend(here: Here, handle: str) -> Page:
    """Let a member only read here until the end of a day, in the space's zone; or until another day than before."""
    one, form = _member(here, handle), SuspendForm(prefix=SUSPEND)
    if form.validate_on_submit():
        day = min(form.until.data or LAST_DAY, LAST_DAY)
        until = end_of_day(day, here.space.zone)
        try:
            with transaction():
                actions.suspend(here, one.person, until=until, reason=form.reason.data or "")
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("%(name)s is suspended until %(day)s.", name=one.person.name, day=long_day(day)))
            return redirect(url_for("spaces.member", slug=here.space.slug, handle=handle), 303)
    return _member_page(here, one, suspend_form=form), 422


@blueprint.post("/s/<slug>/members/<handle>/end-suspension")
@needs(Can.SUSPEND_MEMBER)
def end_suspension(here: Here, handle: str) -> Page:
    """Let a member take part again before the day."""
    one, form = _member(here, handle), EndSuspensionForm(prefix=END)
    if not form.validate_on_submit():
        return _member_page(here, one, end_form=form), 422
    with transaction():
        actions.end_suspension(here, one.person, reason=form.reason.data or "")
    banner(_("%(name)s takes part again.", name=one.person.name))
    return redirect(url_for("spaces.member", slug=here.space.slug, handle=handle), 303)


def _member(here: Here, handle: str) -> queries.Member:
    found = queries.member_by_handle(here.space, handle)
    if found is None:
        raise Missing
    return found


def _member_page(
    here: Here,
    one: queries.Member,
    *,
    role_form: RoleForm | None = None,
    remove_form: RemoveForm | None = None,
    suspend_form: SuspendForm | None = None,
    end_form: EndSuspensionForm | None = None,
) -> str:
    """Render the page; a form that is given was wrong, and keeps what was typed."""
    if role_form is None:
        role_form = RoleForm(formdata=None, role=one.role.value)
        role_form.role.offer(here.giveable, ROLE_NAMES)
    shown = role_form if role_form.errors else remove_form or suspend_form or end_form
    suspension = queries.suspension_of(here.space, one.person, at=now())
    remove_form = remove_form or RemoveForm(formdata=None)
    remove_form.reason.id = "remove-reason"  # the page has two fields of that name
    return render_template(
        "spaces/member.html",
        one=one,
        left=left_by(one.person, here.actor, here.space),
        kinds=obligation_kinds(),
        form=shown,
        role_form=role_form,
        becomes_reader=Can.TAKE_DUTY in POWERS[one.role] and Role.READER in here.giveable,
        remove_form=remove_form,
        why_not_remove=actions.why_not_remove(here, one.person, role=one.role),
        suspension=suspension,
        suspended_by=queries.person_named(suspension.by_id) if suspension else "",
        suspend_form=suspend_form or _as_suspended(here, suspension),
        end_form=end_form or EndSuspensionForm(formdata=None, prefix=END),
        why_not_suspend=actions.why_not_suspend(here, one.person, role=one.role),
        role_names=ROLE_NAMES,
        role_hints=ROLE_HINTS,
    )


def _as_suspended(here: Here, suspension: Suspension | None) -> SuspendForm:
    """Return the form as the suspension that stands says it; else for a week, which is where one begins."""
    zone = here.space.zone
    if suspension is None:
        return SuspendForm(formdata=None, prefix=SUSPEND, until=today(zone) + timedelta(days=7))
    until = local(suspension.until, zone).date()
    return SuspendForm(formdata=None, prefix=SUSPEND, until=until, reason=suspension.reason)
