"""What of spaces is about a person. What their going ends, such as memberships, is ended by `closing.py`."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SAID, SECRET, Fate, Personal, about, by, mine

PERSONAL: Personal = {
    "space": {
        "uuid": PLAIN,
        "slug": PLAIN,
        "name": OWN,
        "purpose": OWN,
        "about_source": OWN,
        "about_html": HTML,
        "zone": PLAIN,
        "origin_uuid": PLAIN,
        "maker_id": by(Fate.UNNAME),
        "once": SECRET,
    },
    "membership": {"person_id": mine(Fate.KEEP)},
    "suspension": {"person_id": about(Fate.DELETE), "by_id": by(Fate.KEEP), "reason": OTHERS},
    "join_request": {
        "person_id": mine(Fate.DELETE),
        "note": OWN,
        "decided_by_id": by(Fate.UNNAME),
        "answer": OTHERS,
    },
    "invitation": {
        "address": OTHERS,
        "nonce": SECRET,
        "token_hash": SECRET,
        "invited_by_id": mine(Fate.KEEP),
        "once": SECRET,
        "label": OWN,
    },
    "item": {
        "uuid": PLAIN,
        "ref": PLAIN,
        "kind": PLAIN,
        "author_id": mine(Fate.UNNAME),
        "title": OWN,
        "last_by_id": by(Fate.UNNAME),
        "origin_uuid": PLAIN,
        "base_hash": SECRET,
    },
    "item_person": {"person_id": about(Fate.DELETE)},
    "item_share": {"shared_by_id": mine(Fate.KEEP)},
    "grant": {
        "person_id": about(Fate.DELETE),
        "giver_id": mine(Fate.DELETE),
        "power": PLAIN,
        "because": SAID,
    },
    "log_entry": {
        "actor_id": mine(Fate.KEEP),
        "on_behalf_of_id": about(Fate.KEEP),
        "person_id": about(Fate.KEEP),
        "verb": PLAIN,
        "details": OTHERS,
        "reason": SAID,
    },
    "installation": {"organisation": PLAIN, "first_code_hash": SECRET},
}
