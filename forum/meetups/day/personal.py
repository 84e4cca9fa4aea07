"""What of the days of meetups is about a person."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SECRET, Fate, Personal, about, by, mine

OF_THE_DAY: Personal = {
    "agenda_item": {
        "title": OWN,
        "note": OWN,
        "brought_by_id": mine(Fate.UNNAME),
        "removed_by_id": by(Fate.UNNAME),
        "reason": OTHERS,
        "once": SECRET,
    },
    "attendance": {"person_id": mine(Fate.DELETE), "noted_by_id": by(Fate.UNNAME)},
    "meetup_minutes": {"published_by_id": by(Fate.UNNAME)},
    "minutes_version": {"source": OWN, "html": HTML, "author_id": mine(Fate.UNNAME)},
    "decision": {"words": OWN, "noted_by_id": mine(Fate.UNNAME), "once": SECRET},
    "meetup_action": {
        "ref": PLAIN,
        "words": OTHERS,
        "holder_id": about(Fate.UNNAME),
        "reason": OTHERS,
        "noted_by_id": by(Fate.UNNAME),
        "settled_by_id": by(Fate.UNNAME),
        "once": SECRET,
    },
}
