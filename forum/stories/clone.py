"""What a copied space carries of its stories: what was told and what it is about, without who, when, and what teams said of it (F1)."""

from forum.core.lineage import Copy, Policy, never

POLICY: Policy = {
    "story_choice": {
        "id": Copy.BLANK,
        "space_id": Copy.REPOINT,
        "list": Copy.COPY,
        "name": Copy.COPY,
        "position": Copy.COPY,
        "retired_at": Copy.COPY,
    },
    "story": {
        "id": Copy.REPOINT,
        "kind": Copy.COPY,
        "mode": Copy.COPY,
        "engagement": Copy.COPY,
        "channel_id": Copy.REPOINT,
        "area_id": Copy.REPOINT,
        "cause_id": Copy.REPOINT,
        "is_lasting": Copy.COPY,
        "skipped": Copy.BLANK,
        "source_id": Copy.BLANK,
        "source_number": Copy.BLANK,
        "holder_id": Copy.BLANK,
        "duty_id": Copy.BLANK,
        "verified_on": Copy.BLANK,
        "verified_by_id": Copy.BLANK,
        "due_on": Copy.BLANK,
        "asked_on": Copy.BLANK,
        "key_hash": Copy.BLANK,
    },
    "story_unnamed": never(
        "ref", "space_id", "title", "source", "html", "renderer", "kind", "audience", "told_on", "key_hash"
    ),
    "story_co_author": never("story_id", "person_id"),
    "story_same": never("story_id", "department_id", "person_id", "day", "variant"),
    "story_try": never("story_id", "department_id", "person_id", "result", "because", "day"),
    "story_saved": never("story_id", "person_id", "step", "words", "day"),
}
