"""What a copied space takes of nudges: nothing. They are about its members and what they wrote (F1)."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "nudge": never(
        "id",
        "space_id",
        "week",
        "place",
        "kind",
        "key",
        "item_id",
        "person_id",
        "chosen_at",
        "dismissed_at",
        "dismissed_by_id",
    )
}
