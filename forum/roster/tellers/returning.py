"""The mail on the first working day after an absence: it leads to the page of what happened meanwhile."""

from collections.abc import Iterable

from forum.core.db import db
from forum.core.events import Recipient
from forum.core.mail import Mail
from forum.core.time import now
from forum.people.models import Person
from forum.roster.actions.returning import is_away, time_of
from forum.roster.events import ReturnDue
from forum.roster.models import Absence
from forum.roster.tellers.common import only
from forum.spaces.feature import brief_of
from forum.web.letters import letter
from forum.web.links import absolute
from forum.web.words import _, _n


def who_is_back(fact: ReturnDue) -> Iterable[Recipient]:
    """Tell who was away."""
    absence = db.session.get(Absence, fact.absence_id)
    return only(absence.person_id) if absence else ()


def tell_back(fact: ReturnDue, recipient: Recipient) -> Mail | None:
    """Say how much there is to read. None when the absence became another, was read about already, or nothing happened."""
    absence = db.session.get(Absence, fact.absence_id)
    person = db.session.get(Person, recipient.person_id) if recipient.person_id else None
    if absence is None or person is None or not person.is_active or not person.email:
        return None
    if absence.version != fact.version or absence.returned_at is not None or absence.briefed_at is not None:
        return None
    if is_away(person, at=now()):  # another absence follows; after it they are welcomed back
        return None
    parts = brief_of(person, *time_of(absence, person))
    if not parts:
        return None
    still_open = sum(line.is_open for part in parts for line in part.lines)
    lines = [f"{part.title}: {len(part.lines)}" for part in parts]
    if still_open:
        lines.append(_n("%(num)d thing is still open.", "%(num)d things are still open.", still_open))
    return letter(
        "roster/news",
        to=person.email,
        subject=_("Welcome back: what happened while you were away"),
        why=_("You get this because you were away."),
        heading=_("Welcome back"),
        lines=lines,
        label=_("Read what happened"),
        url=absolute("away.brief", absence_id=absence.id),
    )
