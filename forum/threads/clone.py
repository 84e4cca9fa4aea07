"""What a copied space carries of its threads: the sections, and the threads that were chosen to come along."""

from forum.core.lineage import Copy, Policy, never

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
    "pin": never("space_id", "place", "thread_id", "pinned_by_id", "pinned_at", "until"),
}
