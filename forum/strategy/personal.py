"""What of strategies is about a person. Versions are the space's: who wrote one is told, and unnamed when they are erased."""

from forum.core.ownership import OTHERS, OWN, PLAIN, SECRET, Fate, Personal, by, mine

PERSONAL: Personal = {
    "strategy": {"holder_id": by(Fate.UNNAME)},
    "strategy_version": {"content": OWN, "digest": SECRET, "author_id": mine(Fate.UNNAME)},
    "strategy_signoff": {
        "digest": SECRET,
        "address": OTHERS,
        "address_key": OTHERS,
        "asked_by_id": mine(Fate.KEEP),
        "nonce": SECRET,
        "token_hash": SECRET,
        "name": OTHERS,
        "post": OTHERS,
        "reason": OTHERS,
        "code": PLAIN,
    },
    "strategy_value": {"measure": PLAIN, "note": OWN, "by_id": mine(Fate.UNNAME), "once": SECRET},
    "strategy_review": {"closed_by_id": by(Fate.UNNAME), "conclusion": OTHERS},
    "strategy_answer": {"person_id": mine(Fate.UNNAME), "words": OWN},
}
