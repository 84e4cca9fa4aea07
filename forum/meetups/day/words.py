"""The days of meetups in words: how the log tells what was done about them."""

from collections.abc import Callable, Mapping

from forum.meetups.day.actions.telling import CONCERN, DUE, GIVEN, LAST, MINUTES, NO_MORE, SOON
from forum.web.words import LazyString, _, _l, _n

HEADS_UP: Mapping[str, Callable[[int], str]] = {
    MINUTES: lambda _number: _("The minutes can be read"),
    CONCERN: lambda number: _n("One thing said concerns you", "%(num)d things said concern you", number),
    GIVEN: lambda _number: _("Something is yours to do"),
    DUE: lambda _number: _("What you promised is due"),
    SOON: lambda _number: _("It begins soon"),
    LAST: lambda _number: _("It ends. The last one"),
    NO_MORE: lambda _number: _("It does not take place any more"),
}
"""How the list of what one was told says it."""

SENTENCES: Mapping[str, LazyString] = {
    "took off agenda": _l(
        "%(actor)s took something that %(person)s had brought off the agenda of %(item)s on %(day)s."
    ),
    "published minutes": _l("%(actor)s published the minutes of %(item)s on %(day)s."),
    "changed minutes": _l("%(actor)s changed the minutes of %(item)s on %(day)s."),
    "noted decision": _l("%(actor)s noted a decision of %(item)s on %(day)s."),
    "took back decision": _l("%(actor)s took back a decision of %(item)s on %(day)s."),
    "restored decision": _l("%(actor)s let a decision of %(item)s on %(day)s stand after all."),
    "left actions": _l(
        "%(person)s doesn’t belong to this space any more: %(number)s of their actions are nobody’s now."
    ),
}
