"""What of home's tables is about a person: that organisers were reminded to greet them, and who dismissed a nudge."""

from forum.core.ownership import PLAIN, Fate, Personal, about, by

PERSONAL: Personal = {
    "nudge": {
        "kind": PLAIN,
        "key": PLAIN,
        "person_id": about(Fate.DELETE),
        "dismissed_by_id": by(Fate.UNNAME),
    }
}
