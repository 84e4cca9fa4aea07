"""The front door, the first run, Today and the pages about Baton itself."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.text import one_line
from forum.core.time import today
from forum.home import demo, first_run
from forum.home.forms import StartForm
from forum.home.gallery import gallery
from forum.home.today import today_for
from forum.people import passwords, sessions
from forum.people.sessions import me
from forum.spaces.guard import Here, needs
from forum.spaces.installation import is_demo
from forum.spaces.policy import Can
from forum.spaces.queries import spaces_of
from forum.web.access import anyone
from forum.web.limits import limit
from forum.web.words import _

blueprint = Blueprint("home", __name__)
Page = str | Response | tuple[str, int]


def is_development() -> bool:
    """Say whether this is a development set-up, where the demo and the gallery can be had."""
    return not current_app.extensions["baton"].settings.is_production


@blueprint.get("/")
@anyone
def front() -> Response:
    """Send each visitor to the page that fits: the first run, signing in, their space, or all spaces."""
    if not current_user.is_authenticated:
        return redirect(url_for("home.start" if first_run.is_fresh() else "people.sign_in"), 303)
    spaces = spaces_of(me())
    if len(spaces) == 1:
        return redirect(url_for("home.today_page", slug=spaces[0].slug), 303)
    return redirect(url_for("spaces.directory"), 303)


@blueprint.get("/start")
@anyone
def start() -> Page:
    """Show the first run: make the first space, or look round the demo."""
    if not first_run.is_fresh():
        raise Missing
    return render_template("home/start.html", form=StartForm(), offers_demo=is_development())


@blueprint.post("/start")
@anyone
def start_done() -> Page:
    """Make the first admin, steward and space, and sign them in."""
    if not first_run.is_fresh():
        raise Missing
    limit("first run", request.remote_addr or "", times=20, within=first_run.TRIES_WITHIN)
    form = StartForm()
    if form.validate_on_submit():
        try:
            first_run.check(form.data)
            secret_hash = passwords.hash_password(form.password.data or "")
            with transaction():
                person, space = first_run.start(form.data, secret_hash=secret_hash)
                sessions.begin(person, keep=False)
        except Invalid as problem:
            form.add_problems(problem)
        else:
            flash(_("Your space is ready. Invite the people you want to start with."), "good")
            return redirect(url_for("home.today_page", slug=space.slug), 303)
    return render_template("home/start.html", form=form, offers_demo=is_development()), 422


@blueprint.get("/demo")
@anyone
def demo_people() -> Page:
    """List the people of the demo organisation, each with a press to sign in as them."""
    if not (is_development() and is_demo()):
        raise Missing
    return render_template("home/demo.html", groups=demo.cast_by_space())


@blueprint.post("/demo")
@anyone
def demo_load() -> Response:
    """Load the demo organisation into a fresh installation. Never in production (A14). A second press leads on."""
    if not (is_development() and (first_run.is_fresh() or is_demo())):
        raise Missing
    if not is_demo():
        demo.load_demo()
    return redirect(url_for("home.demo_people"), 303)


@blueprint.post("/demo/sign-in")
@anyone
def demo_sign_in() -> Response:
    """Sign in as one of the demo's people. Never in production (A14)."""
    if not (is_development() and is_demo()):
        raise Missing
    with transaction():
        person = demo.demo_person(one_line(request.form.get("handle", "")))
        if person is None:
            raise Missing
        sessions.begin(person, keep=False)
    return redirect(url_for("home.front"), 303)


@blueprint.get("/s/<slug>/")
@needs(Can.SEE_SPACE)
def today_page(here: Here) -> Page:
    """Show Today: what is new, what waits, what is next."""
    return render_template("home/today.html", today=today_for(here), date=today(here.actor.zone))


@blueprint.get("/ui")
@anyone
def ui() -> Page:
    """Show every component in every state, in development."""
    if not is_development():
        raise Missing
    return render_template("home/ui.html", **gallery())


@blueprint.get("/accessibility")
@anyone
def accessibility() -> Page:
    """Say how accessible Baton is and whom to tell when it isn't."""
    return render_template("home/accessibility.html")


@blueprint.get("/privacy")
@anyone
def privacy() -> Page:
    """Say what Baton keeps of people."""
    return render_template("home/privacy.html")


@blueprint.get("/shortcuts")
@anyone
def shortcuts() -> Page:
    """List the keyboard shortcuts."""
    return render_template("home/shortcuts.html")
