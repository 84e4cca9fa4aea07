"""One's own password and address."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forum.core.db import transaction
from forum.core.errors import RuleBroken, TooMany
from forum.people import limits, links, passwords
from forum.people.actions.asking import ask_to_change_address
from forum.people.actions.secrets import change_address, change_password
from forum.people.actions.secrets import undo_address as take_back
from forum.people.fields import said
from forum.people.forms import ChangeAddressForm, ChangePasswordForm
from forum.people.models import LinkPurpose
from forum.people.owning import owns, stored_secret
from forum.people.queries import identity_of
from forum.people.sessions import me
from forum.people.views import answers, blueprint
from forum.web.access import anyone, signed_in
from forum.web.banners import banner
from forum.web.forms import Form
from forum.web.words import _

SECRET, ADDRESS, CONFIRM, UNDO = (
    "people/password.html",
    "people/address.html",
    "people/address_confirm.html",
    "people/address_undo.html",
)


@blueprint.route("/me/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change one's password, or set the first; other browsers are signed out."""
    person = me()
    stored = stored_secret(person)
    form = ChangePasswordForm(person, has_password=stored is not None)
    shown = {"person": person, "has_password": stored is not None}
    if not form.validate_on_submit():
        return answers.page(SECRET, form, **shown)
    try:
        right = owns(person, form, stored)
    except TooMany as error:
        return answers.held(SECRET, form, error, **shown)
    if not right:
        return answers.page(SECRET, form, **shown)
    made = passwords.hash_password(said(form.password))
    with transaction():
        changed = change_password(person, seen=stored, made=made, but=current_user.session_id)
    if changed:
        told = _("Your password is changed.") if stored else _("Your password is set.")
        banner(told + " " + _("Your other browsers are signed out."))
    return redirect(url_for("people.password"), 303)


@blueprint.route("/me/address", methods=["GET", "POST"])
@signed_in
def address() -> ResponseReturnValue:
    """Ask for another address: a link goes there, and nothing changes until it is opened."""
    person = me()
    identity = identity_of(person)
    stored, seen = (identity.secret_hash, identity.secret_changed_at) if identity else (None, None)
    form = ChangeAddressForm(has_password=stored is not None)
    shown = {"person": person}
    if not form.validate_on_submit():
        return answers.page(ADDRESS, form, **shown)
    try:
        right = owns(person, form, stored)
        if right:
            limits.on_mail(said(form.email))
    except TooMany as error:
        return answers.held(ADDRESS, form, error, **shown)
    if not right:
        return answers.page(ADDRESS, form, **shown)
    with transaction():
        asked = ask_to_change_address(person, address=said(form.email), seen=seen)
    if asked:
        banner(_("Open the link we send to %(address)s. Until then nothing changes.", address=said(form.email)))
    return redirect(url_for("people.address"), 303)


@blueprint.route("/me/address/<token>", methods=["GET", "POST"])
@anyone
def confirm_address(token: str) -> ResponseReturnValue:
    """Make an address one's own, by the link that was sent to it; it may be opened where nobody is signed in."""
    link = links.open_link(token, LinkPurpose.CHANGE_ADDRESS)
    if link is None or link.person is None:
        return _dead()
    form, shown = Form(), {"person": link.person, "address": link.address}
    if not form.validate_on_submit():
        return answers.page(CONFIRM, form, **shown)
    try:
        with transaction():
            used = links.use(link)
            if used:
                change_address(link)
    except RuleBroken as error:
        return answers.refused(CONFIRM, form, error, **shown)
    if not used:
        return _dead()
    banner(_("Your mail goes to %(address)s from now on. Sign in with it, too.", address=link.address))
    return redirect(url_for("people.address"), 303)


@blueprint.route("/me/address/undo/<token>", methods=["GET", "POST"])
@anyone
def undo_address(token: str) -> ResponseReturnValue:
    """Take back a change of address that somebody else made, by the link that was sent to the old one."""
    link = links.open_link(token, LinkPurpose.UNDO_ADDRESS)
    if link is None or link.person is None:
        return _dead()
    form, shown = Form(), {"person": link.person, "address": link.address}
    if not form.validate_on_submit():
        return answers.page(UNDO, form, **shown)
    try:
        with transaction():
            used = links.use(link)
            if used:
                take_back(link)
    except RuleBroken as error:
        return answers.refused(UNDO, form, error, **shown)
    if not used:
        return _dead()
    banner(
        _("Your address is %(address)s again, and everybody is signed out. Set a new password.", address=link.address)
    )
    return redirect(url_for("people.reset"), 303)


def _dead() -> ResponseReturnValue:
    return answers.dead_link(again=url_for("people.address"), label=_("Go to your address"))
