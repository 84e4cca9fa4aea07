"""Closing an account: asked for, taken back, and, on its date, everything that says who it was. What they wrote is not settled here."""

import uuid
from datetime import datetime

from forum.core.db import db
from forum.core.errors import RuleBroken
from forum.core.redaction import NO_HANDLE, NOBODY
from forum.people import links, neighbours, sessions
from forum.people.actions.standing import held, hold_admins, leave_one
from forum.people.models import EVERY_WEEKDAY, LinkPurpose, Person, PersonState
from forum.web.words import _


def ask_to_close(actor: Person, *, person: Person, at: datetime, reason: str = "") -> bool:
    """Have an account closed at a moment, one's own or, as an admin, another's. Until then it works as before. Inside `transaction()`.

    False when it is to be closed already: then nothing changes. Raises Missing for an admin who is none any more, RuleBroken when
    nobody would be left to look after the installation.
    """
    admins = hold_admins(acting=None if actor.id == person.id else actor)
    person = held(person)
    if person.state == PersonState.CLOSED:
        raise RuleBroken(_("This account is closed."))
    if person.closes_at is not None:
        return False
    leave_one(admins, person=person)
    person.closes_at = at
    neighbours.ask().record("asked to close account", actor=actor, person=person, reason=reason)
    return True


def take_back(actor: Person, *, person: Person) -> bool:
    """Keep an account that was to be closed. False when it wasn't. Use inside `transaction()`."""
    hold_admins(acting=None if actor.id == person.id else actor)
    person = held(person)
    if person.closes_at is None or person.state == PersonState.CLOSED:
        return False
    person.closes_at = None
    neighbours.ask().record("kept account", actor=actor, person=person)
    return True


def may_close(person: Person, *, at: datetime) -> bool:
    """Hold an account whose date has come, and say whether it may be closed: not the last admin's. Use inside `transaction()`."""
    admins = hold_admins(acting=None)
    person = held(person)
    if person.closes_at is None or person.closes_at > at or person.state == PersonState.CLOSED:
        return False
    return bool(admins - {person.id}) or person.id not in admins


def forget(person: Person) -> None:
    """Make an account nobody's: no name, no address, no way in. Use inside `transaction()`, when all else is settled."""
    sessions.end_all(person)
    links.void_all(person)
    links.void_of(person, LinkPurpose.UNDO_ADDRESS)
    person.state = PersonState.CLOSED
    person.closes_at = None
    person.handle = f"{NO_HANDLE}-{person.id}"
    person.name = NOBODY.capitalize()
    person.email = None
    person.mail_paused_at = None
    person.department_id = None
    person.about = ""
    person.zone = "Europe/London"
    person.language = "en"
    person.working_days = EVERY_WEEKDAY
    person.is_admin = False
    person.uuid = str(uuid.uuid4())
    db.session.flush()
