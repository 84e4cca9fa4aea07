"""Leaving: one's own kit, an organiser's view of who leaves when, and answers to what is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import make_response, redirect, render_template, request, url_for

from forum.core.db import db, transaction
from forum.core.errors import Invalid, Missing, RuleBroken, TooMany
from forum.notify import heads_up
from forum.people.models import Person
from forum.people.owning import owns, stored_secret
from forum.people.sessions import me
from forum.roster.actions import leaving as actions
from forum.roster.actions import leaving_kit
from forum.roster.actions.asking_for_all import offer_all
from forum.roster.actions.passing import coming_of
from forum.roster.passing_forms import LastDayForm, OwnLastDayForm
from forum.roster.queries.asked import asked_of
from forum.roster.queries.duties import who_may_hold
from forum.roster.queries.leaving import Kit, kit_of, leavings_in, vacant_in, would_leave
from forum.roster.views import Page, blueprint, leaving_blueprint
from forum.spaces import queries
from forum.spaces.actions.membership import why_not_remove
from forum.spaces.feature import features, stand_ins
from forum.spaces.guard import Here, here_for, needs
from forum.spaces.models import Space
from forum.spaces.parts import StandIn
from forum.spaces.policy import Can
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.limits import wait
from forum.web.rendering import long_day
from forum.web.words import _, _n, listed

LONGEST_KEY = 40


@leaving_blueprint.get("/")
@signed_in
def mine() -> Page:
    """Show what one would leave, or leaves."""
    return _mine()


def _mine(form: OwnLastDayForm | None = None, problem: str = "") -> str:
    person = me()
    leaving = coming_of(person.id)
    kit = kit_of(leaving, person, person) if leaving else None
    asked = [_whom_to_ask(here_for(person, space.slug), person) for space in _spaces_of(kit)] if kit else []
    return render_template(
        "roster/my_leaving.html",
        form=form or _own_form(formdata=None, last_day=leaving.last_day if leaving else None),
        leaving=leaving,
        space=db.session.get(Space, leaving.space_id) if leaving and leaving.space_id else None,
        kit=kit,
        ahead=[] if leaving else would_leave(person, person),
        whom={one.space.id: one for one in asked},
        problem=problem,
        to_settle=[
            one
            for room in features()
            if room.name != "roster" and room.before_closing
            for one in room.before_closing(person)
        ],
    )


@dataclass(frozen=True, kw_only=True)
class WhomToAsk:
    """Who can be asked in a space to take what somebody leaves, and who of them is away."""

    space: Space
    people: Sequence[Person]
    away: Mapping[int, StandIn]


def _whom_to_ask(here: Here, leaver: Person) -> WhomToAsk:
    people = [one for one in who_may_hold(here) if one.id != leaver.id]
    return WhomToAsk(space=here.space, people=people, away=stand_ins(here, [one.id for one in people]))


def _spaces_of(kit: Kit) -> list[Space]:
    """Return the spaces of a kit, in the order of its lines."""
    return list({line.space.id: line.space for line in kit.lines if line.space}.values())


def _own_form(**values: object) -> OwnLastDayForm:
    return OwnLastDayForm(has_password=stored_secret(me()) is not None, **values)


@leaving_blueprint.post("/")
@signed_in
def set_mine() -> Page:
    """Set one's last day, or another one."""
    form = _own_form()
    if form.validate_on_submit():
        try:
            if not owns(me(), form, stored_secret(me())):
                return _mine(form), 422
            with transaction():
                actions.file_own(me(), last_day=form.last_day.data)
        except TooMany as error:
            form.form_errors.append(_("That was tried too often.") + " " + wait(error))
            answer = make_response(_mine(form), 429)
            answer.headers["Retry-After"] = str(error.retry_after)
            return answer
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            return _mine(form), 409
        else:
            banner(_("Your last day is %(day)s.", day=long_day(form.last_day.data)))
            return redirect(url_for("leaving.mine"), 303)
    return _mine(form), 422


@leaving_blueprint.post("/take-back")
@signed_in
def stay() -> Page:
    """Stay after all."""
    with transaction():
        stays = actions.take_back(me())
    if stays:
        banner(_("You stay. What colleagues accepted stays theirs: ask them if you want it back."))
    return redirect(url_for("leaving.mine"), 303)


@leaving_blueprint.post("/settle")
@signed_in
def settle_mine() -> Page:
    """Ask somebody to take something, or say that nobody has to."""
    slug = request.form.get("space", "")
    try:
        said = _settle(here_for(me(), slug), me()) if slug else _end_own(me())
    except RuleBroken as broken:
        return _mine(problem=broken.why), 409
    banner(said)
    return redirect(url_for("leaving.mine"), 303)


def _end_own(person: Person) -> str:
    with transaction():
        leaving_kit.close_own(person, *_what())
    return _("It is ended.")


def _what() -> tuple[str, str]:
    """Return the kind and the key of the line that a form is about."""
    return request.form.get("kind", "")[:LONGEST_KEY], request.form.get("key", "")[:LONGEST_KEY]


def _settle(here: Here, person: Person) -> str:
    """Do what a line of the kit asks for. Returns what is said then. Raises Missing, Denied, RuleBroken."""
    kind, key = _what()
    if "close" in request.form:
        with transaction():
            leaving_kit.close(here, person, kind, key)
        return _("Nobody has to take it.")
    handle = request.form.get("person", "")
    taker = next((one for one in who_may_hold(here) if one.handle == handle), None)
    if taker is None:
        raise RuleBroken(_("Choose whom to ask."))
    if "all" in request.form:
        return _ask_for_all(here, person, taker)
    with transaction():
        leaving_kit.offer(here, person, kind, key, taker)
    return _("%(name)s is asked. Until they say yes, it isn’t theirs.", name=taker.name)


def _ask_for_all(here: Here, person: Person, taker: Person) -> str:
    with transaction():
        asked, left = offer_all(here, person, taker)
    said = _n(
        "%(name)s is asked to take one thing.", "%(name)s is asked to take %(num)d things.", len(asked), name=taker.name
    )
    if left:
        said += " " + _("Ask somebody else for: %(titles)s.", titles=listed(left))
    return said


@blueprint.get("/leaving")
@needs(Can.SEE_ROSTER)
def leaving(here: Here) -> Page:
    """Show what one is asked to take, what nobody took, and to organisers who leaves when."""
    heads_up.read_there(here.actor, path=request.path)
    return _leaving(here)


def _leaving(here: Here, problem: str = "") -> str:
    is_keeper = here.may(Can.KEEP_ROSTER)
    return render_template(
        "roster/leaving.html",
        asked=asked_of(here),
        vacant=vacant_in(here),
        kits=leavings_in(here) if is_keeper else [],
        members=[one for one in who_may_hold(here) if one.id != here.actor.id] if is_keeper else [],
        problem=problem,
    )


@blueprint.get("/leaving/<handle>")
@needs(Can.KEEP_ROSTER)
def leaver(here: Here, handle: str) -> Page:
    """Show what somebody leaves here, for organisers."""
    return _leaver(here, _member(here, handle))


def _leaver(here: Here, one: queries.Member, form: LastDayForm | None = None, problem: str = "") -> str:
    person = one.person
    found = coming_of(person.id)
    if found is not None and found.space_id not in {None, here.space.id}:
        found = None
    kit = kit_of(found, person, here.actor, here.space) if found else None
    return render_template(
        "roster/leaver.html",
        person=person,
        leaving=found,
        kit=kit,
        ahead=[] if kit else would_leave(person, here.actor, here.space),
        whom={here.space.id: _whom_to_ask(here, person)},
        form=form or LastDayForm(formdata=None, last_day=found.last_day if found else None),
        problem=problem,
        may_set=why_not_remove(here, person, role=one.role) is None and (found is None or found.space_id is not None),
    )


@blueprint.post("/leaving/<handle>")
@needs(Can.KEEP_ROSTER)
def set_leaver(here: Here, handle: str) -> Page:
    """Set somebody's last day here."""
    one, form = _member(here, handle), LastDayForm()
    if form.validate_on_submit():
        try:
            with transaction():
                actions.file_for(here, one.person, last_day=form.last_day.data)
        except Invalid as problem:
            form.add_problems(problem)
        except RuleBroken as broken:
            form.form_errors.append(broken.why)
            return _leaver(here, one, form), 409
        else:
            banner(_("The last day is noted, and %(name)s is told.", name=one.person.name))
            return redirect(url_for("roster.leaver", slug=here.space.slug, handle=handle), 303)
    return _leaver(here, one, form), 422


@blueprint.post("/leaving/<handle>/take-back")
@needs(Can.KEEP_ROSTER)
def keep_leaver(here: Here, handle: str) -> Page:
    """Take back that somebody leaves."""
    one = _member(here, handle)
    try:
        with transaction():
            actions.take_back_for(here, one.person)
    except RuleBroken as broken:
        return _leaver(here, one, problem=broken.why), 409
    return redirect(url_for("roster.leaver", slug=here.space.slug, handle=handle), 303)


@blueprint.post("/leaving/<handle>/settle")
@needs(Can.KEEP_ROSTER)
def settle_leaver(here: Here, handle: str) -> Page:
    """Ask somebody to take something that a member leaves, or say that nobody has to."""
    one = _member(here, handle)
    try:
        said = _settle(here, one.person)
    except RuleBroken as broken:
        return _leaver(here, one, problem=broken.why), 409
    banner(said)
    return redirect(url_for("roster.leaver", slug=here.space.slug, handle=handle), 303)


def _member(here: Here, handle: str) -> queries.Member:
    found = queries.member_by_handle(here.space, handle)
    if found is None:
        raise Missing
    return found


@blueprint.post("/left/<int:left_id>/answer")
@needs(Can.TAKE_DUTY)
def answer_left(here: Here, left_id: int) -> Page:
    """Take what a colleague leaves, or say no."""
    accepts = request.form.get("answer") == "yes"
    try:
        with transaction():
            leaving_kit.answer(here, left_id, accepts=accepts)
    except RuleBroken as broken:
        return _leaving(here, broken.why), 409
    banner(_("It is yours. Thank you.") if accepts else _("You said no. Whoever asked is told."))
    return redirect(url_for("roster.leaving", slug=here.space.slug), 303)
