"""The words of calls for help."""

from collections.abc import Callable, Mapping

from forum.help.models import DEPUTY, EVERYBODY, ON_DUTY, ORGANISERS, WILLING
from forum.help.queries.cases import Show
from forum.help.telling import ANEW, CLOSED, DECLINED, DRILL, OFFERED, PAGED, TAKEN, UNANSWERED
from forum.spaces.models import Audience
from forum.web.words import LazyString, _, _l

AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.SPACE: _l("Everybody who sees this space"),
    Audience.ON_DUTY: _l("Only the organisers, who is on duty, and whoever else is asked"),
}
SHORT_AUDIENCES: Mapping[Audience, LazyString] = {
    Audience.SPACE: _l("everybody who sees this space"),
    Audience.ON_DUTY: _l("organisers and those who are asked"),
}
STEPS: Mapping[int, LazyString] = {
    ON_DUTY: _l("On duty"),
    DEPUTY: _l("The deputy"),
    ORGANISERS: _l("The organisers"),
    WILLING: _l("Members who said that they may be asked"),
    EVERYBODY: _l("Everybody was asked"),
}
SHOWN: Mapping[Show, LazyString] = {
    Show.OPEN: _l("Open"),
    Show.MINE: _l("Mine"),
    Show.CLOSED: _l("Closed"),
    Show.DRILLS: _l("Drills"),
}
HEADS_UP: Mapping[str, Callable[[int], str]] = {
    PAGED: lambda _number: _("Help is needed now, and you are asked"),
    DRILL: lambda _number: _("Drill: help is needed, and you are asked"),
    TAKEN: lambda _number: _("Somebody has got this"),
    OFFERED: lambda _number: _("You are asked to take this over"),
    DECLINED: lambda _number: _("They can’t take it over: it is still yours"),
    ANEW: lambda _number: _("It is asked round again"),
    UNANSWERED: lambda _number: _("Nobody has taken it, and everybody was asked"),
    CLOSED: lambda _number: _("It is over"),
}
"""How the list of what one was told says it."""
SENTENCES: Mapping[str, LazyString] = {
    "began drill": _l("%(actor)s began a drill: %(item)s."),
    "gave back help": _l("%(actor)s had %(item)s asked round again, which %(person)s had taken."),
    "closed help": _l("%(actor)s closed the call for help %(item)s."),
    "opened help again": _l("%(actor)s opened the call for help %(item)s again."),
    "set help minutes": _l(
        "%(actor)s changed how long a call for help waits before it goes further: %(minutes)s minutes."
    ),
}
