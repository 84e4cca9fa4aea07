"""What of the outbox and its like is about a person."""

from forum.core.ownership import MAILBOX, OTHERS, PLAIN, SECRET, Fate, Personal, by, mine

PERSONAL: Personal = {
    "fact": {"kind": PLAIN, "actor_id": by(Fate.UNNAME), "payload": SECRET, "error": OTHERS},
    "delivery": {
        "person_id": mine(Fate.DELETE),
        "address": OTHERS,
        "channel": PLAIN,
        "message_id": PLAIN,
        "sent_as": PLAIN,
        "error": OTHERS,
        "bounce_reason": OTHERS,
    },
    "kept_mail": {"message_id": PLAIN, "recipient": MAILBOX, "subject": OTHERS, "text": OTHERS, "html": OTHERS},
    "heartbeat": {"worker": PLAIN, "mail_error": OTHERS},
    "mailbox": {"host": PLAIN, "error": OTHERS},
    "rate_window": {"key": SECRET},
}
