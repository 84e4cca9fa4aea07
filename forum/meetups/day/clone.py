"""What a copied space carries of the days of its meetups: nothing. They are about people, and about dates that have been (F1)."""

from forum.core.lineage import Policy, never

NEVER: Policy = {
    "agenda_item": never(
        "id",
        "occurrence_id",
        "place",
        "title",
        "note",
        "minutes",
        "brought_by_id",
        "item_id",
        "added_at",
        "removed_at",
        "removed_by_id",
        "reason",
        "once",
    ),
    "attendance": never("occurrence_id", "person_id", "noted_by_id", "at"),
    "meetup_minutes": never("occurrence_id", "item_id", "version", "first_seen", "published_at", "published_by_id"),
    "minutes_version": never("occurrence_id", "version", "source", "html", "renderer", "author_id", "at"),
    "decision": never("id", "occurrence_id", "words", "noted_by_id", "at", "removed_at", "once"),
    "meetup_action": never(
        "id",
        "ref",
        "occurrence_id",
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
        "once",
    ),
}
