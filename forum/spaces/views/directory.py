"""All spaces that one may know of, and making a new one."""

from datetime import timedelta
from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.text import one_line
from forum.people.sessions import me
from forum.spaces import actions, queries
from forum.spaces.feature import new_to
from forum.spaces.forms import NewSpaceForm
from forum.spaces.models import SPACE_NAME_LENGTH
from forum.spaces.views import blueprint
from forum.spaces.words import ROLE_NAMES, VISIBILITY_HINTS, ready
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.limits import limit

Page = str | Response | tuple[str, int]
SPACES_A_DAY = 20


@blueprint.get("/spaces")
@signed_in
def directory() -> Page:
    """List the spaces: mine, those to look round in, those to ask at."""
    found, new = queries.directory(me()), new_to(me())
    by_way = {way.name.lower(): [space for space in found if space.way is way] for way in queries.Way}
    return render_template("spaces/directory.html", **by_way, new=new, role_names=ROLE_NAMES)


@blueprint.get("/spaces/new")
@signed_in
def new() -> Page:
    """Show the form for a new space."""
    return _new_page(NewSpaceForm(formdata=None))


@blueprint.get("/spaces/new/address")
@signed_in
def propose_address() -> Page:
    """Propose an address for a name, for the form that is being filled in; one that was typed stays."""
    if request.args.get("slug"):
        return "", HTTPStatus.NO_CONTENT
    name = one_line(request.args.get("name", ""))[:SPACE_NAME_LENGTH]
    form = NewSpaceForm(formdata=None, slug=actions.free_address(name, asked_by=me()) if name else "")
    return render_template("spaces/address_field.html", form=form, proposes=True)


@blueprint.post("/spaces/new")
@signed_in
def new_done() -> Page:
    """Make the space, and go to it."""
    actor, form = me(), NewSpaceForm()
    if form.validate_on_submit():
        limit("make space", str(actor.id), times=SPACES_A_DAY, within=timedelta(days=1))
        try:
            with transaction():
                space = actions.make(
                    actor,
                    name=form.name.data or "",
                    slug=form.slug.data or None,
                    purpose=form.purpose.data or "",
                    visibility=form.visibility.word,
                    cloth=form.cloth.word,
                    once=form.once.data,
                )
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(ready(space))
            return redirect(url_for("home.today_page", slug=space.slug), 303)
    return _new_page(form), 422


def _new_page(form: NewSpaceForm) -> str:
    return render_template("spaces/new.html", form=form, visibility_hints=VISIBILITY_HINTS)
