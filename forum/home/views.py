"""The front door, the first run, Today and the pages about Baton itself."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.config import Settings
from forum.content.bookmarks import PAGE, how_many, marked_by
from forum.content.reading import is_undoable, told_again
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing
from forum.core.paging import page
from forum.core.text import one_line
from forum.core.time import now, today
from forum.home import demo, first_run
from forum.home.bar import Bar
from forum.home.forms import StartForm
from forum.home.gallery import gallery
from forum.home.ledger import own_ledger
from forum.home.notifications import told_to, up_to
from forum.home.today import today_for
from forum.notify import heads_up
from forum.notify.notices import read_all
from forum.notify.rhythm import choice_of, sentence
from forum.people import passwords, sessions
from forum.people.sessions import me
from forum.spaces.feature import post_url
from forum.spaces.guard import Here, needs
from forum.spaces.installation import demo_address, is_demo
from forum.spaces.policy import Can
from forum.spaces.queries import spaces_of
from forum.spaces.words import VISIBILITY_HINTS, ready
from forum.web.access import anyone, signed_in
from forum.web.banners import banner
from forum.web.forms import moment_of
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
    """Send each visitor to the page that fits: the first run, the demo's people, signing in, their space, or all spaces."""
    if not current_user.is_authenticated:
        if first_run.is_fresh():
            return redirect(url_for("home.start"), 303)
        return redirect(demo_address() or url_for("people.sign_in"), 303)
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
    return _start_page(StartForm())


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
            banner(ready(space))
            return redirect(url_for("home.today_page", slug=space.slug), 303)
    return _start_page(form), 422


def _start_page(form: StartForm) -> str:
    return render_template(
        "home/start.html", form=form, offers_demo=is_development(), visibility_hints=VISIBILITY_HINTS
    )


@blueprint.get("/demo")
@anyone
def demo_people() -> Page:
    """List the people of the demo organisation, each with a press to sign in as them."""
    if demo_address() is None:
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
    if demo_address() is None:
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


@blueprint.get("/me/bookmarks")
@signed_in
def bookmarks() -> Page:
    """List the posts that one has marked, in all spaces: those of which one wanted to be reminded by now first, then the latest."""
    pages = page(request.args.get("page"), total=how_many(me()), size=PAGE)
    marked = marked_by(me(), before=pages.before)
    return render_template(
        "home/bookmarks.html", marked=[(one, post_url(one.item, one.slug, one.number)) for one in marked], pages=pages
    )


@blueprint.get("/me/notifications")
@signed_in
def notifications() -> Page:
    """List what one was told, by conversation, unread first."""
    drawn = now().isoformat()
    mail_sentence = sentence(choice_of(me().id), me())
    return render_template("home/notifications.html", told=told_to(me()), until=drawn, mail_sentence=mail_sentence)


@blueprint.post("/me/notifications/read")
@signed_in
def read_notifications() -> Page:
    """Count everything that stood on the page as read."""
    at = now()
    with transaction():
        until = moment_of(request.form.get("until"))
        read = read_all(me().id, up_to(until), at=at) + heads_up.read_all(me().id, until=until, at=at)
    undo = url_for("home.unread_notifications", at=at.isoformat()) if read else ""
    banner(_("All of it counts as read."), undo=undo)
    return redirect(url_for("home.notifications"), 303)


@blueprint.post("/me/notifications/unread")
@signed_in
def unread_notifications() -> Page:
    """Let be new again what one press let count as read, but for what was looked at since."""
    with transaction():
        marked_at = moment_of(request.args.get("at"))
        is_done = told_again(me(), marked_at=marked_at) > 0
        if is_undoable(marked_at):
            is_done = heads_up.unread_again(me().id, at=marked_at) > 0 or is_done
    banner(_("What was new is new again.") if is_done else _("There was nothing to undo any more."), kind="info")
    return redirect(url_for("home.notifications"), 303)


@blueprint.get("/me/told")
@signed_in
def told() -> Page:
    """List everything that one was told: when, by which way, and what became of it."""
    settings: Settings = current_app.extensions["baton"].settings
    lines, older = own_ledger(me(), mails_demo=settings.keeps_mail, before=request.args.get("before", ""))
    return render_template("home/told.html", lines=lines, older=older, kept_days=settings.keep_deliveries_days)


@blueprint.app_context_processor
def bar() -> dict[str, Bar]:
    """Give every template `bar`."""
    return {"bar": Bar()}


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
