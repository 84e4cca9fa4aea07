"""Every error becomes a page here, and nowhere else. What was typed is on the page, ready to be sent again."""

import logging
from http import HTTPStatus

from flask import Flask, current_app, g, redirect, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from forum.core.db import db
from forum.core.errors import Busy, Denied, Invalid, Missing, RuleBroken, SignedOut, TooMany
from forum.core.files.disk import is_full
from forum.web.access import SECRET_FIELDS, is_words
from forum.web.forgery import may_come_again
from forum.web.labels import labels_of
from forum.web.limits import wait
from forum.web.presses import kept_where, page_above
from forum.web.words import _

logger = logging.getLogger(__name__)
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def typed() -> list[tuple[str, str]]:
    """Return what the request's form held, without secrets, so that it can be sent again."""
    if request.method != "POST":
        return []
    try:
        form = request.form
    except HTTPException:  # too large or not readable: this is the page that says so
        return []
    return [(name, value) for name, value in form.items(multi=True) if name not in SECRET_FIELDS]


def page(status: HTTPStatus, title: str, why: str, *, again: bool = False, signed_out: bool = False) -> tuple[str, int]:
    """Render the error page with the words that were typed. With `again` it offers to send them once more.

    With `signed_out` it leads to the sign-in page, too: in another tab, so that the words stay.
    """
    kept = [(name, text, is_words(name, text)) for name, text in typed()]
    again = again and bool(kept) and may_come_again()
    said = {
        "status": int(status),
        "title": title,
        "why": why,
        "kept": kept,
        "labels": labels_of({name for name, _text, is_word in kept if is_word}),
        "again": again,
        "signed_out": signed_out,
    }
    try:
        html = render_template("errors/error.html", **said)
    except SQLAlchemyError:
        # Without a database nothing is known of who is looking, and the page is as for somebody who isn't signed in (H2).
        g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001
        html = current_app.jinja_env.get_template("errors/error.html").render(said)
    return html, int(status)


def init_errors(app: Flask) -> None:
    """Map the errors to pages."""
    app.register_error_handler(Missing, _missing)
    app.register_error_handler(404, _missing)
    app.register_error_handler(SignedOut, _signed_out)
    app.register_error_handler(Denied, _denied)
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(RuleBroken, _rule_broken)
    app.register_error_handler(TooMany, _too_many)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(Busy, _busy)
    app.register_error_handler(OperationalError, _database_fails)
    app.register_error_handler(PoolTimeout, _database_fails)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(500, _broken)


def _missing(_error: Exception) -> Answer:
    return page(
        HTTPStatus.NOT_FOUND,
        _("This page isn’t here"),
        _("It may have moved, or it may be in a space that you don’t belong to."),
    )


def _signed_out(_error: SignedOut) -> Answer:
    return page(
        HTTPStatus.UNAUTHORIZED,
        _("You are signed out"),
        _("Nothing you typed is lost. Sign in in another tab, come back to this one, and send it again from here."),
        again=True,
        signed_out=True,
    )


def _denied(error: Denied) -> Answer:
    return page(HTTPStatus.FORBIDDEN, _("You can’t do that here"), error.why)


def _invalid(error: Invalid) -> Answer:
    return page(HTTPStatus.UNPROCESSABLE_ENTITY, _("Something needs another look"), str(error), again=True)


def _rule_broken(error: RuleBroken) -> Answer:
    return page(HTTPStatus.CONFLICT, _("That didn’t go through"), error.why)


def _too_many(error: TooMany) -> Answer:
    title = _("Enough for the moment") if error.why else _("That was tried too often")
    html, status = page(HTTPStatus.TOO_MANY_REQUESTS, title, error.why or wait(error), again=True)
    return html, status, {"Retry-After": str(error.retry_after)}


def _stale_form(_error: CSRFError) -> Answer:
    if not may_come_again():
        title = _("Please send it from its own page")
        why = _("Baton can’t tell that this came from you. If it did, open the page again, and press there once more.")
    elif current_user.is_authenticated:
        title = _("Please send it once more")
        why = _(
            "You signed in since you opened this form, and are %(name)s now. Look it over, and send it again from here.",
            name=current_user.person.name,
        )
    else:
        title = _("You are signed out")
        why = _(
            "Or you signed in or out in another tab since you opened this form. Nothing you typed is lost: sign in in another "
            "tab, come back to this one, and send it again from here."
        )
    signed_out = may_come_again() and not current_user.is_authenticated
    return page(HTTPStatus.BAD_REQUEST, title, why, again=True, signed_out=signed_out)


def _busy(error: Busy) -> Answer:
    return _in_a_moment(_("Baton is busy for a moment"), error.why)


def _database_fails(error: Exception) -> Answer:
    cause = getattr(error, "orig", None) or error
    logger.warning("the database doesn't take this: %s: %s", type(cause).__name__, cause)
    db.session.rollback()
    if is_full(error):
        title = _("Baton can’t save anything now")
        why = _("Its disk is full. Keep this page open, tell whoever looks after Baton, and send it again afterwards.")
    else:
        title = _("Baton is busy for a moment")
        why = _("The database didn’t answer in time. Nothing you typed is lost: send it again from here.")
    return _in_a_moment(title, why)


def _in_a_moment(title: str, why: str) -> Answer:
    html, status = page(HTTPStatus.SERVICE_UNAVAILABLE, title, why, again=True)
    return html, status, {"Retry-After": "5"}


def _http(error: HTTPException) -> Answer | Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        why = _("What you sent is larger than Baton accepts. Shorten it, or send it in parts.")
        return page(status, _("That is too much at once"), why)
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        is_opened = request.method == "GET" and "POST" in (getattr(error, "valid_methods", None) or ())
        leads_to = (kept_where() or page_above()) if is_opened else None
        if leads_to is not None:
            return redirect(leads_to, 303)
        html, code = page(
            status, _("This address doesn’t work that way"), _("Go back, and use the button on the page.")
        )
        return html, code, {"Allow": ", ".join(sorted(getattr(error, "valid_methods", None) or []))}
    return page(
        status, _("That didn’t work"), _("Baton could not read the request. Go back and try again."), again=True
    )


def _broken(error: Exception) -> Answer:
    logger.error("unhandled error", exc_info=getattr(error, "original_exception", error))
    db.session.rollback()
    return page(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something broke on our side"),
        _("It was not you. It has been noted for whoever looks after this installation."),
        again=True,
    )
