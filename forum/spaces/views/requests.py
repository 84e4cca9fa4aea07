"""Requests to join: who asks, and the answer."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.spaces import actions, queries
from forum.spaces.forms import AcceptForm, DeclineForm
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.spaces.views import blueprint
from forum.web.banners import banner
from forum.web.words import _

Page = str | Response | tuple[str, int]


@blueprint.get("/s/<slug>/requests")
@needs(Can.DECIDE_REQUEST)
def requests(here: Here) -> Page:
    """List who asks to join, the longest first."""
    return _page(here)


@blueprint.post("/s/<slug>/requests/<int(max=2147483647):request_id>/accept")
@needs(Can.DECIDE_REQUEST)
def accept_request(here: Here, request_id: int) -> Page:
    """Let somebody in."""
    form = AcceptForm()
    if not form.validate_on_submit():
        raise Invalid({"role": [_("Let them in as a champion or as a reader.")]})
    with transaction():
        request = actions.accept_request(here, request_id, role=form.role.word)
        name = queries.person_named(request.person_id)
    banner(_("%(name)s is in, and gets a mail about it.", name=name))
    return redirect(url_for("spaces.requests", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/requests/<int(max=2147483647):request_id>/decline")
@needs(Can.DECIDE_REQUEST)
def decline_request(here: Here, request_id: int) -> Page:
    """Say no, with a reason if one likes."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _page(here, form, request_id=request_id), 422
    with transaction():
        request = actions.decline_request(here, request_id, answer=form.answer.data or "")
        name = queries.person_named(request.person_id)
    banner(_("%(name)s gets a mail with your answer.", name=name))
    return redirect(url_for("spaces.requests", slug=here.space.slug), 303)


def _page(here: Here, form: DeclineForm | None = None, *, request_id: int | None = None) -> str:
    """Render the list; `form` is the one that was wrong, of the request `request_id`."""
    asking = queries.asking(here.space)
    return render_template(
        "spaces/requests.html",
        asking=asking,
        form=form,
        accept_forms={one.request_id: AcceptForm(formdata=None) for one in asking},
        decline_forms={
            one.request_id: _decline_form(one.request_id, wrong=form if one.request_id == request_id else None)
            for one in asking
        },
    )


def _decline_form(request_id: int, *, wrong: DeclineForm | None) -> DeclineForm:
    """Return the form under one request, with ids of its own: there are several on the page."""
    form = wrong or DeclineForm(formdata=None)
    form.answer.id = f"answer-{request_id}"
    return form
