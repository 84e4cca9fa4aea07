"""What of threads is about a person."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SECRET, THROUGH, Fate, Personal, by, mine

PERSONAL: Personal = {
    "section": {"uuid": PLAIN, "slug": PLAIN, "name": OWN, "description": OWN},
    "section_alias": {"slug": PLAIN},
    "watch_section": {"person_id": mine(Fate.DELETE)},
    "thread": {
        "id": THROUGH,
        "accepted_by_id": by(Fate.UNNAME),
        "closed_by_id": by(Fate.UNNAME),
        "close_reason": OTHERS,
    },
    "pin": {"pinned_by_id": by(Fate.UNNAME)},
    "thread_summary": {"source": OWN, "html": HTML, "author_id": mine(Fate.UNNAME)},
    "poll": {"question": OWN, "made_by_id": mine(Fate.KEEP), "closed_by_id": by(Fate.KEEP)},
    "poll_option": {"poll_id": THROUGH, "words": OWN},
    "poll_vote": {"person_id": mine(Fate.DELETE)},
    "relay": {
        "ref": PLAIN,
        "asker_id": mine(Fate.KEEP),
        "keeper_id": by(Fate.KEEP),
        "title": OWN,
        "source": OWN,
        "html": HTML,
        "once": SECRET,
    },
    "relay_step": {"relay_id": THROUGH, "keeper_id": by(Fate.KEEP), "reason": OTHERS},
    "tag": {"uuid": PLAIN, "slug": PLAIN, "name": PLAIN},
    "tag_wish": {
        "person_id": mine(Fate.DELETE),
        "slug": PLAIN,
        "name": OWN,
        "decided_by_id": by(Fate.UNNAME),
        "reason": OTHERS,
    },
}
