"""What a copied space takes of mail that came in: nothing (F1)."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "received_mail": never(
        "id",
        "message_id",
        "sender",
        "person_id",
        "post_id",
        "came_at",
        "size",
        "became",
        "is_answered",
        "copies",
        "detail",
        "text",
    ),
}
