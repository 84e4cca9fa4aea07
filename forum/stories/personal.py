"""What of stories is about a person. What they told is the first post of the story, and declared there."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SECRET, THROUGH, Fate, Personal, about, by, mine

PERSONAL: Personal = {
    "story_choice": {"name": PLAIN},
    "story": {
        "id": THROUGH,
        "skipped": PLAIN,
        "holder_id": by(Fate.UNNAME),
        "verified_by_id": by(Fate.UNNAME),
        "key_hash": SECRET,
    },
    # Nobody's: no column names a person, and nothing of it may ever be somebody's (E3).
    "story_unnamed": {"ref": PLAIN, "title": OWN, "source": OWN, "html": HTML, "key_hash": SECRET},
    "story_rule": {},
    "story_wait": {"sent_back_by_id": by(Fate.UNNAME), "note": PLAIN},
    "story_action": {
        "ref": PLAIN,
        "words": OTHERS,
        "holder_id": about(Fate.UNNAME),
        "reason": OTHERS,
        "noted_by_id": by(Fate.UNNAME),
        "settled_by_id": by(Fate.UNNAME),
        "once": SECRET,
    },
    "story_co_author": {"person_id": mine(Fate.DELETE)},
    "story_same": {"person_id": mine(Fate.UNNAME), "variant": OWN},
    "story_try": {"person_id": mine(Fate.UNNAME), "because": OWN},
    "story_saved": {"person_id": mine(Fate.DELETE), "words": PLAIN},
}
