"""Running a playbook: with script each press stays on the page, without it the page comes again where one was."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.order.holding import is_held_now
from forum.core.db import db, transaction
from forum.core.errors import Invalid, RuleBroken, TooMany
from forum.core.paging import page
from forum.people.models import Department, Person
from forum.playbooks import addresses
from forum.playbooks.access import may_keep, playbook_for, run_for, steps_of
from forum.playbooks.actions import running
from forum.playbooks.forms import FinishForm, StartForm
from forum.playbooks.models import Edition, Outcome, Playbook, Run
from forum.playbooks.queries.one import notes_of, runs_of, ticks_of, what_differed
from forum.playbooks.views import Page, blueprint
from forum.playbooks.views.reading import show_playbook
from forum.playbooks.words import OUTCOME_SIGNS, OUTCOMES
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads.views import answers
from forum.web.banners import banner
from forum.web.words import _

RUNS = 20


@blueprint.post("/<ref>/runs")
@needs(Can.RUN_PLAYBOOK)
def start(here: Here, ref: str) -> Page:
    """Begin a run."""
    opened, form = playbook_for(here, ref), StartForm()
    try:
        if form.validate_on_submit():
            with limits.counting(here, limits.Kind.PRESS), transaction():
                run = running.start(
                    here,
                    opened.playbook.id,
                    purpose=form.purpose.data or "",
                    is_shared=form.is_shared.data,
                    once=form.once.data,
                )
            return redirect(addresses.run_url(here.space.slug, run.ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except TooMany as slow:
        return answers.hold_up(slow, show_playbook(here, ref, start=form, paused=slow.why))
    return show_playbook(here, ref, start=form), 422


@blueprint.get("/<ref>/runs")
@needs(Can.SEE_PLAYBOOKS)
def runs(here: Here, ref: str) -> Page:
    """List the runs of a playbook that one may look at, and what differed in them."""
    opened = playbook_for(here, ref)
    total = runs_of(here, opened.playbook.id, most=1)[1]
    pages = page(request.args.get("page"), total=total, size=RUNS)
    is_keeper = may_keep(here, opened.playbook, opened.item)
    steps = {step.key: step for step in steps_of(opened.edition.id)}
    return render_template(
        "playbooks/runs.html",
        item=opened.item,
        runs=runs_of(here, opened.playbook.id, before=pages.before, most=RUNS)[0],
        pages=pages,
        differed=what_differed(here, opened.playbook.id, is_keeper=is_keeper) if pages.current == 1 else (),
        steps=steps,
        is_keeper=is_keeper,
        outcomes=OUTCOMES,
        signs=OUTCOME_SIGNS,
    )


@blueprint.get("/runs/<ref>/")
@needs(Can.SEE_PLAYBOOKS)
def run(here: Here, ref: str) -> Page:
    """Show a run: its steps, to be ticked."""
    return _show(here, ref)


@blueprint.post("/runs/<ref>/tick")
@needs(Can.RUN_PLAYBOOK)
def tick(here: Here, ref: str) -> Page:
    """Say that a step is done, or not done after all."""
    key, is_done = request.form.get("key", ""), request.form.get("done") == "yes"
    return _press(here, ref, lambda one: running.tick(here, one.id, key=key, is_done=is_done), step=key)


@blueprint.post("/runs/<ref>/note")
@needs(Can.RUN_PLAYBOOK)
def note(here: Here, ref: str) -> Page:
    """Note what differed at a step."""
    key, words = request.form.get("key", ""), request.form.get("words", "")
    return _press(here, ref, lambda one: running.note(here, one.id, key=key, words=words), step=key, typed=words)


@blueprint.post("/runs/<ref>/share")
@needs(Can.RUN_PLAYBOOK)
def share(here: Here, ref: str) -> Page:
    """Let the members of the space see the run, or keep it to oneself."""
    is_shared = request.form.get("shared") == "yes"
    return _press(here, ref, lambda one: running.share(here, one.id, is_shared=is_shared))


@blueprint.post("/runs/<ref>/follow")
@needs(Can.RUN_PLAYBOOK)
def follow(here: Here, ref: str) -> Page:
    """Let the run follow the version in force."""
    return _press(here, ref, lambda one: running.follow(here, one.id))


@blueprint.post("/runs/<ref>/finish")
@needs(Can.RUN_PLAYBOOK)
def finish(here: Here, ref: str) -> Page:
    """Say what came of it."""
    found, form = run_for(here, ref)[0], FinishForm()
    try:
        if form.validate_on_submit():
            with transaction():
                running.finish(
                    here,
                    found.id,
                    outcome=Outcome(form.outcome.data),
                    result=form.result.data or "",
                    gives_notes=form.gives_notes.data,
                )
            banner(_("The run is finished."), undo=url_for("playbooks.open_again", slug=here.space.slug, ref=ref))
            return redirect(addresses.run_url(here.space.slug, ref), 303)
    except Invalid as problem:
        form.add_problems(problem)
    except RuleBroken as broken:
        return _show(here, ref, finish=form, refused=broken.why), 409
    return _show(here, ref, finish=form), 422


@blueprint.post("/runs/<ref>/open-again")
@needs(Can.RUN_PLAYBOOK)
def open_again(here: Here, ref: str) -> Page:
    """Go on with a run that was finished."""
    return _press(here, ref, lambda one: running.open_again(here, one.id))


@blueprint.post("/runs/<ref>/drop")
@needs(Can.SEE_PLAYBOOKS)
def drop(here: Here, ref: str) -> Response:
    """Throw one's own run away."""
    found, item, is_there = run_for(here, ref)
    with transaction():
        running.drop(here, found.id)
    banner(_("The run is thrown away, with what was noted in it."))
    home = url_for("playbooks.index", slug=here.space.slug)
    return redirect(addresses.playbook_url(here.space.slug, item.ref) if is_there else home, 303)


def _press(
    here: Here, ref: str, act: Callable[[Run], None], *, step: str | None = None, typed: str | None = None
) -> Page:
    """Do what a press on a run's page asks for; what comes to nothing is said on that page, with what was typed."""
    found = run_for(here, ref)[0]
    kept: dict[str, Any] = {"noted": step, "typed": typed} if typed is not None else {}
    try:
        with limits.counting(here, limits.Kind.PRESS), transaction():
            act(found)
    except Invalid as problem:
        return _show(here, ref, refused=str(problem), **kept), 422
    except RuleBroken as broken:
        return _show(here, ref, refused=broken.why, **kept), 409
    except TooMany as slow:
        return answers.hold_up(slow, _show(here, ref, refused=slow.why, **kept))
    if request.headers.get("X-Requested-With") == "fetch":
        return _show(here, ref)
    return redirect(addresses.run_url(here.space.slug, ref, step=step), 303)


def _show(here: Here, ref: str, *, finish: FinishForm | None = None, **more: Any) -> str:  # noqa: ANN401  # a template's own values
    found, item, is_there = run_for(here, ref)
    playbook = db.session.get_one(Playbook, found.playbook_id)
    edition = db.session.get_one(Edition, found.edition_id)
    steps = steps_of(edition.id)
    ticks = ticks_of(found)
    is_mine = found.person_id == here.actor.id
    return render_template(
        "playbooks/run.html",
        run=found,
        item=item,
        playbook=playbook,
        edition=edition,
        is_there=is_there,
        why_gone="" if is_there else running.why_gone(item),
        steps=[(step, Markup(step.html)) for step in steps] if is_there else (),  # noqa: S704  # made by the renderer
        ticks=ticks,
        notes=notes_of(here, found),
        done=sum(step.key in ticks and ticks[step.key].is_done for step in steps),
        owner=db.session.get(Person, found.person_id) if found.person_id else None,
        team=db.session.get(Department, found.department_id) if found.department_id else None,
        is_mine=is_mine,
        may_tick=is_there and here.may(Can.RUN_PLAYBOOK) and found.finished_at is None,
        may_open=is_there and here.may(Can.RUN_PLAYBOOK),
        may_give=is_mine and not found.is_shared and not is_held_now(here),
        may_share=is_mine and not is_held_now(here),
        is_behind=is_there and edition.number != playbook.version,
        finish=finish or FinishForm(formdata=None, gives_notes=True),
        outcomes=OUTCOMES,
        signs=OUTCOME_SIGNS,
        swaps=True,
        **more,
    )
