"""Inviting people: by address, one or several at a time, or by a link whose address is shown once."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, TooMany
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
from forum.web.words import _, _n, listed

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
INVITATIONS_A_DAY = 200
AGAIN_A_DAY = 5
SHOW_ONCE = "new_invitation"


@blueprint.get("/s/<slug>/invitations")
@needs(Can.INVITE_MEMBER)
def invitations(here: Here) -> Page:
    """Show the two ways to invite, the link that was just made, and what is open."""
    return _page(here, shown=_take_shown(here))


@blueprint.post("/s/<slug>/invitations")
@needs(Can.INVITE_MEMBER)
def invite(here: Here) -> Page:
    """Invite one address or several."""
    form = InviteForm()
    form.offer_roles(here.giveable)
    if not form.validate_on_submit():
        return _page(here, address_form=form), 422
    addresses = form.addresses.addresses
    try:
        limit_invitations(here, count=max(1, actions.how_many_new(here.space, addresses)))
        with transaction():
            outcome = actions.invite_addresses(here, addresses=addresses, role=form.role.word, once=form.once.data)
    except TooMany as error:
        left = _("You can invite %(number)d people a day. Send fewer, or go on tomorrow.", number=INVITATIONS_A_DAY)
        form.add_problems(Invalid({"addresses": [left]}))
        return _page(here, address_form=form), 429, {"Retry-After": str(error.retry_after)}
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, address_form=form), 422
    banner(_told(outcome))
    return redirect(url_for("spaces.invitations", slug=here.space.slug), 303)


def limit_invitations(here: Here, *, count: int = 1) -> None:
    """Count invitations that somebody writes, by mail or as links. Raises TooMany."""
    limit("invite", str(here.actor.id), times=INVITATIONS_A_DAY, within=timedelta(days=1), count=count)


def _told(outcome: actions.Outcome) -> str:
    """Say to whom invitations are on their way, and who gets none."""
    sent = _n(
        "The invitation is on its way to %(names)s.",
        "%(num)d invitations are on their way.",
        len(outcome.invited),
        names=listed(outcome.invited),
    )
    return " ".join([sent, *actions.sentences_on(outcome)])


@blueprint.post("/s/<slug>/invitations/<int(max=2147483647):invitation_id>/again")
@needs(Can.INVITE_MEMBER)
def send_again(here: Here, invitation_id: int) -> Page:
    """Mail an open invitation again; the link in the old mail stops."""
    if not queries.has_invitation(here.space, invitation_id):
        raise Missing
    limit("send again", str(invitation_id), times=AGAIN_A_DAY, within=timedelta(days=1))
    limit_invitations(here)
    with transaction():
        sent = actions.send_again(here, invitation_id)
    banner(
        _("A new invitation is on its way to %(address)s. The old one opens nothing any more.", address=sent.address)
    )
    return redirect(url_for("spaces.invitations", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/invitations/link")
@needs(Can.INVITE_MEMBER)
def new_link(here: Here) -> Page:
    """Make a link that several people can use."""
    form = LinkForm()
    form.offer_roles(here.giveable)
    form.offer_days(here.actor.zone)
    if not form.validate_on_submit() or form.until.data is None:
        return _page(here, link_form=form), 422
    limit_invitations(here)
    # A minute is left, as writing takes a moment: at midnight exactly, the list would name the day after.
    end_of_day = datetime.combine(form.until.data, time(23, 59), ZoneInfo(here.actor.zone))
    with transaction():
        made = actions.make_link(
            here,
            role=form.role.word,
            uses=form.uses.data or 1,
            lasts=end_of_day - now(),
            label=form.label.data or "",
            once=form.once.data,
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
