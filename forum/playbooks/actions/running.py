"""Running a playbook: begun, ticked step by step, noted on, shared, finished. Each runs inside `transaction()`.

Of a step the last press counts, from whichever device. A run knows the version that it follows: a step that a later version takes
out stays in it, until somebody lets the run follow the later one.
"""

from datetime import datetime

from sqlalchemy import select

from forum.content.order.holding import require_free, why_held_now
from forum.core.db import db, lock
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.markup.source import normalised
from forum.core.text import once_key, one_line
from forum.core.time import now
from forum.playbooks.access import edition_of, may_look_at, sees
from forum.playbooks.actions import hold_playbook
from forum.playbooks.models import NOTE_LENGTH, PURPOSE_LENGTH, Edition, Note, Outcome, Playbook, Run, Step, Tick
from forum.spaces.guard import Here, as_it_is_now
from forum.spaces.models import Item, ItemState
from forum.spaces.policy import Can
from forum.web.words import _


def why_gone(item: Item) -> str:
    """Return what is said to somebody whose run follows a playbook that they see no more."""
    if item.state is ItemState.WITHDRAWN:
        return _("This playbook was withdrawn, so its steps are shown no more. What you noted stays here.")
    return _("You can’t see this playbook any more, so its steps are not shown. What you noted stays here.")


def start(
    here: Here,
    playbook_id: int,
    *,
    purpose: str = "",
    is_shared: bool = False,
    once: str | None = None,
    at: datetime | None = None,
) -> Run:
    """Begin a run of the version in force. A second press gives back the first one's. Raises Missing, Denied, Invalid for `purpose`."""
    here, item, playbook = hold_playbook(here, playbook_id, power=Can.RUN_PLAYBOOK)
    key = once_key(once, "run", item.id, purpose)
    if key is not None:
        query = select(Run).where(Run.person_id == here.actor.id, Run.once == key)
        earlier = db.session.scalar(query)
        if earlier is not None:
            return earlier
    moment = at or now()
    run = Run(
        playbook_id=item.id,
        edition_id=edition_of(playbook.id, playbook.version).id,
        person_id=here.actor.id,
        department_id=here.actor.department_id,
        purpose=_checked_purpose(purpose),
        is_shared=is_shared and _may_share(here),
        started_at=moment,
        changed_at=moment,
        once=key,
    )
    db.session.add(run)
    db.session.flush()
    return run


def tick(here: Here, run_id: int, *, key: str, is_done: bool, at: datetime | None = None) -> None:
    """Say that a step is done, or not done after all: what is said last counts. Raises Missing, Denied, RuleBroken."""
    here, run = hold_run(here, run_id)
    _require_step(run, key)
    there = db.session.get(Tick, (run.id, key), populate_existing=True)
    if there is not None and there.is_done is is_done:
        return
    run.changed_at = at or now()
    if there is None:
        db.session.add(Tick(run_id=run.id, step_key=key, is_done=is_done, by_id=here.actor.id, at=run.changed_at))
        db.session.flush()
    else:
        there.is_done, there.by_id, there.at = is_done, here.actor.id, run.changed_at


def note(here: Here, run_id: int, *, key: str, words: str, at: datetime | None = None) -> None:
    """Note what differed at a step; "" takes one's own note back. Nobody's is written over by another.

    Raises Missing, Denied, RuleBroken, Invalid for `words`.
    """
    here, run = hold_run(here, run_id)
    _require_step(run, key)
    words = normalised(words).strip()
    if len(words) > NOTE_LENGTH:
        raise Invalid({"words": [_("Keep it under %(most)s characters. Nothing was thrown away.", most=NOTE_LENGTH)]})
    if run.is_shared:
        require_free(here, words, field="words")
    query = select(Note).where(Note.run_id == run.id, Note.step_key == key, Note.person_id == here.actor.id)
    there = db.session.scalar(query)
    run.changed_at = at or now()
    if there is not None and not words:
        db.session.delete(there)
    elif there is not None:
        there.words, there.at = words, run.changed_at
    elif words:
        db.session.add(Note(run_id=run.id, step_key=key, person_id=here.actor.id, words=words, at=run.changed_at))
    db.session.flush()


def share(here: Here, run_id: int, *, is_shared: bool) -> None:
    """Let the members of the space see the run and tick it, or keep it to oneself. By who began it. Raises Missing, Denied."""
    here, run = hold_run(here, run_id, is_open=False)
    _require_own(here, run)
    if is_shared and not _may_share(here):
        raise Denied(_("What you write here waits for an organiser for now, so this run stays your own."))
    run.is_shared = is_shared


def finish(here: Here, run_id: int, *, outcome: Outcome, result: str = "", gives_notes: bool = False) -> None:
    """Say what came of it. A second press changes nothing. Raises Missing, Denied, Invalid for `result`."""
    here, run = hold_run(here, run_id, is_open=False)
    if run.finished_at is not None:
        return
    result = normalised(result).strip()
    if len(result) > NOTE_LENGTH:
        raise Invalid({"result": [_("Keep it under %(most)s characters. Nothing was thrown away.", most=NOTE_LENGTH)]})
    if run.is_shared:
        require_free(here, result, field="result")
    run.finished_at = run.changed_at = now()
    run.outcome, run.result = outcome, result
    if run.person_id == here.actor.id:
        run.gives_notes = gives_notes and why_held_now(here) is None


def open_again(here: Here, run_id: int) -> None:
    """Go on with a run that was finished. Raises Missing, Denied."""
    here, run = hold_run(here, run_id, is_open=False)
    run.finished_at, run.outcome, run.changed_at = None, None, now()


def follow(here: Here, run_id: int) -> None:
    """Let a run follow the version in force. Ticks and notes stay with the steps that are there still. Raises Missing, Denied."""
    here, run = hold_run(here, run_id)
    playbook = db.session.get_one(Playbook, run.playbook_id, populate_existing=True)
    run.edition_id, run.changed_at = edition_of(playbook.id, playbook.version).id, now()


def drop(here: Here, run_id: int) -> None:
    """Throw one's own run away, with what was ticked and noted in it. Raises Missing."""
    run = lock(Run, run_id)
    here = as_it_is_now(here)
    if run is None or run.person_id != here.actor.id:
        raise Missing
    db.session.delete(run)
    db.session.flush()


def hold_run(here: Here, run_id: int, *, is_open: bool = True) -> tuple[Here, Run]:
    """Lock a run and return it as it is now, with the one who acts. `is_open`: only one that isn't finished.

    Raises Missing, Denied, and RuleBroken for one whose playbook is gone, or that is finished.
    """
    run = lock(Run, run_id)
    here = as_it_is_now(here)
    if run is None or not may_look_at(here, run):
        raise Missing
    item = db.session.get_one(Item, run.playbook_id, populate_existing=True)
    if item.space_id != here.space.id:
        raise Missing
    here.require(Can.RUN_PLAYBOOK)
    if not sees(here, item):
        if run.person_id != here.actor.id:
            raise Missing
        raise RuleBroken(why_gone(item))
    if is_open and run.finished_at is not None:
        raise RuleBroken(_("This run is finished. Open it again first, or begin another."))
    return here, run


def _require_own(here: Here, run: Run) -> None:
    if run.person_id != here.actor.id:
        raise Denied(_("Whoever began this run decides who sees it."))


def _require_step(run: Run, key: str) -> None:
    if key.isprintable() and db.session.get(Step, (run.edition_id, key)) is not None:
        return
    known = select(Step.key).join(Edition, Edition.id == Step.edition_id)
    if (
        not key.isprintable()
        or db.session.scalar(known.where(Edition.playbook_id == run.playbook_id, Step.key == key).limit(1)) is None
    ):
        raise Missing
    raise RuleBroken(_("Somebody let this run follow a later version, in which this step is not there any more."))


def _may_share(here: Here) -> bool:
    return why_held_now(here) is None


def _checked_purpose(purpose: str) -> str:
    purpose = one_line(purpose)
    if len(purpose) > PURPOSE_LENGTH:
        raise Invalid({"purpose": [_("Keep it under %(most)s characters.", most=PURPOSE_LENGTH)]})
    return purpose
