"""What a copied space takes of downloads: nothing."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "download": never(
        "id",
        "uuid",
        "person_id",
        "state",
        "asked_at",
        "claimed_until",
        "attempts",
        "done",
        "total",
        "ready_at",
        "expires_at",
        "size",
        "error",
    ),
}
