"""What of telling is about a person."""

from forum.core.ownership import PLAIN, SECRET, Fate, Personal, mine

PERSONAL: Personal = {
    "notification": {"person_id": mine(Fate.DELETE)},
    "mail_choice": {"person_id": mine(Fate.DELETE)},
    "feed_link": {"uuid": PLAIN, "person_id": mine(Fate.DELETE), "kind": PLAIN, "key": PLAIN, "token_hash": SECRET},
    "stop_link": {"person_id": mine(Fate.DELETE), "nonce": SECRET, "token_hash": SECRET},
}
