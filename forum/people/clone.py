"""What a copied space takes of people and accounts: nothing."""

from forum.core.lineage import Policy, never

POLICY: Policy = {
    "department": never("name", "name_key", "position", "closed_at", "id", "uuid"),
    "person": never(
        "handle",
        "name",
        "email",
        "department_id",
        "about",
        "zone",
        "working_days",
        "language",
        "is_admin",
        "is_demo",
        "state",
        "created_at",
        "closes_at",
        "mail_paused_at",
        "mail_again_at",
        "id",
        "uuid",
    ),
    "identity": never("id", "person_id", "provider", "subject", "secret_hash", "created_at", "secret_changed_at"),
    "web_session": never(
        "id", "person_id", "token_hash", "device", "is_kept", "created_at", "last_seen_at", "expires_at", "ended_at"
    ),
    "secret_link": never(
        "id",
        "purpose",
        "person_id",
        "address",
        "nonce",
        "token_hash",
        "created_at",
        "expires_at",
        "used_at",
        "voided_at",
        "invitation_id",
    ),
}
