"""What of calls for help is about a person. What happened is the first post of the case, and declared there."""

from forum.core.ownership import OWN, THROUGH, Fate, Personal, about, by, mine

PERSONAL: Personal = {
    "help_case": {
        "id": THROUGH,
        "affects": OWN,
        "tried": OWN,
        "holder_id": by(Fate.KEEP),
        "offered_to_id": by(Fate.KEEP),
        "closed_by_id": by(Fate.UNNAME),
    },
    "help_page": {"person_id": about(Fate.DELETE)},
    "help_willing": {"person_id": mine(Fate.DELETE)},
}
