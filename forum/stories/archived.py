"""What an archive of a space carries of its stories. Teams are counted without who counted them."""

from sqlalchemy import ColumnElement, or_, true

from forum.content.promises import PromiseState
from forum.content.words import PROMISES
from forum.core.archiving import Archived, Shown, Taken, kept, stay
from forum.stories.clone import POLICY
from forum.stories.models import StoryAction
from forum.stories.words import ENGAGEMENT, KINDS, RESULTS, SHORT_MODES
from forum.web.words import _l

ARCHIVED: Archived = {
    **stay(POLICY, "story_unnamed", "story_wait"),
    "story_choice": kept("space_id", "list", "name", "position", "retired_at", made=("id",)),
    "story": kept(
        "id",
        "kind",
        "mode",
        "engagement",
        "channel_id",
        "area_id",
        "cause_id",
        "is_lasting",
        "skipped",
        "source_id",
        "source_number",
        "duty_id",
        "verified_on",
        "verified_by_id",
        "due_on",
        "asked_on",
        left=("key_hash",),
        held=("holder_id",),
    ),
    "story_rule": kept("space_id", "asks_reader"),
    "story_action": kept(
        "story_id",
        "accepted_at",
        "words",
        "holder_id",
        "due_on",
        "state",
        "reason",
        "noted_by_id",
        "noted_at",
        "settled_at",
        "settled_by_id",
        "version",
        "reminded",
        made=("id", "ref"),
        left=("once",),
    ),
    "story_co_author": kept("story_id", "person_id"),
    "story_same": kept("story_id", "department_id", "day", "variant", left=("person_id",)),
    "story_try": kept("story_id", "department_id", "result", "because", "day", left=("person_id",)),
    "story_saved": kept("story_id", "person_id", "step", "words", "day"),
}


def is_theirs() -> ColumnElement[bool]:
    """Return the condition on actions that nobody is asked to take who hasn't answered."""
    asked_nobody = or_(StoryAction.holder_id.is_(None), StoryAction.accepted_at.is_not(None))
    return or_(StoryAction.state != PromiseState.OPEN, asked_nobody)


TAKEN = Taken(
    kinds={"story": "story"},
    shown={
        "story_choice": Shown(rows=true),
        "story": Shown(
            rows=true,
            title=_l("The story"),
            columns={
                "kind": _l("What it is"),
                "mode": _l("Runs as"),
                "engagement": _l("To the public"),
                "channel_id": _l("Channel"),
                "area_id": _l("Service area"),
                "cause_id": _l("Cause"),
                "is_lasting": _l("A lasting fix"),
                "source_id": _l("Came from"),
                "holder_id": _l("Holder of the fix"),
                "duty_id": _l("Duty"),
                "verified_on": _l("Last verified"),
                "verified_by_id": _l("Verified by"),
                "due_on": _l("Due on"),
            },
            words={"kind": KINDS, "mode": SHORT_MODES, "engagement": ENGAGEMENT},
        ),
        "story_co_author": Shown(rows=true, title=_l("Told with"), columns={"person_id": _l("Who")}),
        "story_try": Shown(
            rows=true,
            title=_l("Who tried it"),
            columns={
                "department_id": _l("Team"),
                "result": _l("How it went"),
                "because": _l("Because"),
                "day": _l("Day"),
            },
            words={"result": RESULTS},
        ),
        "story_same": Shown(
            rows=true,
            title=_l("Same here"),
            columns={"department_id": _l("Team"), "day": _l("Day"), "variant": _l("What was different")},
        ),
        "story_saved": Shown(
            rows=true,
            title=_l("This saved us"),
            columns={"person_id": _l("Who"), "step": _l("Step"), "words": _l("Words"), "day": _l("Day")},
        ),
        "story_action": Shown(
            rows=is_theirs,
            title=_l("What follows"),
            columns={
                "words": _l("Words"),
                "holder_id": _l("Who"),
                "due_on": _l("Due on"),
                "state": _l("State"),
                "reason": _l("Because"),
                "settled_at": _l("Settled on"),
            },
            words={"state": PROMISES},
        ),
    },
)
