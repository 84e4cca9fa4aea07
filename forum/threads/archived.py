"""What an archive of a space carries of its threads. Votes are secret, and so is what was asked behind a colleague."""

from sqlalchemy import ColumnElement, func, select, true

from forum.core.archiving import Archived, Shown, Taken, kept, stay
from forum.threads.clone import POLICY
from forum.threads.models import ThreadSummary
from forum.web.words import _l

ARCHIVED: Archived = {
    **stay(POLICY, "watch_section", "poll_vote", "relay", "relay_step"),
    "section": kept("space_id", "slug", "name", "description", "position", made=("id", "uuid")),
    "thread": kept(
        "id",
        "section_id",
        "is_question",
        "accepted_number",
        "accepted_by_id",
        "accepted_at",
        "closed_at",
        "closed_by_id",
        "close_reason",
        "part_of_id",
    ),
    "thread_summary": kept(
        "thread_id", "version", "source", "post_number", "as_of", "author_id", "at", made=("html", "renderer")
    ),
    "section_alias": kept("space_id", "slug", "section_id"),
    "tag": kept("space_id", "slug", "name", "retired_at", "merged_into_id", made=("id", "uuid")),
    "thread_tag": kept("thread_id", "place", "tag_id"),
    "tag_wish": kept(
        "space_id",
        "person_id",
        "thread_id",
        "slug",
        "name",
        "at",
        "decided_at",
        "decided_by_id",
        "reason",
        "tag_id",
        made=("id",),
    ),
    "announcement": kept("thread_id", "made_at", "until"),
    "poll": kept(
        "thread_id",
        "question",
        "most",
        "results",
        "ends_at",
        "version",
        "made_by_id",
        "made_at",
        "closed_at",
        "closed_by_id",
        made=("id",),
    ),
    "poll_option": kept("poll_id", "place", "words"),
    "pin": kept("space_id", "place", "thread_id", "pinned_by_id", "pinned_at", "until"),
}


def newest_summary() -> ColumnElement[bool]:
    """Return the condition on the summary that stands above a thread."""
    newest = ThreadSummary.__table__.alias()
    version = select(func.max(newest.c.version)).where(newest.c.thread_id == ThreadSummary.thread_id)
    return ThreadSummary.version == version.scalar_subquery()


TAKEN = Taken(
    kinds={"thread": "thread"},
    shown={
        "section": Shown(rows=true),
        "tag": Shown(rows=true),
        "thread": Shown(
            rows=true,
            title=_l("The thread"),
            columns={
                "section_id": _l("Section"),
                "is_question": _l("A question"),
                "accepted_number": _l("Accepted answer, post"),
                "accepted_by_id": _l("Accepted by"),
                "accepted_at": _l("Accepted on"),
                "closed_at": _l("Closed on"),
                "closed_by_id": _l("Closed by"),
                "close_reason": _l("Why it was closed"),
                "part_of_id": _l("Part of"),
            },
        ),
        "thread_tag": Shown(rows=true, title=_l("Tags"), columns={"tag_id": _l("Tag")}),
        "thread_summary": Shown(
            rows=newest_summary,
            title=_l("Summary"),
            columns={
                "source": _l("Text"),
                "post_number": _l("Up to post"),
                "as_of": _l("As of post"),
                "author_id": _l("Written by"),
                "at": _l("On"),
            },
        ),
        "poll": Shown(
            rows=true,
            title=_l("Poll"),
            columns={
                "question": _l("Question"),
                "most": _l("How many one may choose"),
                "made_by_id": _l("Made by"),
                "made_at": _l("Made on"),
                "closed_at": _l("Closed on"),
            },
        ),
        "poll_option": Shown(rows=true, title=_l("Options of the poll"), columns={"words": _l("Words")}),
    },
)
