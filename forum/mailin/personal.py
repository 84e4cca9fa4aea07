"""What of mail that came in is about a person."""

from forum.core.ownership import MAILBOX, OTHERS, OWN, SECRET, Fate, Personal, mine

PERSONAL: Personal = {
    "received_mail": {
        "person_id": mine(Fate.DELETE),
        "message_id": SECRET,
        "sender": MAILBOX,
        "detail": OTHERS,
        "text": OWN,
    },
}
