"""What an archive of a space carries of its playbooks, with those runs and notes that were shared."""

from sqlalchemy import ColumnElement, func, select, true, tuple_

from forum.core.archiving import Archived, Shown, Taken, kept
from forum.playbooks.models import Edition, Note, Run, Step
from forum.playbooks.words import OUTCOMES
from forum.web.words import _l

ARCHIVED: Archived = {
    "playbook": kept(
        "id",
        "version",
        "duty_id",
        "verified_on",
        "verified_by_id",
        "due_on",
        "asked_on",
        left=("once",),
        held=("holder_id",),
    ),
    "playbook_edition": kept(
        "playbook_id",
        "number",
        "title",
        "when_used",
        "made_at",
        "editor_id",
        "reason",
        "story_id",
        "proposer_id",
        made=("id",),
        name=("credit",),
    ),
    "playbook_step": kept("edition_id", "key", "place", "source", "warning", "proof", made=("html", "renderer")),
    "playbook_cite": kept("playbook_id", "story_id", "by_id", "day"),
    "playbook_proposal": kept(
        "playbook_id",
        "edition_id",
        "base",
        "proposer_id",
        "reason",
        "story_id",
        "made_at",
        "stage",
        "decided_at",
        "decided_by_id",
        "answer",
        made=("id", "ref"),
        left=("once", "from_item_id", "sender_id"),
        name=("credit",),
    ),
    "playbook_run": kept(
        "playbook_id",
        "edition_id",
        "person_id",
        "department_id",
        "purpose",
        "is_shared",
        "gives_notes",
        "started_at",
        "changed_at",
        "finished_at",
        "outcome",
        "result",
        made=("id", "ref"),
        left=("once",),
    ),
    "playbook_tick": kept("run_id", "step_key", "is_done", "by_id", "at"),
    "playbook_note": kept("run_id", "step_key", "person_id", "words", "at", made=("id",)),
}


def in_force() -> ColumnElement[bool]:
    """Return the condition on steps of the version that is in force: how earlier ones went is told by their reasons."""
    newest = select(Edition.playbook_id, func.max(Edition.number)).group_by(Edition.playbook_id)
    return Step.edition_id.in_(select(Edition.id).where(tuple_(Edition.playbook_id, Edition.number).in_(newest)))


TAKEN = Taken(
    kinds={"playbook": "playbook"},
    which={
        "playbook_run": lambda _asker: Run.is_shared.is_(True),
        "playbook_note": lambda _asker: Note.run_id.in_(select(Run.id).where(Run.gives_notes)),
    },
    # Proposals, and what was ticked off in a run, are for those who work on it.
    shown={
        "playbook": Shown(
            rows=true,
            title=_l("The playbook"),
            columns={
                "holder_id": _l("Who keeps it true"),
                "duty_id": _l("Duty"),
                "verified_on": _l("Checked on"),
                "verified_by_id": _l("Checked by"),
                "due_on": _l("Due on"),
            },
        ),
        "playbook_edition": Shown(
            rows=lambda: Edition.number.is_not(None),
            title=_l("Versions"),
            columns={
                "number": _l("Number"),
                "title": _l("Title"),
                "when_used": _l("When it is used"),
                "made_at": _l("Made on"),
                "editor_id": _l("Made by"),
                "reason": _l("Why it was changed"),
                "story_id": _l("Story"),
                "proposer_id": _l("Proposed by"),
            },
        ),
        "playbook_step": Shown(
            rows=in_force,
            title=_l("Steps"),
            columns={"source": _l("Text"), "warning": _l("Warning"), "proof": _l("How to check")},
        ),
        "playbook_cite": Shown(
            rows=true,
            title=_l("Stories that it rests on"),
            columns={"story_id": _l("Story"), "by_id": _l("Named by"), "day": _l("Day")},
        ),
        "playbook_run": Shown(
            rows=lambda: Run.is_shared.is_(True),
            title=_l("When it was used"),
            columns={
                "edition_id": _l("Version"),
                "person_id": _l("Who"),
                "department_id": _l("Team"),
                "purpose": _l("What for"),
                "started_at": _l("Begun on"),
                "finished_at": _l("Finished on"),
                "outcome": _l("How it went"),
                "result": _l("What came of it"),
            },
            words={"outcome": OUTCOMES},
        ),
        "playbook_note": Shown(
            rows=lambda: Note.run_id.in_(select(Run.id).where(Run.is_shared.is_(True), Run.gives_notes)),
            title=_l("Notes of those who used it"),
            columns={"person_id": _l("Who"), "words": _l("What was different"), "at": _l("On")},
        ),
    },
)
