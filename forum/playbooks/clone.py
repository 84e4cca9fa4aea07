"""What a copied space carries of its playbooks: the version in force with its steps, and the stories they come from (F1).

Earlier versions, what is proposed and how it was run stay behind; so do who made it, and who keeps it true.
"""

from sqlalchemy import ColumnElement, select

from forum.core.lineage import Copy, Policy, never
from forum.playbooks.growing import GROWER
from forum.playbooks.models import KIND, Edition, Playbook
from forum.spaces.copied import Cloner, Part, Row, Start
from forum.web.words import _l, _n

POLICY: Policy = {
    "playbook": {
        "id": Copy.REPOINT,
        "version": Copy.BLANK,
        "once": Copy.BLANK,
        "holder_id": Copy.BLANK,
        "duty_id": Copy.BLANK,
        "verified_on": Copy.BLANK,
        "verified_by_id": Copy.BLANK,
        "due_on": Copy.BLANK,
        "asked_on": Copy.BLANK,
    },
    "playbook_edition": {
        "id": Copy.BLANK,
        "playbook_id": Copy.REPOINT,
        "number": Copy.BLANK,
        "title": Copy.COPY,
        "when_used": Copy.COPY,
        "made_at": Copy.BLANK,
        "editor_id": Copy.BLANK,
        "reason": Copy.BLANK,
        "story_id": Copy.BLANK,
        "proposer_id": Copy.BLANK,
        "credit": Copy.BLANK,
    },
    "playbook_step": {
        "edition_id": Copy.REPOINT,
        "key": Copy.COPY,
        "place": Copy.COPY,
        "source": Copy.COPY,
        "html": Copy.COPY,
        "renderer": Copy.COPY,
        "warning": Copy.COPY,
        "proof": Copy.COPY,
    },
    "playbook_cite": {
        "playbook_id": Copy.REPOINT,
        "story_id": Copy.REPOINT,
        "by_id": Copy.BLANK,
        "day": Copy.BLANK,
    },
    "playbook_proposal": never(
        "id", "ref", "playbook_id", "edition_id", "base", "proposer_id", "reason", "story_id", "made_at", "stage", "decided_at",
        "decided_by_id", "answer", "once", "from_item_id", "sender_id", "credit",
    ),
    "playbook_run": never(
        "id", "ref", "playbook_id", "edition_id", "person_id", "department_id", "purpose", "is_shared", "gives_notes", "started_at",
        "changed_at", "finished_at", "outcome", "result", "once",
    ),
    "playbook_tick": never("run_id", "step_key", "is_done", "by_id", "at"),
    "playbook_note": never("id", "run_id", "step_key", "person_id", "words", "at"),
}  # fmt: skip


def in_force() -> ColumnElement[bool]:
    """Return the condition on editions that only the one in force meets: none that is proposed, and none from before."""
    version = select(Playbook.version).where(Playbook.id == Edition.playbook_id).correlate(Edition)
    return Edition.number == version.scalar_subquery()


def begin_at_one(edition: Row, _start: Start) -> None:
    """Let what was in force be the first version of the copy."""
    edition["number"] = 1


CLONER = Cloner(
    parts=(
        Part(
            name="playbooks",
            label=_l("Playbooks"),
            hint=_l("The version in force; who copied it reads later why it changed"),
            counted=lambda number: _n("one playbook", "%(num)d playbooks", number),
            order=55,
            tables=("playbook",),
            kind=KIND,
        ),
    ),
    which={"playbook_edition": in_force},
    adapt={"playbook_edition": begin_at_one},
    grower=GROWER,
)
