"""Coming in and going out."""

from flask import current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forum.config import Settings
from forum.core.db import transaction
from forum.core.errors import TooMany
from forum.people import door, limits, links, passwords, sessions
from forum.people.actions.asking import ask_to_sign_in
from forum.people.actions.secrets import proved, refresh_hash
from forum.people.fields import said
from forum.people.forms import KeepForm, PasswordSignInForm, SignInForm
from forum.people.models import ADDRESS_LENGTH, LinkPurpose, Person
from forum.people.queries import identity_at
from forum.people.views import answers, blueprint
from forum.web.access import anyone
from forum.web.banners import banner
from forum.web.links import same_site
from forum.web.words import _

LINK, SECRET, OPENED = "people/sign_in.html", "people/sign_in_password.html", "people/sign_in_link.html"


def settings() -> Settings:
    """Return the installation's settings."""
    found: Settings = current_app.extensions["baton"].settings
    return found


@blueprint.route("/sign-in", methods=["GET", "POST"])
@anyone
def sign_in() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same whether the address has an account or not (A6)."""
    if current_user.is_authenticated:
        return redirect(same_site(request.args.get("next")) or door.FRONT, 303)
    form = SignInForm(next=request.args.get("next"), email=door.address(), keep=door.keep())
    shown = {"may_join": bool(settings().join_domains)}
    if request.form.get("way") == "password":
        door.remember(address=said(form.email)[:ADDRESS_LENGTH], onward=form.onward, keep=form.keep.data)
        return redirect(url_for("people.sign_in_password"), 303)
    if not form.validate_on_submit():
        return answers.page(LINK, form, **shown)
    try:
        limits.on_mail(said(form.email))
    except TooMany as error:
        return answers.held(LINK, form, error, **shown)
    with transaction():
        ask_to_sign_in(said(form.email), join_domains=settings().join_domains)
    door.remember(address=said(form.email), onward=form.onward, keep=form.keep.data)
    return redirect(url_for("people.sign_in_sent"), 303)


@blueprint.get("/sign-in/sent")
@anyone
def sign_in_sent() -> ResponseReturnValue:
    """Say where to look for the link, and what to do when there is none."""
    return answers.sent(
        [
            _("If the address has an account here, a link to sign in is on its way."),
            _("It works once, for 15 minutes."),
        ],
        again=url_for("people.sign_in"),
    )


@blueprint.route("/sign-in/password", methods=["GET", "POST"])
@anyone
def sign_in_password() -> ResponseReturnValue:
    """Sign in with a password. A wrong one, none, and an unknown address get the same answer in the same time (A6)."""
    if current_user.is_authenticated:
        return redirect(same_site(request.args.get("next")) or door.FRONT, 303)
    form = PasswordSignInForm(next=request.args.get("next") or door.onward(), email=door.address(), keep=door.keep())
    if not form.validate_on_submit():
        return answers.page(SECRET, form)
    try:
        limits.on_password(said(form.email))
    except TooMany as error:
        return answers.held(SECRET, form, error)
    if not _entered(form):
        form.form_errors.append(_("The address or the password isn’t right. Check both, or have a link sent instead."))
        return answers.page(SECRET, form)
    return redirect(form.onward or door.FRONT, 303)


def _entered(form: PasswordSignInForm) -> bool:
    """Check the password, slowly and outside of a transaction, then begin a session if all is still as it was."""
    identity = identity_at(said(form.email))
    stored = identity.secret_hash if identity else None
    if not passwords.verify(said(form.password), stored) or identity is None or stored is None:
        return False
    renewed = passwords.hash_password(said(form.password)) if passwords.is_outdated(stored) else None
    with transaction():
        person = proved(identity, seen=stored)
        if person is None:
            return False
        if renewed is not None:
            refresh_hash(identity, seen=stored, made=renewed)
        limits.password_was_right(said(form.email))
        sessions.begin(person, keep=form.keep.data)
    return True


@blueprint.route("/sign-in/link/<token>", methods=["GET", "POST"])
@anyone
def sign_in_link(token: str) -> ResponseReturnValue:
    """Show a button that signs in; only pressing it does, because programmes that check mail open links too."""
    link = links.open_link(token, LinkPurpose.SIGN_IN)
    person = link.person if link else None
    if link is None or person is None:
        return _dead()
    form = KeepForm(keep=door.keep())
    if not form.validate_on_submit():
        return answers.page(OPENED, form, person=person)
    onward = door.onward()
    with transaction():
        used = links.use(link)
        if used:
            begin_by_mail(person, keep=form.keep.data, purpose=LinkPurpose.SIGN_IN)
    return redirect(onward, 303) if used else _dead()


def begin_by_mail(person: Person, *, keep: bool, purpose: LinkPurpose) -> None:
    """Begin a session for whoever opened a mailed link; other links of that purpose stop. Use inside `transaction()`."""
    links.void_of(person, purpose)
    limits.link_was_used()
    sessions.begin(person, keep=keep)


def _dead() -> ResponseReturnValue:
    return answers.dead_link(again=url_for("people.sign_in"), label=_("Get another link"))


@blueprint.post("/sign-out")
@anyone
def sign_out() -> ResponseReturnValue:
    """End this browser's session."""
    with transaction():
        sessions.end_current()
    session.clear()
    banner(_("You are signed out."))
    answer = redirect(url_for("people.sign_in"), 303)
    # Unsent texts that this browser keeps, on a machine that others may use.
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer
