"""The steps to a space like another one: name it, say what comes along, look, and make it."""

from collections.abc import Iterable
from datetime import timedelta

from flask import redirect, render_template, request, url_for

from forum.clone.access import Look, job_for
from forum.clone.actions import copying
from forum.clone.first_week import hide
from forum.clone.forms import AlongForm, NameForm
from forum.clone.models import CloneJob
from forum.clone.views import Page, blueprint
from forum.core.db import transaction
from forum.core.errors import Invalid, RuleBroken
from forum.people.models import Person
from forum.people.sessions import me
from forum.spaces.guard import Here, needs
from forum.spaces.models import Space
from forum.spaces.policy import Can
from forum.web.access import signed_in
from forum.web.banners import banner
from forum.web.forms import Form, options
from forum.web.limits import limit
from forum.web.words import _

COPIES_A_DAY = 20


@blueprint.get("/copies/<ref>")
@signed_in
def name(ref: str) -> Page:
    """The first step: its name, address, colour and first day."""
    job = job_for(me(), ref)
    if made := copying.made_before(job):
        return _to(made)
    return _name_page(job, NameForm(formdata=None, data=_stands(job)))


def first_step(actor: Person, look: Look, *, begin: str) -> str:
    """Show the first step before anything is kept: with its press it is begun, and named (looking alone begins nothing)."""
    begun = copying.begun_with(actor, look)
    stands = _stands(begun) if begun else {"first_day": copying.usual_first_day(actor)}
    form = NameForm(formdata=None, data=stands)
    return render_template("clone/name.html", job=begun, form=form, source=look.space.name, action=begin)


def _stands(job: CloneJob) -> dict[str, object]:
    return {"name": job.name, "slug": job.slug, "cloth": job.cloth.value, "first_day": job.first_day}


@blueprint.post("/copies/<ref>")
@signed_in
def name_done(ref: str) -> Page:
    """Keep what was typed, and go on."""
    actor, form = me(), NameForm()
    job = job_for(actor, ref)
    if form.validate_on_submit() and form.first_day.data:
        try:
            with transaction():
                copying.name_it(
                    job,
                    name=form.name.data or "",
                    slug=form.slug.data or "",
                    cloth=form.cloth.word,
                    first_day=form.first_day.data,
                    actor=actor,
                )
            return redirect(url_for("clone.along", ref=ref), 303)
        except Invalid as problem:
            form.add_problems(problem)
    return _name_page(job, form), 422


@blueprint.get("/copies/<ref>/along")
@signed_in
def along(ref: str) -> Page:
    """The second step: what comes along."""
    job = job_for(me(), ref)
    if made := copying.made_before(job):
        return _to(made)
    return _along_page(job, AlongForm(formdata=None, data={"parts": list(job.parts)}))


@blueprint.post("/copies/<ref>/along")
@signed_in
def along_done(ref: str) -> Page:
    """Keep what was ticked, and go on."""
    job, form = job_for(me(), ref), AlongForm()
    form.parts.choices = options((part.name, part.label) for part in copying.offered(job, me()))
    if form.validate_on_submit():
        try:
            with transaction():
                copying.take(job, form.parts.data or [])
            return redirect(url_for("clone.look", ref=ref), 303)
        except Invalid as problem:
            form.add_problems(problem)
    return _along_page(job, form), 422


@blueprint.get("/copies/<ref>/look")
@signed_in
def look(ref: str) -> Page:
    """The third step: what exactly is made."""
    job = job_for(me(), ref)
    if made := copying.made_before(job):
        return _to(made)
    if not job.name:
        return redirect(url_for("clone.name", ref=ref), 303)
    return _look_page(job)


@blueprint.post("/copies/<ref>/look")
@signed_in
def make(ref: str) -> Page:
    """Make it: all of it, or nothing. A second press leads to what the first one made."""
    actor, form = me(), Form()
    job = job_for(actor, ref)
    if made := copying.made_before(job):
        return _to(made)
    if not form.validate_on_submit():
        return _look_page(job), 422
    limit("make copy", str(actor.id), times=COPIES_A_DAY, within=timedelta(days=1))
    try:
        ready = copying.ready_for(job, actor)
        with transaction():
            space = copying.make_copy(actor, job, ready, seen=request.form.get("seen", ""))
    except (RuleBroken, Invalid) as why:
        sentences = [one for said in why.errors.values() for one in said] if isinstance(why, Invalid) else [str(why)]
        return _look_page(job_for(me(), ref), problems=sentences), 422
    banner(_("%(space)s is ready. It is private, and you are its steward.", space=space.name))
    return redirect(url_for("home.today_page", slug=space.slug), 303)


@blueprint.post("/s/<slug>/first-steps/hide")
@needs(Can.CHANGE_SPACE)
def hide_first_steps(here: Here) -> Page:
    """Show no more what comes first."""
    with transaction():
        hide(here)
    return _to(here.space)


@blueprint.post("/copies/<ref>/give-up")
@signed_in
def give_up(ref: str) -> Page:
    """Throw away what was begun."""
    job = job_for(me(), ref)
    with transaction():
        copying.give_up(job)
    banner(_("What you began is thrown away. No space was made."))
    return redirect(url_for("clone.index"), 303)


def _sentence(counted: Iterable[str]) -> str:
    """Return what comes along in a row, as a sentence begins."""
    row = ", ".join(counted)
    return row[:1].upper() + row[1:]


def _to(space: Space) -> Page:
    return redirect(url_for("home.today_page", slug=space.slug), 303)


def _name_page(job: CloneJob, form: NameForm) -> str:
    action = url_for("clone.name_done", ref=job.ref)
    return render_template("clone/name.html", job=job, form=form, source=copying.source_name(job), action=action)


def _along_page(job: CloneJob, form: AlongForm) -> str:
    lines = copying.lines_of(job, me())
    form.parts.choices = options((line.part.name, line.part.label) for line in lines)
    ticked = form.parts.data or []
    return render_template(
        "clone/along.html", job=job, form=form, lines=lines, ticked=ticked, source=copying.source_name(job)
    )


def _look_page(job: CloneJob, *, problems: list[str] | None = None) -> str:
    bundle = copying.bundle_of(job, me(), parts=job.parts)
    lines = [line for line in copying.lines_of(job, me()) if line.is_taken]
    start = copying.start_of(job, bundle.space["zone"])
    return render_template(
        "clone/look.html",
        job=job,
        form=Form(formdata=None),
        lines=lines,
        arrivals={line.part.name: bundle.arrivals(line.part, start) for line in lines},
        counted=_sentence(line.part.counted(line.number) for line in lines),
        posts=len(bundle.rows.get("post", ())),
        has_welcome=bool(bundle.space["purpose"] or bundle.space["about_source"]),
        digest=bundle.digest,
        source=copying.source_name(job),
        problems=problems or [],
    )
