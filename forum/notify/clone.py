"""What a copied space takes of what people were told: nothing (F1)."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "notification": never("id", "person_id", "post_id", "reason", "at", "read_at", "mailed_at"),
    "mail_choice": never("person_id", "rhythm", "hour", "weekday", "next_at"),
    "stop_link": never("id", "person_id", "item_id", "nonce", "token_hash", "made_at"),
    "reply_key": never("id", "person_id", "post_id", "nonce", "token_hash", "made_at"),
}
