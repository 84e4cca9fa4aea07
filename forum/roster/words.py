"""The words for what the roster's fixed lists hold."""

from collections.abc import Mapping

from forum.roster.models import Criticality, DutyKind, Engagement
from forum.roster.queries.importing import Outcome
from forum.spaces.policy import Can
from forum.web.words import LazyString, _l, _n

KINDS: Mapping[DutyKind, LazyString] = {
    DutyKind.TASK: _l("A task"),
    DutyKind.SEAT: _l("A department’s champion"),
    DutyKind.ACCOUNT: _l("An account or page that we run"),
    DutyKind.ON_DUTY: _l("On duty: first to answer"),
}
CRITICALITY: Mapping[Criticality, LazyString] = {
    Criticality.ROUTINE: _l("It can wait"),
    Criticality.IMPORTANT: _l("Important"),
    Criticality.CRITICAL: _l("Critical"),
}
CRITICALITY_HINTS: Mapping[Criticality, LazyString] = {
    Criticality.ROUTINE: _l("A week without it does no harm."),
    Criticality.IMPORTANT: _l("After a day or two somebody notices."),
    Criticality.CRITICAL: _l("Somebody has to do it every day."),
}
ENGAGEMENT: Mapping[Engagement, LazyString] = {
    Engagement.COMMUNICATING: _l("Communicating: we tell"),
    Engagement.ENGAGING: _l("Engaging: we listen and answer"),
    Engagement.COLLABORATING: _l("Collaborating: we make it together"),
}
POWERS: Mapping[Can, LazyString] = {
    Can.EDIT_ANY_POST: _l("Edit anybody’s posts"),
    Can.REMOVE_ANY_POST: _l("Remove posts"),
    Can.ACCEPT_ANY_ANSWER: _l("Accept answers"),
    Can.INVITE_MEMBER: _l("Invite people"),
    Can.DECIDE_REQUEST: _l("Let people in"),
}
OUTCOMES: Mapping[Outcome, LazyString] = {
    Outcome.NEW: _l("New"),
    Outcome.PART: _l("A part is noted already; the rest is added"),
    Outcome.MOVED: _l("Noted for another time until now; it moves"),
    Outcome.KNOWN: _l("Noted already"),
    Outcome.CHANGED: _l("Noted, and changed here since; it stays as it is"),
}
UNREADABLE: Mapping[str, LazyString] = {
    "empty": _l("Choose a calendar file. It ends with “.ics”."),
    "large": _l("The file is larger than 2 MB. Export a shorter time, such as the next twelve months."),
    "none": _l("That is no calendar file. In your calendar, look for “Export” or “Save as iCalendar”."),
    "broken": _l("The calendar file is damaged and can’t be read. Export it again."),
    "many": _l("There is too much in this calendar. Export a shorter time, or only absences."),
    "much": _l("This calendar takes too long to read. Export a shorter time, or only absences."),
    "busy": _l("Another calendar is being read at the moment. Try again in a minute."),
}


def unused_words(unused: Mapping[str, int]) -> list[str]:
    """Return what of a calendar wasn't used, and why, a sentence each."""
    said = {
        "short": lambda n: _n("%(num)d entry is shorter than three hours: an appointment, no absence.",
                              "%(num)d entries are shorter than three hours: appointments, no absences.", n),
        "outside": lambda n: _n("%(num)d entry is over, or more than a year ahead.",
                                "%(num)d entries are over, or more than a year ahead.", n),
        "cancelled": lambda n: _n("%(num)d entry is cancelled in the calendar. If it is noted here, say that you are back.",
                                  "%(num)d entries are cancelled in the calendar. Where one is noted here, say that you are back.", n),
        "long": lambda n: _n("%(num)d entry is longer than a year. Note it by hand, in parts.",
                             "%(num)d entries are longer than a year. Note them by hand, in parts.", n),
        "often": lambda n: _n("%(num)d entry repeats in a way that isn’t understood. Note it by hand.",
                              "%(num)d entries repeat in a way that isn’t understood. Note them by hand.", n),
        "nonsense": lambda n: _n("%(num)d entry has dates that make no sense.", "%(num)d entries have dates that make no sense.", n),
        "zone": lambda n: _n("%(num)d entry has a time zone that isn’t known; its times are read as yours.",
                             "%(num)d entries have a time zone that isn’t known; their times are read as yours.", n),
        "others": lambda n: _n("%(num)d entry is about somebody else.", "%(num)d entries are about somebody else.", n),
        "nobody": lambda n: _n("%(num)d entry names nobody.", "%(num)d entries name nobody.", n),
        "several": lambda n: _n("%(num)d entry names several people. Who is away isn’t clear.",
                                "%(num)d entries name several people. Who is away isn’t clear.", n),
        "more": lambda n: _n("%(num)d more absence is left out: take over 500 at a time.",
                             "%(num)d more absences are left out: take over 500 at a time.", n),
    }  # fmt: skip
    return [said[why](number) for why, number in unused.items() if why in said and number]
