"""Inviting people: by address, or by a link whose address is shown once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid
from forum.core.time import now
from forum.spaces import actions, queries
from forum.spaces.forms import InviteForm, LinkForm
from forum.spaces.guard import Here, needs
from forum.spaces.models import Invitation
from forum.spaces.policy import Can
from forum.spaces.tokens import invitation_token
from forum.spaces.views import blueprint
from forum.spaces.words import ROLE_HINTS, ROLE_NAMES
from forum.web.banners import banner
from forum.web.limits import limit
from forum.web.links import absolute
from forum.web.words import _

Page = str | Response | tuple[str, int]
INVITATIONS_A_DAY = 200
SHOW_ONCE = "new_invitation"


@blueprint.get("/s/<slug>/invitations")
@needs(Can.INVITE_MEMBER)
def invitations(here: Here) -> Page:
    """Show the two ways to invite, the link that was just made, and what is open."""
    return _page(here, shown=_take_shown(here))


@blueprint.post("/s/<slug>/invitations")
@needs(Can.INVITE_MEMBER)
def invite(here: Here) -> Page:
    """Invite one address."""
    form = InviteForm()
    form.offer_roles(here.giveable)
    if form.validate_on_submit():
        limit("invite", str(here.actor.id), times=INVITATIONS_A_DAY, within=timedelta(days=1))
        try:
            with transaction():
                actions.invite_address(here, address=form.address.data or "", role=form.role.word, once=form.once.data)
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("The invitation is on its way to %(address)s.", address=form.address.data))
            return redirect(url_for("spaces.invitations", slug=here.space.slug), 303)
    return _page(here, address_form=form), 422


@blueprint.post("/s/<slug>/invitations/link")
@needs(Can.INVITE_MEMBER)
def new_link(here: Here) -> Page:
    """Make a link that several people can use."""
    form = LinkForm()
    form.offer_roles(here.giveable)
    form.offer_days(here.actor.zone)
    if not form.validate_on_submit() or form.until.data is None:
        return _page(here, link_form=form), 422
    limit("invite", str(here.actor.id), times=INVITATIONS_A_DAY, within=timedelta(days=1))
    # A minute is left, as writing takes a moment: at midnight exactly, the list would name the day after.
    end_of_day = datetime.combine(form.until.data, time(23, 59), ZoneInfo(here.actor.zone))
    with transaction():
        made = actions.make_link(
            here, role=form.role.word, uses=form.uses.data or 1, lasts=end_of_day - now(), once=form.once.data
        )
    session[SHOW_ONCE] = made.id
    return redirect(url_for("spaces.invitations", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/invitations/<int(max=2147483647):invitation_id>/revoke")
@needs(Can.INVITE_MEMBER)
def revoke(here: Here, invitation_id: int) -> Page:
    """Stop an invitation."""
    with transaction():
        actions.revoke_invitation(here, invitation_id)
    banner(_("That invitation opens nothing any more."))
    return redirect(url_for("spaces.invitations", slug=here.space.slug), 303)


def _take_shown(here: Here) -> str | None:
    """Return the address of the link that this browser just made, once: the next page doesn't have it any more."""
    found = db.session.get(Invitation, session.pop(SHOW_ONCE, 0))
    if (
        found is None
        or found.address is not None
        or found.invited_by_id != here.actor.id
        or found.space_id != here.space.id
    ):
        return None
    return absolute("spaces.invitation", token=invitation_token(found.nonce))


def _page(
    here: Here,
    *,
    address_form: InviteForm | None = None,
    link_form: LinkForm | None = None,
    shown: str | None = None,
) -> str:
    wrong = address_form or link_form
    if address_form is None:
        address_form = InviteForm(formdata=None)
        address_form.offer_roles(here.giveable)
    if link_form is None:
        link_form = LinkForm(formdata=None)
        link_form.offer_roles(here.giveable)
        link_form.offer_days(here.actor.zone)
    link_form.role.id = "link-role"  # the page has two fields of that name
    return render_template(
        "spaces/invitations.html",
        form=wrong,
        address_form=address_form,
        link_form=link_form,
        shown=shown,
        open_ones=queries.open_invitations(here.space, at=now()),
        role_names=ROLE_NAMES,
        role_hints=ROLE_HINTS,
    )
