"""Signed-in browsers. The cookie holds a random token, the row its hash; ending the row ends every copy of the cookie (A8)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import g, request, session
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import CursorResult, Select, String, bindparam, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from forum.core.db import UtcDateTime, db, transaction
from forum.core.errors import Missing
from forum.core.prepared import prepared
from forum.core.secrets import hashed, new_token
from forum.core.time import now
from forum.people.devices import device_of
from forum.people.models import Person, PersonState, WebSession

SHORT_STAY = timedelta(hours=12)
LONG_STAY = timedelta(days=60)
SEEN_EVERY = timedelta(minutes=5)

logger = logging.getLogger(__name__)
login_manager = LoginManager()


@dataclass(frozen=True)
class SignedIn:
    """What Flask-Login knows of the person who is signed in."""

    person: Person
    session_id: int
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def is_admin(self) -> bool:
        """Whether the person looks after the installation."""
        return self.person.is_admin

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load(token: str) -> SignedIn | None:
    """Find who holds a cookie's token now: its row is open and the account is active."""
    at = now()
    row = db.session.execute(_open_session(), {"token_hash": hashed(token), "at": at}).one_or_none()
    if row is None:
        return None
    if at - row.last_seen_at > SEEN_EVERY:
        g.seen = (row.id, at)
    return SignedIn(row.Person, row.id, token)


@prepared
def _open_session() -> Select[int, datetime, Person]:
    return (
        select(WebSession.id, WebSession.last_seen_at, Person)
        .join(Person, Person.id == WebSession.person_id)
        .where(
            WebSession.token_hash == bindparam("token_hash", type_=String),
            WebSession.ended_at.is_(None),
            WebSession.expires_at > bindparam("at", type_=UtcDateTime),
            Person.state == PersonState.ACTIVE,
        )
    )


def note_seen() -> None:
    """Note, after the answer is made, that the session was used: at most every five minutes, in a transaction of its own."""
    seen: tuple[int, datetime] | None = g.pop("seen", None)
    if seen is None:
        return
    session_id, at = seen
    try:
        with transaction():
            db.session.execute(update(WebSession).where(WebSession.id == session_id).values(last_seen_at=at))
    except (OperationalError, PoolTimeout):
        # The answer is made already; a busy database may cost the note, never the page.
        logger.warning("could not note that a session was used: the database is busy")


def me() -> Person:
    """Return the person who is signed in. Raises Missing when nobody is."""
    if not current_user.is_authenticated:
        raise Missing
    person: Person = current_user.person
    return person


def begin(person: Person, *, keep: bool) -> None:
    """Sign `person` in on this browser. The session's id and token are new ones, whatever the browser held before.

    Use inside `transaction()`.
    """
    end_current()
    session.clear()
    token, at = new_token(), now()
    stay = LONG_STAY if keep else SHORT_STAY
    row = WebSession(
        person_id=person.id,
        token_hash=hashed(token),
        device=device_of(request.user_agent.string),
        is_kept=keep,
        created_at=at,
        last_seen_at=at,
        expires_at=at + stay,
    )
    db.session.add(row)
    db.session.flush()
    session.permanent = keep
    login_user(SignedIn(person, row.id, token))


def end_current() -> None:
    """End this browser's session. Use inside `transaction()`."""
    if current_user.is_authenticated:
        end(current_user.person, session_id=current_user.session_id)
        logout_user()


def end(person: Person, *, session_id: int) -> bool:
    """End one session of `person`; False when there is none. Use inside `transaction()`."""
    closed: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        update(WebSession)
        .where(WebSession.id == session_id, WebSession.person_id == person.id, WebSession.ended_at.is_(None))
        .values(ended_at=now(), device="")
    )
    return bool(closed.rowcount)


def end_all(person: Person, *, but: int | None = None) -> int:
    """End every session of `person` (but one): sign out everywhere, reset, suspension. Use inside `transaction()`."""
    ended: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]  # an UPDATE gives a cursor's result
        update(WebSession)
        .where(WebSession.person_id == person.id, WebSession.ended_at.is_(None), WebSession.id != (but or 0))
        .values(ended_at=now(), device="")
    )
    return int(ended.rowcount)
