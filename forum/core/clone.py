"""What a copied space takes of the outbox and its like: nothing."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "fact": never("id", "kind", "actor_id", "item_id", "payload", "at", "due_at", "expanded_at", "attempts", "error"),
    "delivery": never(
        "id",
        "fact_id",
        "person_id",
        "address",
        "channel",
        "state",
        "due_at",
        "claimed_until",
        "attempts",
        "message_id",
        "sent_at",
        "sent_as",
        "error",
        "bounced_at",
        "bounce_reason",
    ),
    "kept_mail": never("id", "message_id", "kept_at", "recipient", "subject", "text", "html"),
    "heartbeat": never("worker", "beat_at", "mail_down_since", "mail_error"),
    "mailbox": never("host", "good_at", "down_since", "error"),
    "rate_window": never("key", "started_at", "tries"),
}
