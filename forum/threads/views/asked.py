"""Pages of what is asked through an organiser. Their addresses are known to the asker and to that organiser alone."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from forum.content import drafts, limits
from forum.content.naming import text_for
from forum.content.queries import posts_between
from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.core.markup import Rendered
from forum.core.paging import page
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import section_for
from forum.threads.addresses import POSTS
from forum.threads.behind import actions, queries
from forum.threads.behind.access import Reading, relay_for
from forum.threads.behind.forms import DeclineForm, FollowUpForm, PassForm, ThroughForm
from forum.threads.behind.models import Relay
from forum.threads.forms import QUESTION, StartForm
from forum.threads.models import Section
from forum.threads.queries import sections_of
from forum.threads.views import Page, answers, attaching, blueprint
from forum.web.banners import banner
from forum.web.forms import Form
from forum.web.words import _


@blueprint.get("/asked/")
@needs(Can.READ_LOG)
def asked(here: Here) -> Page:
    """List what one asked through others, and what waits for oneself to pass it on."""
    return render_template("threads/asked.html", mine=queries.asked_by(here), waiting=queries.waiting_for(here))


def ask_through(here: Here, form: StartForm, *, section: Section, text: Rendered, place: str) -> Response:
    """Ask what the form of a new thread holds through the organiser it names. Raises Invalid, RuleBroken."""
    _check_goes_along(here, form, place=place)
    with limits.counting(here, limits.Kind.THREAD, limits.Kind.POST) as count:
        with transaction():
            relay = actions.ask(
                here,
                keeper=_keeper(form.through.data),
                title=form.title.data or "",
                section=section,
                text=text,
                once=form.once.data,
            )
            drafts.sent(here.actor, place, version=form.draft_version.data or 0, body=form.body.data or "")
        count.written(relay.asked_at)
    banner(_("It waits to be passed on. Nobody else can see it."))
    return redirect(addresses.asked_url(here.space.slug, relay.ref), 303)


def _check_goes_along(here: Here, form: StartForm, *, place: str) -> None:
    """Refuse what would tell who asks, or can't go along: files, a poll, tags. Nothing is dropped in silence."""
    problems: dict[str, list[str]] = {}
    if form.kind.data != QUESTION:
        problems["kind"] = [_("Only a question can be asked through somebody.")]
    if attaching.attached_at(here, place):
        problems["files"] = [_("Files can’t go along: they may say whose they are. Take them out first.")]
    for field in (form.tags, form.wish, form.poll_question, form.poll_options):
        if field.data:
            problems[field.name] = [_("This can’t go along. Leave it to whoever passes your question on.")]
    if problems:
        raise Invalid(problems)


@blueprint.get("/asked/<relay>/")
@needs(Can.READ_LOG)
def asked_one(here: Here, relay: str) -> Page:
    """Show what was asked: to its asker with what became of it, to the organiser with what to do."""
    return _show(here, relay_for(here, relay))


@blueprint.post("/asked/<relay>/pass")
@needs(Can.ASK_FOR_COLLEAGUE)
def pass_on(here: Here, relay: str) -> Page:
    """Pass it on, as it is or in other words."""
    reading = _as_keeper(here, relay)
    found = reading.relay
    form = PassForm(sections=sections_of(here), is_question=found.about_id is None)

    def act() -> None:
        text = text_for(here.space, form.body.data or "", author=here.actor, **_quotable(here, found))
        title, section = ("", None) if found.about_id else (form.title.data or "", section_for(here, form.section.data))
        with transaction():
            actions.pass_on(here, found, text=text, title=title, section=section)

    return _attempt(here, reading, form, act) or _done(
        here, found, _("It is passed on, in your name, for a colleague.")
    )


@blueprint.post("/asked/<relay>/decline")
@needs(Can.ASK_FOR_COLLEAGUE)
def decline(here: Here, relay: str) -> Page:
    """Don't pass it on, with a reason."""
    reading, form = _as_keeper(here, relay), DeclineForm()
    found = reading.relay

    def act() -> None:
        with transaction():
            actions.decline(here, found, reason=form.reason.data or "")

    return _attempt(here, reading, form, act) or _done(here, found, _("Whoever asked is told, with your reason."))


@blueprint.post("/asked/<relay>/withdraw")
@needs(Can.READ_LOG)
def withdraw_asked(here: Here, relay: str) -> Page:
    """Take back what wasn't passed on yet."""
    reading = _as_asker(here, relay)
    with transaction():
        actions.withdraw(here, reading.relay)
    return _done(here, reading.relay, _("It is taken back. The organiser can’t read it any more."))


@blueprint.post("/asked/<relay>/through")
@needs(Can.START_THREAD)
def choose_another(here: Here, relay: str) -> Page:
    """Ask through another organiser."""
    reading, form = _as_asker(here, relay), ThroughForm(keepers=queries.keepers_to_ask(here))

    def act() -> None:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            actions.choose(here, reading.relay, _keeper(form.through.data))

    return _attempt(here, reading, form, act) or _done(here, reading.relay, _("It waits for somebody else now."))


@blueprint.post("/asked/<relay>/add")
@needs(Can.START_THREAD)
def follow_up(here: Here, relay: str) -> Page:
    """Add something to one's question, by the same way."""
    reading, form = _as_asker(here, relay), FollowUpForm(keepers=queries.keepers_to_ask(here))

    def act() -> None:
        text = text_for(here.space, form.body.data or "", author=here.actor, **_quotable(here, reading.relay))
        keeper = _keeper(form.through.data)
        with limits.counting(here, limits.Kind.POST) as count:
            with transaction():
                added = actions.follow_up(here, reading.relay, keeper=keeper, text=text, once=form.once.data)
            count.written(added.asked_at)

    return _attempt(here, reading, form, act) or _done(here, reading.relay, _("It waits to be passed on."))


@blueprint.post("/asked/<relay>/accept")
@needs(Can.START_THREAD)
def accept_asked(here: Here, relay: str) -> Page:
    """Accept an answer to one's question, without one's name."""
    reading = _as_asker(here, relay)
    with transaction():
        actions.accept(here, reading.relay, number=_number())
    return _done(here, reading.relay, _("The answer is accepted, without your name."))


@blueprint.post("/asked/<relay>/thank")
@needs(Can.START_THREAD)
def thank_asked(here: Here, relay: str) -> Page:
    """Thank for an answer, without one's name."""
    reading = _as_asker(here, relay)
    with transaction():
        actions.thank(here, reading.relay, number=_number())
    return _done(here, reading.relay, _("Your thanks are passed on, without your name."))


def _attempt(here: Here, reading: Reading, form: Form, act: Callable[[], None]) -> Page | None:
    """Do what a form of the page asks for; None when it is done, else the page again with what was typed and what is wrong."""
    status = 422
    if form.validate_on_submit():
        try:
            act()
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            status = 409
        except TooMany as slow:
            form.form_errors.append(slow.why)
            return answers.hold_up(slow, _show(here, relay_for(here, reading.relay.ref), sent=form))
        else:
            return None
    return _show(here, relay_for(here, reading.relay.ref), sent=form), status


def _show(here: Here, reading: Reading, *, sent: Form | None = None) -> str:
    relay = reading.relay
    forms = _forms(here, reading)
    if sent is not None:
        forms = {name: sent if form.__class__ is sent.__class__ else form for name, form in forms.items()}
    question = relay if relay.about_id is None else db.session.get_one(Relay, relay.about_id)
    return render_template(
        "threads/asked_one.html",
        relay=relay,
        is_asker=reading.is_asker,
        question=question,
        forms=forms,
        form=sent,
        sent=next((name for name, form in forms.items() if form is sent), ""),
        steps=queries.steps_of(relay, here.actor),
        is_kept=not reading.is_asker or relay.keeper_id in {keeper.person.id for keeper in here.keepers},
        is_long=queries.waits_long(relay, at=now()),
        **_what_became(here, reading),
    )


def _forms(here: Here, reading: Reading) -> dict[str, Form]:
    relay = reading.relay
    if reading.is_asker:
        keepers = queries.keepers_to_ask(here)
        return {
            "through": ThroughForm(None, keepers=keepers),
            "add": FollowUpForm(None, keepers=keepers, through=relay.keeper.handle),
        }
    sections, is_question = sections_of(here), relay.about_id is None
    chosen = next((section.slug for section in sections if section.id == relay.section_id), None)
    first = {"title": relay.title, "section": chosen} if is_question else {}
    return {
        "pass": PassForm(None, sections=sections, is_question=is_question, body=relay.source, **first),
        "decline": DeclineForm(None),
    }


def _what_became(here: Here, reading: Reading) -> dict[str, Any]:
    """Return where it stands in the space now, and for who asked the answers, page by page."""
    place = queries.place_of(reading.relay, here.actor)
    if place is None:
        return {"place_url": "", "item": None, "answers": []}
    item, number, accepted = place
    found: dict[str, Any] = {
        "item": item,
        "number": number,
        "place_url": addresses.post_url(here.space.slug, item.ref, number),
        "accepted": accepted,
    }
    if not reading.is_asker or reading.relay.about_id is not None:
        return {**found, "answers": []}
    pages = page(request.args.get("page"), total=item.last_number - number, size=POSTS)
    shown = posts_between(item.id, after=number + pages.before, size=POSTS)
    answers = [post for post in shown if not post.gone and not post.for_colleague]
    return {**found, "answers": answers, "pages": pages}


def _quotable(here: Here, relay: Relay) -> dict[str, Any]:
    """Return what a text needs that is added to a question: its posts can be quoted."""
    if relay.post_id is None and relay.about_id is None:
        return {}
    item = actions.question_item(relay, here.space)
    return {"item_id": item.id, "posts_url": addresses.posts_url(here.space.slug, item.ref)}


def _as_asker(here: Here, ref: str) -> Reading:
    reading = relay_for(here, ref)
    if not reading.is_asker:
        raise Missing
    return reading


def _as_keeper(here: Here, ref: str) -> Reading:
    reading = relay_for(here, ref)
    if reading.is_asker:
        raise Missing
    return reading


def _keeper(handle: str) -> Person:
    """Return the person of a handle; whether they are a keeper here is asked under the lock."""
    person = db.session.scalar(select(Person).where(Person.handle == handle)) if handle.isprintable() else None
    if person is None:
        raise Invalid({"through": [_("Choose one of the list.")]})
    return person


def _number() -> int:
    typed = request.form.get("number", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < len(str(2**31))):
        raise Missing
    return int(typed)


def _done(here: Here, relay: Relay, said: str) -> Response:
    banner(said)
    return redirect(url_for("threads.asked_one", slug=here.space.slug, relay=relay.ref), 303)
