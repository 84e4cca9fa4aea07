"""What of the search is about a person. The index holds nothing that isn't in the texts it is made from, and follows them."""

from forum.core.ownership import OWN, PLAIN, SECRET, Fate, Personal, by, mine

PERSONAL: Personal = {
    "search_entry": {
        "author_id": by(Fate.UNNAME),
        "scope": SECRET,
        "title": SECRET,
        "tags": SECRET,
        "body": SECRET,
    },
    "search_build": {"kind": PLAIN},
    "recent_search": {"person_id": mine(Fate.DELETE), "query": OWN},
    "saved_search": {"person_id": mine(Fate.DELETE), "ref": PLAIN, "query": OWN},
}
