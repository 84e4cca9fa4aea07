"""What a copied space takes of what people were told: nothing (F1)."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "notification": never("id", "person_id", "post_id", "fact_id", "reason", "at", "read_at", "mailed_at"),
    "heads_up": never("id", "person_id", "item_id", "kind", "key", "path", "number", "at", "read_at"),
    "mail_choice": never("person_id", "rhythm", "hour", "weekday", "from_hour", "to_hour", "next_at"),
    "feed_link": never("id", "uuid", "person_id", "kind", "key", "token_hash", "made_at", "fetched_at"),
    "hook_host": never("id", "host", "added_by_id", "added_at"),
    "hook": never(
        "id",
        "uuid",
        "space_id",
        "label",
        "shape",
        "url",
        "url_hash",
        "events",
        "nonce",
        "made_by_id",
        "made_at",
        "paused_at",
        "failures",
        "rest_until",
    ),
    "hook_delivery": never(
        "id",
        "uuid",
        "hook_id",
        "fact_id",
        "event",
        "state",
        "at",
        "due_at",
        "claimed_until",
        "attempts",
        "sent_at",
        "status",
        "answer",
    ),
    "stop_link": never("id", "person_id", "item_id", "nonce", "token_hash", "made_at"),
    "reply_key": never("id", "person_id", "post_id", "nonce", "token_hash", "made_at"),
}
