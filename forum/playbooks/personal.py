"""What of playbooks is about a person."""

from forum.core.ownership import HTML, OTHERS, OWN, PLAIN, SECRET, THROUGH, Fate, Personal, by, mine

PERSONAL: Personal = {
    "playbook": {
        "holder_id": by(Fate.UNNAME),
        "verified_by_id": by(Fate.UNNAME),
        "once": SECRET,
    },
    # Whoever made a version, or proposed one: what they wrote is theirs to take along.
    "playbook_edition": {
        "title": OWN,
        "when_used": OWN,
        "editor_id": mine(Fate.UNNAME),
        "reason": OWN,
        "proposer_id": by(Fate.UNNAME),
        "credit": PLAIN,
    },
    "playbook_step": {
        "edition_id": THROUGH,
        "key": PLAIN,
        "source": OWN,
        "html": HTML,
        "warning": OWN,
        "proof": OWN,
    },
    "playbook_cite": {"by_id": by(Fate.UNNAME)},
    "playbook_proposal": {
        "ref": PLAIN,
        "proposer_id": mine(Fate.UNNAME),
        "reason": OWN,
        "decided_by_id": by(Fate.UNNAME),
        "answer": OTHERS,
        "once": SECRET,
        "sender_id": by(Fate.UNNAME),
        "credit": PLAIN,
    },
    "playbook_run": {
        "ref": PLAIN,
        "person_id": mine(Fate.UNNAME),
        "purpose": OWN,
        "result": OWN,
        "once": SECRET,
    },
    "playbook_tick": {"step_key": PLAIN, "by_id": mine(Fate.UNNAME)},
    "playbook_note": {"step_key": PLAIN, "person_id": mine(Fate.UNNAME), "words": OWN},
}
