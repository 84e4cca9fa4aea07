"""Words of exported pages: what kinds of things are called, and what a row is called to which another refers."""

from collections.abc import Mapping

from forum.clone.archive import DEPARTMENT, PERSON
from forum.web.words import LazyString, _l

KINDS: Mapping[str, LazyString] = {
    "thread": _l("Threads"),
    "story": _l("Stories"),
    "playbook": _l("Playbooks"),
    "meetup": _l("Meetups"),
    "minutes": _l("Minutes"),
    "date poll": _l("Date polls"),
    "duty": _l("Duties"),
    "help": _l("Calls for help"),
    "strategy": _l("Strategy"),
}
"""The kinds of items, in the order of the first page."""
CALLED: Mapping[str, str] = {
    **dict.fromkeys((PERSON, DEPARTMENT, "section", "tag", "story_choice"), "name"),
    "occurrence": "local_start",
    "playbook_edition": "number",
    "strategy_review": "number",
}
"""Which column says what a row is called to which another refers."""
