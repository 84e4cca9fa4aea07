"""What of the roster can be followed in one's own calendar: one's duties and covers everywhere, or who has what in a space."""

from collections.abc import Collection, Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from forum.core.db import db
from forum.core.feeds import FeedNow, Followed
from forum.people.models import Person
from forum.roster.calendars.writing import document
from forum.roster.queries.calendar import Entry, entries_of_space, is_in, own_entries
from forum.spaces.models import Space
from forum.spaces.parts import FeedKind
from forum.web.words import _, _l

ICS = "text/calendar"
MINE, COVERAGE = "duties of mine", "duties of space"


def _mine_now(person: Person, key: str) -> FeedNow | None:
    del key
    return _now(own_entries(person), name=_("My duties and covers"), is_own=True)


def _mine(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    del person
    return {key: Followed(name=_("My duties and covers"), url="/") for key in keys}


def _space_now(person: Person, key: str) -> FeedNow | None:
    followed = _spaces(person, [key]).get(key)
    return _now(entries_of_space(person, key), name=followed.name, is_own=False) if followed else None


def _spaces(person: Person, keys: Collection[str]) -> Mapping[str, Followed]:
    rows = db.session.execute(select(Space.uuid, Space.name, Space.slug).where(Space.uuid.in_(keys), is_in(person)))
    return {
        row.uuid: Followed(name=_("Roster: %(space)s", space=row.name), url=url_for("roster.grid", slug=row.slug))
        for row in rows
    }


def _now(entries: Sequence[Entry], *, name: str, is_own: bool) -> FeedNow:
    return FeedNow(
        state=repr([name, *(entry.state for entry in entries)]),
        write=lambda _urn: document(entries, name=name, is_own=is_own),
    )


KINDS = (
    FeedKind(name=MINE, label=_l("Calendar"), ending="ics", media_type=ICS, now=_mine_now, followed=_mine),
    FeedKind(name=COVERAGE, label=_l("Calendar"), ending="ics", media_type=ICS, now=_space_now, followed=_spaces),
)
