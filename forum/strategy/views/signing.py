"""Signing by a link, and checking a signature by its code: without an account. Opening a page changes nothing (A7)."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.time import now
from forum.people.asked import who_answers
from forum.people.limits import on_code
from forum.people.models import Person
from forum.roster.secrets import no_secret
from forum.strategy.access import Sheet
from forum.strategy.actions import signing
from forum.strategy.actions.signing import verified
from forum.strategy.forms import DeclineForm, SignForm
from forum.strategy.queries import last_change
from forum.strategy.signatures import Standing, read_code, shown_code
from forum.strategy.views import Page, links
from forum.strategy.views.pages import shown
from forum.web.access import anyone
from forum.web.words import _

HAS_PAGE = frozenset({Standing.ASKED, Standing.SIGNED})
"""Whoever was asked by mistake, or long ago, reads words, and no strategy of a space that may be private (A3, A7)."""


@links.get("/sign/<token>")
@anyone
def page(token: str) -> Page:
    """Show the page that is to be signed, for whom the link is, and how it stands."""
    return _show(token)


@links.post("/sign/<token>")
@anyone
def sign(token: str) -> Page:
    """Sign it."""
    form = SignForm()
    is_good = form.validate_on_submit()
    if not form.is_me.data:
        form.is_me.errors = [_("Say that it is you: the link is for one address alone.")]
        is_good = False
    if not is_good:
        _add_who(form)
        return _show(token, form=form, status=422)
    try:
        with transaction():
            signing.sign(
                token,
                name=form.name.data or "",
                post=form.post.data or "",
                digest=form.digest.data or "",
                reader=_reader(),
            )
    except Missing:
        return _opens_nothing()
    except Invalid as problem:
        form.add_problems(problem)
        return _show(token, form=form, status=422)
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _show(token, form=form, status=409)
    return redirect(url_for("signing.page", token=token), 303)


@links.post("/sign/<token>/no")
@anyone
def decline(token: str) -> Page:
    """Say no, and why."""
    form = DeclineForm()
    try:
        if form.validate_on_submit():
            with transaction():
                signing.decline(token, reason=form.reason.data or "")
            return redirect(url_for("signing.page", token=token), 303)
    except Missing:
        return _opens_nothing()
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken:
        return _show(token, status=409)
    return _show(token, declining=form, status=422)


@links.post("/sign/<token>/anew")
@anyone
def renew(token: str) -> Page:
    """Send a new link to the address of one that has run out."""
    try:
        with transaction():
            found = signing.renew(token)
    except Missing:
        return _opens_nothing()
    except RuleBroken:
        return _show(token, status=409)
    return render_template("strategy/signing_sent.html", found=found)


@links.get("/check/")
@anyone
def checking() -> Page:
    """Ask for a code; one that is given leads to what it says."""
    wish = request.args.get("code", "")
    if code := read_code(wish):
        return redirect(url_for("signing.check", code=shown_code(code)), 303)
    return render_template("strategy/checking.html", typed=wish, is_known=not wish)


@links.get("/check/<code>")
@anyone
def check(code: str) -> Page:
    """Say whose signature has a code, for what, and whether the page is still what was signed."""
    on_code()
    found = verified(read_code(code)) if read_code(code) else None
    if found is None:
        return render_template("strategy/checking.html", typed=code, is_known=False), HTTPStatus.NOT_FOUND
    return render_template(
        "strategy/check.html",
        found=found,
        domain=found.signoff.address.rpartition("@")[2] if "@" in found.signoff.address else "",
        code=shown_code(found.signoff.code),
    )


def _show(token: str, *, form: SignForm | None = None, declining: DeclineForm | None = None, status: int = 200) -> Page:
    try:
        found = signing.opened(token)
    except Missing:
        return _opens_nothing()
    standing = found.standing(now())
    form = form or SignForm(formdata=None)
    form.digest.data = found.signoff.digest
    sheet = Sheet(strategy=found.strategy, item=found.item, version=found.version, content=found.content)
    page = render_template(
        "strategy/sign.html",
        found=found,
        token=token,
        form=form,
        declining=declining or DeclineForm(formdata=None),
        standing=standing,
        Standing=Standing,
        changed_at=last_change(found.strategy, found.version.number) if standing is Standing.CHANGED else None,
        code=shown_code(found.signoff.code),
        has_page=standing in HAS_PAGE,
        **(shown(sheet) if standing in HAS_PAGE else {}),
    )
    is_over = standing not in {*HAS_PAGE, Standing.DECLINED}
    return page, HTTPStatus.GONE if is_over and status == HTTPStatus.OK else status


def _add_who(form: SignForm) -> None:
    """Say what is wrong with the name and the post, too: all mistakes at once."""
    try:
        who_answers(form.name.data or "", form.post.data or "", also=no_secret)
    except Invalid as problem:
        form.add_problems(Invalid({key: said for key, said in problem.errors.items() if not form[key].errors}))


def _opens_nothing() -> Page:
    return render_template("strategy/signing_over.html"), HTTPStatus.NOT_FOUND


def _reader() -> Person | None:
    return current_user.person if current_user.is_authenticated else None
