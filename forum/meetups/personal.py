"""What of meetups is about a person."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SECRET, THROUGH, Fate, Personal, by, mine
from forum.meetups.day.personal import OF_THE_DAY

PERSONAL: Personal = {
    "meetup_series": {
        "id": THROUGH,
        "uid": PLAIN,
        "zone": PLAIN,
        "place": OWN,
        "access": OWN,
        "link": OWN,
        "host_id": by(Fate.UNNAME),
        "end_reason": OTHERS,
        "about": OWN,
        "about_html": HTML,
    },
    "occurrence": {
        "zone": PLAIN,
        "reason": OTHERS,
        "title": OWN,
        "topic": OWN,
        "place": OWN,
        "link": OWN,
    },
    "rsvp": {"person_id": mine(Fate.DELETE), "nonce": SECRET, "token_hash": SECRET},
    "standing_rsvp": {"person_id": mine(Fate.DELETE)},
    "reminder_choice": {"person_id": mine(Fate.DELETE)},
    "date_poll": {
        "id": THROUGH,
        "key": SECRET,
        "zone": PLAIN,
        "place": OWN,
        "link": OWN,
        "about": OWN,
        "about_html": HTML,
        "reason": OTHERS,
    },
    "meetup_import": {"ref": PLAIN, "person_id": mine(Fate.DELETE), "lines": OTHERS},
    "date_vote": {"person_id": mine(Fate.DELETE)},
    "occurrence_talk": {"once": SECRET},
    "meetup_reminder": {"person_id": mine(Fate.DELETE)},
    **OF_THE_DAY,
}
