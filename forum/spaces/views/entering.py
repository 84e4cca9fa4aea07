"""The page that an invitation opens: for who is signed in a button, for others the ways to be."""

from datetime import timedelta
from http import HTTPStatus

from flask import flash, g, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Missing, RuleBroken
from forum.people import joining, sessions
from forum.people.forms import AskForm, NewAccountForm
from forum.people.models import Person
from forum.people.queries import identity_at
from forum.people.views import answers
from forum.spaces import actions
from forum.spaces.queries import membership_of
from forum.spaces.views import blueprint
from forum.spaces.words import ROLE_HINTS, WITH_ARTICLE
from forum.web.access import anyone
from forum.web.limits import limit
from forum.web.words import _

MOST_TRIES = 60
A_DAY = timedelta(days=1)
Page = str | Response | tuple[str, int]


def _visitor() -> Person | None:
    return current_user.person if current_user.is_authenticated else None


@blueprint.get("/i/<token>")
@anyone
def invitation(token: str) -> Page:
    """Show who invites to what. Opening the page changes nothing: mail scanners open links."""
    try:
        opened = actions.invitation_at(token, seen_by=_visitor())
    except Missing:
        return _opens_nothing()
    return _page(token, opened)


@blueprint.post("/i/<token>")
@anyone
def enter(token: str) -> Page:
    """Come in: who is signed in at once, a newcomer with the account that they make here."""
    try:
        opened = actions.invitation_at(token, seen_by=_visitor())
        person = _visitor()
        if person is None:
            return _newcomer(token, opened)
        with transaction():
            space = actions.accept(person, opened.invitation)
    except Missing:
        return _opens_nothing()
    flash(_("Welcome to %(space)s.", space=space.name), "good")
    return redirect(url_for("home.today_page", slug=space.slug), 303)


@blueprint.post("/i/<token>/address")
@anyone
def prove_address(token: str) -> Page:
    """Mail a link to who came by a link and isn't signed in: with it they sign in or make an account, and come back here."""
    try:
        opened = actions.invitation_at(token)
    except Missing:
        return _opens_nothing()
    if opened.invitation.address is not None or _visitor() is not None:
        return redirect(url_for("spaces.invitation", token=token), 303)
    form = AskForm()
    if not form.validate_on_submit():
        return _page(token, opened, address_form=form), 422
    limit("addresses of an invitation", str(opened.invitation.id), times=MOST_TRIES, within=A_DAY)
    joining.send_link(form.email.data or "", invitation_id=opened.invitation.id)
    return redirect(url_for("spaces.address_sent", token=token), 303)


@blueprint.get("/i/<token>/sent")
@anyone
def address_sent(token: str) -> Page:
    """Say where to look for the link."""
    return answers.sent(
        [
            _("A link is on its way. Open it here or on another device: you sign in or make an account."),
            _("Then you come back to the invitation, and join with one press."),
        ],
        again=url_for("spaces.invitation", token=token),
    )


def _newcomer(token: str, opened: actions.Opened) -> Page:
    """Make an account for the address that was invited, and come in with it, all in one transaction."""
    address = opened.invitation.address
    if address is None or identity_at(address) is not None:
        return redirect(url_for("spaces.invitation", token=token), 303)
    form = joining.account_form(address=address)
    if not form.validate_on_submit():
        return _page(token, opened, account_form=form), 422
    newcomer = joining.newcomer_from(form)
    try:
        with transaction():
            person = joining.make_account(newcomer)
            space = actions.accept(person, opened.invitation)
            sessions.begin(person, keep=False)
    except RuleBroken:  # the address got an account meanwhile
        return redirect(url_for("spaces.invitation", token=token), 303)
    flash(_("Welcome to %(space)s.", space=space.name), "good")
    return redirect(url_for("home.today_page", slug=space.slug), 303)


def _page(
    token: str,
    opened: actions.Opened,
    *,
    account_form: NewAccountForm | None = None,
    address_form: AskForm | None = None,
) -> str:
    person, invitation = _visitor(), opened.invitation
    has_account = invitation.address is not None and person is None and identity_at(invitation.address) is not None
    if person is None and invitation.address is not None and not has_account:
        account_form = account_form or joining.account_form(address=invitation.address)
    return render_template(
        "spaces/invitation.html",
        token=token,
        opened=opened,
        is_member=person is not None and membership_of(opened.space, person) is not None,
        is_mine=person is not None and actions.is_for(invitation, person),
        has_account=has_account,
        role=WITH_ARTICLE[invitation.role],
        role_hint=ROLE_HINTS[invitation.role],
        form=account_form or address_form,
        account_form=account_form,
        address_form=address_form or AskForm(formdata=None),
    )


def _opens_nothing() -> tuple[str, int]:
    """Say that the link opens nothing, in the same words whatever the reason: unknown, used, revoked, run out."""
    g.pop("here", None)
    return render_template("spaces/invitation_over.html"), HTTPStatus.NOT_FOUND
