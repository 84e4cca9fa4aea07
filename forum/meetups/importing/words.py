"""What of a calendar file is not understood, in sentences."""

from collections.abc import Mapping, Sequence

from forum.meetups.importing.reading import Draft
from forum.web.words import LazyString, _l, _n

UNREADABLE: Mapping[str, LazyString] = {
    "empty": _l("Choose a calendar file. It ends with “.ics”."),
    "large": _l("The file is larger than 2 MB. Export one calendar, or a shorter time."),
    "none": _l("That is no calendar file. In your calendar, look for “Export” or “Save as iCalendar”."),
    "broken": _l("The calendar file is damaged and can’t be read. Export it again."),
    "many": _l("There is too much in this calendar: more than 100 meetups to come. Export a part of it."),
    "much": _l("This calendar takes too long to read. Export a part of it."),
    "busy": _l("Another calendar is being read at the moment. Try again in a minute."),
}
NOTES: Mapping[str, LazyString] = {
    "rule": _l("How it repeats isn’t understood: only its first date is taken."),
    "more dates": _l("It has single dates outside its rhythm. They are left out."),
    "guests": _l("Nobody is invited: who was in it isn’t read. Members say for themselves whether they come."),
    "length": _l("It doesn’t say how long it takes: an hour is taken."),
    "zone": _l("Its time zone isn’t known: check the time."),
    "no zone": _l("It has no time zone: its time is read as this space’s."),
    "world time": _l("It is in world time (UTC): it is read as this space’s time, and so moves when clocks change."),
}


def notes_of(draft: Draft) -> list[str]:
    """Return what of a meetup isn't taken, or otherwise than it is."""
    return [str(NOTES[note]) for note in draft.notes if note in NOTES]


def unused_words(unused: Mapping[str, int]) -> Sequence[str]:
    """Return what of a file wasn't used, and why, a sentence each."""
    said = {
        "past": lambda n: _n("%(num)d entry is over.", "%(num)d entries are over.", n),
        "whole day": lambda n: _n(
            "%(num)d entry is for a whole day, and has no time.",
            "%(num)d entries are for whole days, and have no time.",
            n,
        ),
        "cancelled": lambda n: _n(
            "%(num)d entry is cancelled in the calendar.", "%(num)d entries are cancelled in the calendar.", n
        ),
        "long": lambda n: _n("%(num)d entry takes longer than a day.", "%(num)d entries take longer than a day.", n),
        "part": lambda n: _n(
            "%(num)d entry is a single date of a series that isn’t in the file.",
            "%(num)d entries are single dates of a series that isn’t in the file.",
            n,
        ),
        "nonsense": lambda n: _n(
            "%(num)d entry has dates that make no sense.", "%(num)d entries have dates that make no sense.", n
        ),
    }
    return [said[why](number) for why, number in sorted(unused.items()) if why in said]
