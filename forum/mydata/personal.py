"""What of downloads is about a person."""

from forum.core.ownership import PLAIN, SECRET, Fate, Personal, mine

PERSONAL: Personal = {"download": {"person_id": mine(Fate.DELETE), "uuid": PLAIN, "error": SECRET}}
