"""A space's own page, with the way in and out; for who stands outside of one that is joined by request, its door."""

from datetime import timedelta

from flask import g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Missing
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces import actions, queries
from forum.spaces.doors import Door, here_or_door
from forum.spaces.forms import AskForm
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.spaces.views import blueprint
from forum.spaces.words import ROLE_NAMES, VISIBILITY_HINTS, VISIBILITY_NAMES, WITH_ARTICLE
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.limits import limit
from forum.web.words import _

Page = str | Response | tuple[str, int]
REQUESTS_A_DAY = 5


@blueprint.get("/s/<slug>/about")
@signed_in
def about(slug: str) -> Page:
    """Say what a space is for and who looks after it; to who stands outside, only what stands on its door."""
    found = here_or_door(me(), slug)
    if isinstance(found, Door):
        return _door_page(found, AskForm(formdata=None))
    g.here = found
    return render_template(
        "spaces/about.html",
        keepers=queries.keepers_of(found.space),
        role_names=ROLE_NAMES,
        my_role=WITH_ARTICLE[found.role],
        visibility=VISIBILITY_NAMES[found.space.visibility],
        visibility_hint=VISIBILITY_HINTS[found.space.visibility],
    )


@blueprint.post("/s/<slug>/join")
@needs(Can.JOIN_SPACE, unless=lambda here: here.is_member)
def join(here: Here) -> Page:
    """Join an open space."""
    with transaction():
        actions.join(here)
    banner(_("You are a member of %(space)s now.", space=here.space.name))
    return redirect(url_for("home.today_page", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/leave")
@needs(Can.LEAVE_SPACE, unless=lambda here: not here.is_member)
def leave(here: Here) -> Page:
    """Leave a space. What one wrote stays."""
    name = here.space.name
    with transaction():
        actions.leave(here)
    banner(_("You have left %(space)s. What you wrote there stays.", space=name))
    return redirect(url_for("spaces.directory"), 303)


@blueprint.post("/s/<slug>/ask")
@signed_in
def ask(slug: str) -> Page:
    """Ask to be let in."""
    actor, form = me(), AskForm()
    door = _door_or_inside(actor, slug)
    if isinstance(door, Here):
        return _let_in_meanwhile(door)
    if not form.validate_on_submit():
        return _door_page(door, form), 422
    limit("ask to join", f"{actor.id} {door.space_id}", times=REQUESTS_A_DAY, within=timedelta(days=1))
    with transaction():
        actions.ask_to_join(actor, door, note=form.note.data or "")
    banner(_("The organisers know that you want to join. You get a mail when they have decided."))
    return redirect(url_for("spaces.about", slug=slug), 303)


@blueprint.post("/s/<slug>/ask/withdraw")
@signed_in
def withdraw(slug: str) -> Page:
    """Take one's own request back."""
    actor = me()
    door = _door_or_inside(actor, slug)
    if isinstance(door, Here):
        return _let_in_meanwhile(door)
    with transaction():
        actions.withdraw_request(actor, door)
    banner(_("Your request is withdrawn."))
    return redirect(url_for("spaces.about", slug=slug), 303)


def _door_or_inside(actor: Person, slug: str) -> Door | Here:
    """Load the door; for who was let in since their page was drawn, the space. Raises Missing for everybody else."""
    found = here_or_door(actor, slug)
    if isinstance(found, Here) and not found.is_member:
        raise Missing
    return found


def _let_in_meanwhile(here: Here) -> Response:
    banner(_("You have been let in: you are a member of %(space)s.", space=here.space.name))
    return redirect(url_for("spaces.about", slug=here.space.slug), 303)


def _door_page(door: Door, form: AskForm) -> str:
    return render_template("spaces/door.html", door=door, form=form)
