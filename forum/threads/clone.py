"""What a copied space carries of its threads: the sections, and the threads that were chosen to come along."""

from forum.core.lineage import Copy, Policy, Posts, never
from forum.spaces.copied import KEY, Cloner, Part, Row, Rows, Start
from forum.threads.growing import SECTIONS, TAGS
from forum.threads.models import Tag
from forum.web.words import _l, _n

POLICY: Policy = {
    "section": {
        "space_id": Copy.REPOINT,
        "slug": Copy.COPY,
        "name": Copy.COPY,
        "description": Copy.COPY,
        "position": Copy.COPY,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "thread": {
        "id": Copy.REPOINT,
        "section_id": Copy.REPOINT,
        "is_question": Copy.COPY,
        "accepted_number": Copy.COPY,
        "accepted_by_id": Copy.BLANK,
        "accepted_at": Copy.BLANK,
        "closed_at": Copy.BLANK,
        "closed_by_id": Copy.BLANK,
        "close_reason": Copy.BLANK,
        "part_of_id": Copy.BLANK,
    },
    "thread_summary": never(
        "thread_id", "version", "source", "html", "renderer", "post_number", "as_of", "author_id", "at"
    ),
    "section_alias": never("space_id", "slug", "section_id"),
    "watch_section": never("person_id", "section_id", "level"),
    "tag": {
        "space_id": Copy.REPOINT,
        "slug": Copy.COPY,
        "name": Copy.COPY,
        "retired_at": Copy.COPY,
        "merged_into_id": Copy.REPOINT,
        "id": Copy.BLANK,
        "uuid": Copy.BLANK,
    },
    "thread_tag": {"thread_id": Copy.REPOINT, "place": Copy.COPY, "tag_id": Copy.REPOINT},
    "tag_wish": never(
        "id",
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
    ),
    "announcement": never("thread_id", "made_at", "until"),
    "poll": never(
        "id",
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
    ),
    "poll_option": never("poll_id", "place", "words"),
    "poll_vote": never("poll_id", "person_id", "slot", "most", "place", "at"),
    "relay": never(
        "id",
        "ref",
        "space_id",
        "asker_id",
        "keeper_id",
        "about_id",
        "section_id",
        "title",
        "source",
        "html",
        "renderer",
        "state",
        "asked_at",
        "chosen_at",
        "settled_at",
        "post_id",
        "once",
    ),
    "relay_step": never("id", "relay_id", "at", "act", "keeper_id", "reason"),
    "pin": never("space_id", "place", "thread_id", "pinned_by_id", "pinned_at", "until"),
}


def mend(rows: Rows) -> None:
    """Let an answer be accepted only if it came along."""
    posts = {(post["item_id"], post["number"]) for post in rows.get("post", ())}
    for thread in rows.get("thread", ()):
        if (thread[KEY], thread["accepted_number"]) not in posts:
            thread["accepted_number"] = None


def accept_anew(thread: Row, start: Start) -> None:
    """Let an accepted answer be so from the beginning."""
    thread["accepted_at"] = start.at if thread["accepted_number"] is not None else None


CLONER = Cloner(
    parts=(
        Part(
            name="sections",
            label=_l("Thread sections"),
            hint=_l("Names and descriptions, empty"),
            counted=lambda number: _n("one section", "%(num)d sections", number),
            order=20,
            tables=("section",),
            from_start=True,
        ),
        Part(
            name="tags",
            label=_l("Tags"),
            hint=_l("The words that threads are sorted by"),
            counted=lambda number: _n("one tag", "%(num)d tags", number),
            order=21,
            tables=("tag",),
            which=lambda: Tag.retired_at.is_(None),
        ),
        Part(
            name="threads",
            label=_l("Chosen threads"),
            hint=_l("As they stand, without names"),
            counted=lambda number: _n("one thread", "%(num)d threads", number),
            order=61,
            tables=("thread",),
            kind="thread",
            by_choice=True,
            posts=Posts.ALL,
        ),
    ),
    mend=mend,
    adapt={"thread": accept_anew},
    followers=(SECTIONS, TAGS),
)
