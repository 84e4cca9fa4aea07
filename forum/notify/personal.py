"""What of telling is about a person."""

from forum.core.ownership import SECRET, Fate, Personal, mine

PERSONAL: Personal = {
    "notification": {"person_id": mine(Fate.DELETE)},
    "mail_choice": {"person_id": mine(Fate.DELETE)},
    "stop_link": {"person_id": mine(Fate.DELETE), "nonce": SECRET, "token_hash": SECRET},
    "reply_key": {"person_id": mine(Fate.DELETE), "nonce": SECRET, "token_hash": SECRET},
}
