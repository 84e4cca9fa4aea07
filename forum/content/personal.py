"""What of posts and of what people keep beside them is about a person."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SAID, SECRET, THROUGH, Fate, Personal, about, by, mine

PERSONAL: Personal = {
    "post": {
        "uuid": PLAIN,
        "author_id": mine(Fate.UNNAME),
        "source": OWN,
        "html": HTML,
        "once": SECRET,
        "gone_by_id": by(Fate.UNNAME),
        "gone_because": OTHERS,
    },
    "post_revision": {"post_id": THROUGH, "source": OWN, "html": HTML, "editor_id": by(Fate.UNNAME)},
    "post_mail": {"post_id": THROUGH, "trimmed": SAID},
    "post_mention": {"person_id": about(Fate.DELETE)},
    "reaction": {"person_id": mine(Fate.DELETE)},
    "bookmark": {"person_id": mine(Fate.DELETE), "note": OWN},
    "draft": {"person_id": mine(Fate.DELETE), "place": PLAIN, "title": OWN, "body": OWN, "gone": OWN},
    "read_mark": {"person_id": mine(Fate.DELETE)},
    "space_mark": {"person_id": mine(Fate.DELETE)},
    "watch": {"person_id": mine(Fate.DELETE)},
    "watch_space": {"person_id": mine(Fate.DELETE)},
    "post_move": {"moved_by_id": by(Fate.UNNAME), "reason": OTHERS},
    "post_flag": {"person_id": mine(Fate.DELETE), "note": SAID, "settled_by_id": by(Fate.UNNAME), "answer": OTHERS},
    "post_wait": {"post_id": THROUGH, "decided_by_id": by(Fate.UNNAME), "answer": OTHERS},
    "member_hold": {"person_id": about(Fate.DELETE), "held_by_id": by(Fate.KEEP), "reason": OTHERS},
    "attachment": {
        "uuid": PLAIN,
        "ref": PLAIN,
        "person_id": mine(Fate.UNNAME),
        "place": PLAIN,
        "name": PLAIN,
        "media_type": PLAIN,
        "sha256": PLAIN,
        "alt": OWN,
    },
}
