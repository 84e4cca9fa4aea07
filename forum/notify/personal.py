"""What of telling is about a person."""

from forum.core.ownership import OTHERS, PLAIN, SECRET, Fate, Personal, by, mine

PERSONAL: Personal = {
    "notification": {"person_id": mine(Fate.DELETE)},
    "heads_up": {"person_id": mine(Fate.DELETE), "kind": PLAIN, "key": SECRET, "path": PLAIN, "words": OTHERS},
    "mail_choice": {"person_id": mine(Fate.DELETE)},
    "feed_link": {"uuid": PLAIN, "person_id": mine(Fate.DELETE), "kind": PLAIN, "key": PLAIN, "token_hash": SECRET},
    "hook_host": {"host": PLAIN, "added_by_id": by(Fate.UNNAME)},
    "hook": {
        "uuid": PLAIN,
        "label": OTHERS,
        "url": SECRET,
        "url_hash": SECRET,
        "events": SECRET,
        "nonce": SECRET,
        "made_by_id": by(Fate.UNNAME),
    },
    "hook_delivery": {"uuid": PLAIN, "event": PLAIN, "answer": SECRET},
    "quiet_space": {"person_id": mine(Fate.DELETE)},
    "quiet_kind": {"person_id": mine(Fate.DELETE), "address_hash": SECRET, "kind": PLAIN},
    "stop_link": {
        "person_id": mine(Fate.DELETE),
        "address_hash": SECRET,
        "kind": PLAIN,
        "nonce": SECRET,
        "token_hash": SECRET,
    },
    "reply_key": {"person_id": mine(Fate.DELETE), "nonce": SECRET, "token_hash": SECRET},
}
