"""A new password by mail, for those who forgot theirs (A6, A7)."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from forum.core.db import transaction
from forum.core.errors import TooMany
from forum.people import door, limits, links, passwords
from forum.people.actions.asking import ask_to_reset
from forum.people.actions.secrets import set_password
from forum.people.fields import said
from forum.people.forms import AskForm, NewPasswordForm
from forum.people.models import LinkPurpose
from forum.people.views import answers, blueprint
from forum.people.views.sign_in import begin_by_mail
from forum.web.access import anyone
from forum.web.banners import banner
from forum.web.words import _

ASK, NEW = "people/reset.html", "people/reset_link.html"


@blueprint.route("/reset", methods=["GET", "POST"])
@anyone
def reset() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same whether the address has an account or not (A6)."""
    form = AskForm(email=door.address())
    if not form.validate_on_submit():
        return answers.page(ASK, form)
    try:
        limits.on_mail(said(form.email))
    except TooMany as error:
        return answers.held(ASK, form, error)
    with transaction():
        ask_to_reset(said(form.email))
    door.remember(address=said(form.email))
    return redirect(url_for("people.reset_sent"), 303)


@blueprint.get("/reset/sent")
@anyone
def reset_sent() -> ResponseReturnValue:
    """Say where to look for the link, and what to do when there is none."""
    return answers.sent(
        [
            _("If the address has an account here, a link to set a new password is on its way."),
            _("It works once, for an hour."),
        ],
        again=url_for("people.reset"),
        template="people/reset_sent.html",
    )


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@anyone
def reset_link(token: str) -> ResponseReturnValue:
    """Take a new password, sign in with it, and end every other session."""
    link = links.open_link(token, LinkPurpose.RESET)
    person = link.person if link else None
    if link is None or person is None:
        return _dead()
    form = NewPasswordForm(person)
    if not form.validate_on_submit():
        return answers.page(NEW, form, person=person)
    secret_hash = passwords.hash_password(said(form.password))
    with transaction():
        used = links.use(link)
        if used:
            set_password(person, secret_hash=secret_hash)
            begin_by_mail(person, keep=False, purpose=LinkPurpose.RESET)
    if not used:
        return _dead()
    banner(_("Your password is changed. You were signed out everywhere else."))
    return redirect(door.FRONT, 303)


def _dead() -> ResponseReturnValue:
    return answers.dead_link(again=url_for("people.reset"), label=_("Get another link"))
