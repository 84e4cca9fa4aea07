"""How a form's page is answered: 200 when it is opened, 422 with its problems, 429 when it was tried too often."""

from collections.abc import Sequence
from http import HTTPStatus

from flask import make_response, render_template
from werkzeug.wrappers import Response

from forum.core.errors import RuleBroken, TooMany
from forum.people import door
from forum.web.forms import Form
from forum.web.limits import wait
from forum.web.words import _


def page(template: str, form: Form, **values: object) -> Response:
    """Show a form; 422 when it has problems. Everything typed stands in it, but passwords."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return make_response(render_template(template, form=form, **values), status)


def held(template: str, form: Form, error: TooMany, **values: object) -> Response:
    """Show a form that was sent too often: 429, with when to try again."""
    form.form_errors.append(_("That was tried too often.") + " " + wait(error))
    answer = make_response(render_template(template, form=form, **values), HTTPStatus.TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def refused(template: str, form: Form, error: RuleBroken, **values: object) -> Response:
    """Show a form that a rule forbids now: 409."""
    form.form_errors.append(error.why)
    return make_response(render_template(template, form=form, **values), HTTPStatus.CONFLICT)


def sent(sentences: Sequence[str], *, again: str, template: str = "people/sent.html") -> Response:
    """Say where to look for a link, in the same words whether one was sent or not; `again` is where to ask once more."""
    return make_response(render_template(template, sentences=sentences, again=again, address=door.address()))


def dead_link(*, again: str, label: str) -> Response:
    """Say that a link has been used or has run out, the same for each reason and for none; `again` is where to get another."""
    return make_response(render_template("people/dead_link.html", again=again, label=label), HTTPStatus.GONE)
