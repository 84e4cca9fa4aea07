"""Joining with an address of an allowed domain: address, link, account."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forum.core.db import transaction
from forum.core.errors import RuleBroken, TooMany
from forum.people import door, joining, limits, links, sessions
from forum.people.actions.asking import ask_to_sign_in
from forum.people.fields import said
from forum.people.forms import AskForm
from forum.people.models import LinkPurpose
from forum.people.views import answers, blueprint
from forum.people.views.sign_in import settings
from forum.web.access import anyone
from forum.web.words import _

ASK, NEW = "people/join.html", "people/join_link.html"


@blueprint.route("/join", methods=["GET", "POST"])
@anyone
def join() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same for every address; mail goes only to those of an allowed domain (A6)."""
    if current_user.is_authenticated:
        return redirect(door.FRONT, 303)
    domains = settings().join_domains
    form = AskForm(email=door.address())
    if not domains or not form.validate_on_submit():
        return answers.page(ASK, form, domains=domains)
    try:
        limits.on_mail(said(form.email))
    except TooMany as error:
        return answers.held(ASK, form, error, domains=domains)
    with transaction():
        ask_to_sign_in(said(form.email), join_domains=domains)
    door.remember(address=said(form.email))
    return redirect(url_for("people.join_sent"), 303)


@blueprint.get("/join/sent")
@anyone
def join_sent() -> ResponseReturnValue:
    """Say where to look for the link, and what to do when there is none."""
    return answers.sent(
        [
            _("If the address is of an organisation that can join here, a link is on its way."),
            _("It works once. If you have an account already, it signs you in."),
        ],
        again=url_for("people.join"),
    )


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@anyone
def join_link(token: str) -> ResponseReturnValue:
    """Make the account of whoever holds the link, and sign them in."""
    link = links.open_link(token, LinkPurpose.JOIN)
    if link is None:
        return _dead()
    form, shown = joining.account_form(address=link.address), {"invitation": links.invitation_of(link)}
    if not form.validate_on_submit():
        return answers.page(NEW, form, address=link.address, **shown)
    newcomer, onward = joining.newcomer_from(form), door.onward_from(link)
    try:
        with transaction():
            used = links.use(link)
            if used:
                sessions.begin(joining.make_account(newcomer), keep=False)
    except RuleBroken as error:
        return answers.refused(NEW, form, error, address=newcomer.email, **shown)
    if not used:
        return _dead()
    flash(_("Welcome, %(name)s.", name=newcomer.name), "done")
    return redirect(onward, 303)


def _dead() -> ResponseReturnValue:
    return answers.dead_link(again=url_for("people.sign_in"), label=_("Sign in, or get another link"))
