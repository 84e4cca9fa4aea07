"""What looking through an archive found, in words: what would be made, what stays out, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.clone.archive.models import BUSY, NO_ROOM
from forum.web.words import LazyString, _, _l, _n

LABELS: Mapping[str, LazyString] = {
    "thread": _l("Threads"),
    "story": _l("Stories"),
    "playbook": _l("Playbooks"),
    "duty": _l("Duties"),
    "meetup_series": _l("Meetups"),
    "occurrence": _l("Dates of meetups"),
    "date_poll": _l("Date polls"),
    "help_case": _l("Calls for help"),
    "strategy": _l("Strategy"),
    "post": _l("Posts"),
    "attachment": _l("Attached files"),
    "section": _l("Sections"),
    "tag": _l("Tags"),
    "membership": _l("Memberships, ended ones among them"),
    "log_entry": _l("Lines of the log"),
}


@dataclass(frozen=True)
class Shown:
    """A report as a page and a command show it. `lines` are what is made, and how much of it."""

    name: str
    made_at: datetime | None
    site: str
    slug: str
    lines: Sequence[tuple[str, int]]
    people: int
    known: int
    with_names: bool
    stays: Sequence[str]
    made_too: Sequence[str]
    is_taken: bool
    as_words: int
    more: int
    """How many rows more come along when people have their accounts."""
    unmatched: str
    """Why people can't have their accounts in it; "" when they can."""


def why_it_stopped(error: str | None) -> str:
    """Return in a sentence why the work with an archive stopped or waits; "" where nobody can tell."""
    if error == NO_ROOM:
        return _("Baton’s disk is full. Tell whoever looks after Baton, and go on afterwards.")
    if error == BUSY:
        return _("Baton is busy with other files and texts.")
    return error if error and " " in error else ""


def _moment(said: str) -> datetime | None:
    """Return when an archive says that it was made, if that is a moment."""
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def shown_of(said: Mapping[str, Any]) -> Shown:
    """Return what a report says that looking through an archive found."""
    counts = said["counts"]
    lines = [(str(label), counts[table]) for table, label in LABELS.items() if table in counts]
    rest = sum(number for table, number in counts.items() if table not in LABELS)
    if rest:
        lines.append((_("What belongs to these: versions, reactions, answers, votes on dates and more"), rest))
    more = len(said["left_files"]) - len(said["unwanted"])
    return Shown(
        name=said["name"],
        made_at=_moment(said["made_at"]),
        site=said["site"],
        slug=said["slug"],
        lines=lines,
        people=said["people"],
        known=said["known"],
        with_names=said["with_names"],
        stays=[one["why"] for one in said["unwanted"]]
        + ([_n("And one more file.", "And %(num)d more files.", more)] if more > 0 else []),
        made_too=said["new_departments"]
        + ([_n("and one more", "and %(num)d more", others)] if (others := said.get("more_departments", 0)) else []),
        is_taken=said["is_taken"],
        as_words=said.get("as_words", 0),
        more=said.get("more", 0),
        unmatched=said.get("unmatched", ""),
    )
