"""Asking that an account be closed: what that means, when, and who is told."""

from collections.abc import Sequence
from datetime import timedelta

from flask import current_app

from forum.config import Settings
from forum.core.events import announce
from forum.core.time import now
from forum.mydata.events import AccountToClose
from forum.people.actions.closing import ask_to_close, take_back
from forum.people.models import Person
from forum.spaces.feature import features


def days() -> int:
    """Return after how many days an account is closed."""
    settings: Settings = current_app.extensions["baton"].settings
    return settings.closing_days


def ask(actor: Person, *, person: Person, reason: str = "") -> None:
    """Have an account closed in some days, and tell whose it is. Asked twice, the first date stays. Use inside `transaction()`."""
    at = now() + timedelta(days=days())
    if ask_to_close(actor, person=person, at=at, reason=reason):
        announce(AccountToClose(actor_id=actor.id, person_id=person.id, moment=at.isoformat()))


def keep(actor: Person, *, person: Person) -> bool:
    """Keep an account that was to be closed. False when it wasn't. Use inside `transaction()`."""
    kept = take_back(actor, person=person)
    if kept:
        for feature in features():
            if feature.on_keeping:
                feature.on_keeping(person)
    return kept


def to_settle(person: Person) -> Sequence[str]:
    """Return what somebody should settle first, in sentences, of all rooms."""
    return [sentence for feature in features() if feature.before_closing for sentence in feature.before_closing(person)]
