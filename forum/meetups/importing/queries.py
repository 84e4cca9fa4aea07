"""What an import holds, and what would become of each of its meetups."""

import enum
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.db import db
from forum.core.errors import Invalid
from forum.meetups.actions.details import Details, checked_details, checked_plan
from forum.meetups.importing.models import MeetupImport
from forum.meetups.importing.reading import Draft, Read, drafts_of
from forum.meetups.models import Series
from forum.people.models import Person
from forum.spaces.models import Space
from forum.web.words import _


class Outcome(enum.StrEnum):
    """What becomes of a line."""

    NEW = "new"
    KNOWN = "known"
    """It came from this or another file before."""
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A meetup of an import, and what would become of it; refused, `why` says the reason."""

    draft: Draft
    uid: str
    outcome: Outcome
    why: str = ""


def import_of(person: Person, space: Space, ref: str) -> MeetupImport | None:
    """Return somebody's own import into a space."""
    query = select(MeetupImport).where(MeetupImport.person_id == person.id, MeetupImport.space_id == space.id)
    return db.session.scalar(query.where(MeetupImport.ref == ref)) if ref.isprintable() else None


def written(read: Read) -> str:
    """Return what was read as it is kept."""
    return json.dumps({"found": [asdict(one) for one in read.found], "unused": read.unused})


def lines_of(kept: MeetupImport, space: Space, *, at: datetime) -> tuple[Sequence[Line], Mapping[str, int]]:
    """Return the meetups of an import with what would become of them now, and how many entries weren't used, by why."""
    if not kept.lines:
        return [], {}
    held = json.loads(kept.lines)
    drafts = drafts_of(held["found"])
    uids = [uid_in(space, one) for one in drafts]
    known = set(db.session.scalars(select(Series.uid).where(Series.uid.in_(uids))))
    return [_line(one, uid, is_known=uid in known, at=at) for one, uid in zip(drafts, uids, strict=True)], held[
        "unused"
    ]


def uid_in(space: Space, draft: Draft) -> str:
    """Return the name in calendars of a meetup from a file: one in each space, so that the same file adds nothing."""
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, f'{space.uuid} {draft.uid}')}@baton"


def details_of(draft: Draft) -> Details:
    """Return what a draft is besides its time, without its text."""
    return Details(title=draft.title or _("Without a name"), place=draft.place, link=draft.link)


def _line(draft: Draft, uid: str, *, is_known: bool, at: datetime) -> Line:
    if is_known:
        return Line(draft=draft, uid=uid, outcome=Outcome.KNOWN)
    try:
        checked_plan(draft.plan, at=at)
        checked_details(details_of(draft))
    except Invalid as problem:
        why = " ".join(str(message) for messages in problem.errors.values() for message in messages)
        return Line(draft=draft, uid=uid, outcome=Outcome.REFUSED, why=why)
    return Line(draft=draft, uid=uid, outcome=Outcome.NEW)
