"""What was said on a date that concerns somebody: what they promised, what they had brought, where they are named, what was decided."""

import re
from collections.abc import Sequence

from sqlalchemy import select

from forum.core.db import db
from forum.core.markup import plain
from forum.meetups.day.models import Action, ActionState, AgendaItem, Attendance
from forum.meetups.day.queries.minutes import decisions_of, minutes_of
from forum.meetups.models import Occurrence, Rsvp, Series
from forum.meetups.queries.hosts import host_of
from forum.people.models import Person, PersonState
from forum.web.words import _

BLOCK = re.compile(r"<(p|li|h[1-6]|td|blockquote)\b[^>]*>.*?</\1>", re.DOTALL)
MENTION = re.compile(r'<a (?=[^>]*class="mention")[^>]*href="/people/([^"]+)"')
SHOWN = 160


def concerns(person: Person, one: Occurrence) -> list[str]:
    """Return what of a date with published minutes concerns somebody, in a sentence each. Rights are for the caller."""
    actions = db.session.scalars(
        select(Action)
        .where(Action.occurrence_id == one.id, Action.holder_id == person.id, Action.state != ActionState.DROPPED)
        .order_by(Action.id)
    )
    brought = db.session.scalars(
        select(AgendaItem)
        .where(AgendaItem.occurrence_id == one.id, AgendaItem.brought_by_id == person.id, AgendaItem.place.is_not(None))
        .order_by(AgendaItem.place)
    )
    written = minutes_of(one.id)
    if written is None or not written.minutes.is_published:
        return []
    return [
        *(_("Yours to do: %(words)s", words=row.words) for row in actions),
        *(_("You are named: “%(words)s”", words=words) for words in _named(written.latest.html, person.handle)),
        *(_("You had brought: %(title)s", title=row.title or _("something for the agenda")) for row in brought),
        *(_("Decided: %(words)s", words=decision.words) for decision in decisions_of(one.id)),
    ]


def involved(one: Occurrence) -> Sequence[int]:
    """Return whom the minutes of a date concern: who came or said anything about it, holds, brought or is named in something."""
    written = minutes_of(one.id)
    handles = set(MENTION.findall(written.latest.html)) if written else set()
    queries = (
        select(Rsvp.person_id).where(Rsvp.occurrence_id == one.id),
        select(Attendance.person_id).where(Attendance.occurrence_id == one.id),
        select(Action.holder_id).where(Action.occurrence_id == one.id, Action.holder_id.is_not(None)),
        select(AgendaItem.brought_by_id).where(
            AgendaItem.occurrence_id == one.id, AgendaItem.place.is_not(None), AgendaItem.brought_by_id.is_not(None)
        ),
        select(Person.id).where(Person.handle.in_(handles)),
    )
    found = {person_id for query in queries for person_id in db.session.scalars(query)}
    host = host_of(db.session.get_one(Series, one.series_id), one.starts_at)
    if host is not None and host.person is not None:
        found.add(host.person.id)
    return list(
        db.session.scalars(
            select(Person.id).where(Person.id.in_(found), Person.state == PersonState.ACTIVE).order_by(Person.id)
        )
    )


def _named(html: str, handle: str) -> list[str]:
    """Return the beginnings of the paragraphs that name somebody."""
    found = [match[0] for match in BLOCK.finditer(html) if handle in MENTION.findall(match[0])]
    return [_short(plain(one)) for one in found]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN].rsplit(' ', 1)[0]}…"
