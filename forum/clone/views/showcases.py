"""What outsiders see of a space: by its address for who has an account, by a private link for anyone."""

from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask_login import current_user

from forum.clone.access import Look, showcase_at, showcase_for
from forum.clone.actions import copying
from forum.clone.gathering import gather
from forum.clone.queries import begun_by, open_showcases
from forum.clone.reading import pieces_of
from forum.clone.rooms import house
from forum.clone.starters import starters
from forum.clone.views import Page, blueprint
from forum.clone.views.making import first_step, name_done
from forum.core.db import transaction
from forum.people.sessions import me
from forum.web.access import anyone, signed_in, to_sign_in
from forum.web.banners import banner
from forum.web.limits import limit
from forum.web.links import whole
from forum.web.words import _

BEGUN_A_DAY = 40


@blueprint.get("/showcases")
@signed_in
def index() -> Page:
    """List what one can begin with: spaces that show themselves, starters, a template file; and what one began."""
    begun = [(job, name or copying.starter_name(job)) for job, name in begun_by(me())]
    return render_template("clone/index.html", shown=open_showcases(me()), starters=starters(), begun=begun)


@blueprint.get("/s/<slug>/showcase")
@signed_in
def showcase(slug: str) -> Page:
    """Show a space to who has an account."""
    return _page(showcase_for(me(), slug), begin=url_for("clone.start", slug=slug))


@blueprint.get("/showcase/<token>")
@anyone
def by_link(token: str) -> Page:
    """Show a space to who has the private link. Who has no account sees it too, and signs in to begin."""
    begin, first = (url_for(f"clone.{view}", token=token) for view in ("start_by_link", "step_by_link"))
    return _page(showcase_at(token), begin=begin, first=first)


@blueprint.post("/s/<slug>/showcase/start")
@signed_in
def start(slug: str) -> Page:
    """Begin a space like this one, or go on with what was begun."""
    return _begin(showcase_for(me(), slug))


@blueprint.get("/showcase/<token>/start")
@anyone
def step_by_link(token: str) -> Page:
    """Show the first step by a private link. Who isn't signed in does that first, and comes back here."""
    look = showcase_at(token)
    if not look.showcase.offers_copy:
        return redirect(url_for("clone.by_link", token=token), 303)
    if not current_user.is_authenticated:
        banner(
            _("Sign in to begin a space like %(space)s. Its first step comes then.", space=look.space.name), kind="info"
        )
        return to_sign_in()
    return first_step(me(), look, begin=url_for("clone.start_by_link", token=token))


@blueprint.post("/showcase/<token>/start")
@signed_in
def start_by_link(token: str) -> Page:
    """Begin by a private link, and name it where it was named with the same press."""
    return _begin(showcase_at(token))


def _begin(look: Look) -> Page:
    actor = me()
    limit("begin copy", str(actor.id), times=BEGUN_A_DAY, within=timedelta(days=1))
    with transaction():
        job = copying.begin(actor, look)
    if "name" in request.form:
        return name_done(job.ref)
    return redirect(url_for("clone.name", ref=job.ref), 303)


def _page(look: Look, *, begin: str, first: str = "") -> str:
    bundle = gather(look.space, look.showcase.parts, site=whole(""))
    parts = [(part, bundle.count(part), bundle.titles(part)) for part in house().parts]
    numbers = [one for room in house().rooms if room.cloner.numbers for one in room.cloner.numbers(look.space)]
    return render_template(
        "clone/showcase.html",
        space=look.space,
        showcase=look.showcase,
        pieces=pieces_of(look.space),
        parts=[one for one in parts if one[1]],
        numbers=numbers if look.showcase.shows_numbers else [],
        begin=begin,
        first=first,
    )
