"""What a copied space carries of calls for help: how long it waits before it goes further, and nothing else (F1)."""

from forum.core.lineage import Copy, Policy, never

POLICY: Policy = {
    "help_case": never(
        "id",
        "is_drill",
        "affects",
        "tried",
        "until",
        "state",
        "round",
        "step",
        "next_at",
        "holder_id",
        "taken_at",
        "offered_to_id",
        "offered_at",
        "closed_at",
        "closed_by_id",
        "helped_number",
    ),
    "help_step": never("case_id", "round", "step", "at", "people"),
    "help_page": never("case_id", "round", "person_id", "step", "at"),
    "help_willing": never("space_id", "person_id", "since"),
    "help_rules": {"space_id": Copy.REPOINT, "minutes": Copy.COPY},
}
