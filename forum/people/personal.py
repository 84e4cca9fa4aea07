"""What of accounts is about a person. The account's own row stays, and says nothing any more (`actions/closing.py`)."""

from forum.core.ownership import OWN, PLAIN, SECRET, Fate, Personal, mine

PERSONAL: Personal = {
    "department": {"name": PLAIN, "name_key": PLAIN, "uuid": PLAIN},
    "person": {
        "id": mine(Fate.KEEP),
        "uuid": PLAIN,
        "handle": PLAIN,
        "name": PLAIN,
        "email": PLAIN,
        "about": OWN,
        "zone": PLAIN,
        "language": PLAIN,
    },
    "identity": {"person_id": mine(Fate.DELETE), "provider": PLAIN, "subject": PLAIN, "secret_hash": SECRET},
    "web_session": {"person_id": mine(Fate.DELETE), "token_hash": SECRET, "device": PLAIN},
    "secret_link": {"person_id": mine(Fate.DELETE), "address": OWN, "nonce": SECRET, "token_hash": SECRET},
}
